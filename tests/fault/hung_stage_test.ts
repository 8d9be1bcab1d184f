/**
 * A replica of a stage whose thread stands still: nothing is thrown, nothing ends by itself, and only its heart tells.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Collector } from "../../src/collect/collector.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { detectHost } from "../../src/host/detect.ts";
import { StagePool } from "../../src/llm/pipeline/stage_pool.ts";
import { startPipelineWorker } from "../../src/llm/pipeline/pipeline_worker.ts";
import { resolveLlmOptions } from "../../src/llm/server/resolve_llm_options.ts";
import { defaultRegistry } from "../../src/registry/default_registry.ts";
import { WorkerSlabs } from "../../src/server/workers/worker_slabs.ts";
import { omniPipeline, STAGE } from "../_support/pipeline_server.ts";
import { sampleValue } from "../_support/sample_value.ts";
import { waitFor } from "../_support/wait_for.ts";

/** Long enough that a busy machine does not make others look hung, nor keeps the requests from coming in time. */
const HANG_SECONDS = 2;
const REQUESTS = 8;

/** A pool whose replicas can hang, and the API of one worker in this thread. */
async function startServer() {
  const plan = resolveLlmOptions({ pipeline: JSON.stringify(omniPipeline()), profile: "instant" });
  if (plan.kind !== "pipeline") throw new Error("Cannot test a server without a pipeline");
  const { pipeline, naming, deprecated, api, routing } = plan;
  const collector = new Collector(defaultRegistry);
  const watch = new WorkerWatch(collector);
  const slabs = new WorkerSlabs({ collector, watch, exclusively: (change) => change() });
  const log: string[] = [];
  const restarts: string[] = [];
  let lost = 0;
  const pool = new StagePool({
    host: detectHost(),
    module: new URL("../_support/hanging_stage.ts", import.meta.url),
    pipeline,
    naming,
    deprecated,
    openSlab: (place) => slabs.open(place),
    limits: { hangSeconds: HANG_SECONDS, startSeconds: 60 },
    log: (line) => log.push(line),
    onRestart: (reason) => restarts.push(reason),
    lost: (_, hops) => lost += hops,
    orphaned: () => {},
  });
  await pool.start();
  const looks = setInterval(() => watch.check(), 50);
  let receive: (message: unknown) => void = () => {};
  const started = startPipelineWorker({ kind: "pipeline", pipeline, naming, api, routing }, {
    worker: 0,
    epoch: 1,
    data: undefined,
    onMessage: (listener) => receive = listener,
  });
  pool.join({ slot: 0, epoch: 1, post: (message) => receive(message), ended: new Promise(() => {}) });
  const answer = await started;
  return {
    log,
    restarts,
    pool,
    lost: () => lost,
    value: (name: string, labels = {}) => sampleValue(collector, name, { model_name: "omni", ...labels }),
    speak: () =>
      answer(
        new Request("http://x/v1/audio/speech", {
          method: "POST",
          body: JSON.stringify({ input: "Good day" }),
        }),
      ),
    async [Symbol.asyncDispose]() {
      clearInterval(looks);
      await pool.stop();
    },
  };
}

/** Makes a replica hang. Resolves when it is about to. */
async function hang(place: string): Promise<void> {
  using channel = new DisposableChannel("hang a stage");
  let isAbout = false;
  channel.onmessage = ({ data }) => isAbout ||= data === `${place} hangs`;
  channel.postMessage(place);
  await waitFor(() => isAbout, { what: "the replica to be told", deadlineMs: 20_000 });
}

class DisposableChannel extends BroadcastChannel implements Disposable {
  [Symbol.dispose](): void {
    this.close();
  }
}

Deno.test({
  name: "a replica that hangs is replaced, its requests end as errors, once, and every hop is accounted for",
  // The worker's client runs as long as the process.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using server = await startServer();
    const ends = (reason: string) =>
      server.value("vllm:omni_requests_success_total", { finished_reason: reason });
    const first = await server.speak();
    assertEquals(first.status, 200);
    await first.arrayBuffer();
    await hang(`${STAGE.vocoder}.0`);
    // Half of them are bound to the replica that hangs, or will be; the other half is not kept waiting.
    const answers: { status: number; text: string }[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      void server.speak().then(async (response) => {
        answers.push({ status: response.status, text: await response.text() });
      });
    }
    await waitFor(() => answers.length === REQUESTS, { what: "all answers", deadlineMs: 30_000 });
    const failed = answers.filter(({ status }) => status !== 200);
    for (const { status, text } of failed) {
      assertEquals(status, 503);
      assertMatch(text, /A stage was lost/);
    }
    assert(failed.length > 0 && failed.length < answers.length, `${failed.length} failed`);
    assertEquals([ends("error"), ends("stop")], [failed.length, 1 + answers.length - failed.length]);
    assertEquals(server.value("vllm:omni_requests_failed_total", { reason: "replica_lost" }), failed.length);
    assertEquals(server.restarts, ["hang"]);
    assertMatch(
      server.log.join("\n"),
      /^replica 0 of stage vocoder: ended as its event loop stood still for too long; replaced in /m,
    );
    const vocoders = () => server.pool.places.filter(({ stage }) => stage === STAGE.vocoder).length;
    await waitFor(() => vocoders() === 2, { what: "another replica", deadlineMs: 30_000 });
    for (let i = 0; i < 4; i++) assertEquals((await server.speak()).status, 200);
    await waitFor(() => {
      const [sent, received] = ["tx", "rx"].map((side) => server.value(`vllm:omni_transfer_${side}_s_count`));
      return sent === received! + server.lost() && server.value("vllm:omni_num_requests_running") === 0 &&
        server.value("vllm:num_requests_running") === 0;
    }, { what: "all hops to be accounted for and nothing to run", deadlineMs: 20_000 });
    assert(server.lost() > 0);
    assertEquals(ends("error"), failed.length);
    assertEquals(server.restarts.length, 1);
  },
});
