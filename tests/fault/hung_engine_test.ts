/**
 * An engine whose thread stands still: nothing is thrown, nothing ends by itself, and only its heart tells.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Collector } from "../../src/collect/collector.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { detectHost } from "../../src/host/detect.ts";
import { EnginePool } from "../../src/llm/replica/engine_pool.ts";
import { resolveLlmOptions } from "../../src/llm/server/resolve_llm_options.ts";
import { startEmbeddedWorker } from "../../src/llm/worker/embedded_worker.ts";
import { defaultRegistry } from "../../src/registry/default_registry.ts";
import { WorkerSlabs } from "../../src/server/workers/worker_slabs.ts";
import { sampleValue } from "../_support/sample_value.ts";
import { waitFor, within } from "../_support/wait_for.ts";

/** Longer than a loaded machine keeps an engine that is well from a core. */
const HANG_SECONDS = 2;

/** A pool of one engine that can hang, and the API of one worker in this thread. */
async function startServer() {
  const plan = resolveLlmOptions({ model: "m", profile: "instant", interTokenLatencyMs: 2 });
  if (plan.kind !== "embedded") throw new Error("Cannot test a gateway");
  const { engine: config, api, features, routing, mode } = plan;
  const collector = new Collector(defaultRegistry);
  const watch = new WorkerWatch(collector);
  const slabs = new WorkerSlabs({ collector, watch, exclusively: (change) => change() });
  const log: string[] = [];
  const restarts: string[] = [];
  const pool = new EnginePool({
    host: detectHost(),
    module: new URL("../_support/hanging_engine.ts", import.meta.url),
    count: 1,
    common: { config, model: "m", adapters: [], features, mode },
    openSlab: (place) => slabs.open(place),
    limits: { hangSeconds: HANG_SECONDS, startSeconds: 60 },
    log: (line) => log.push(line),
    onRestart: (reason) => restarts.push(reason),
  });
  await pool.start();
  const looks = setInterval(() => watch.check(), 50);
  let receive: (message: unknown) => void = () => {};
  const mail = { onMessage: (listener: (message: unknown) => void) => receive = listener };
  const started = startEmbeddedWorker({ kind: "embedded", api, features, routing, engines: 1 }, mail);
  pool.join({ slot: 0, epoch: 1, post: (message) => receive(message), ended: new Promise(() => {}) });
  return {
    answer: await started,
    log,
    restarts,
    pool,
    value: (name: string, labels = {}) => sampleValue(collector, name, { model_name: "m", ...labels }),
    async [Symbol.asyncDispose]() {
      clearInterval(looks);
      await pool.stop();
    },
  };
}

function completion(maxTokens: number): Request {
  const body = { prompt: "Hello", max_tokens: maxTokens, ignore_eos: true, stream: maxTokens > 100 };
  return new Request("http://x/v1/completions", { method: "POST", body: JSON.stringify(body) });
}

Deno.test({
  name: "an engine that hangs is replaced, its requests end as aborted, once, and its gauges vanish",
  // The worker's client runs as long as the process.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using server = await startServer();
    const aborts = () => server.value("vllm:request_success_total", { finished_reason: "abort" });
    const response = await server.answer(completion(3000));
    assertEquals(response.status, 200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const read = () => within(reader.read(), { what: "a part of the answer" });
    let text = (await read()).value!;
    await waitFor(() => server.value("vllm:num_requests_running") === 1, { what: "the request to run" });
    const channel = new BroadcastChannel("hang the engine");
    const hungMs = performance.now();
    channel.postMessage("now");
    channel.close();
    for (let step = await read(); !step.done; step = await read()) text += step.value;
    const seconds = (performance.now() - hungMs) / 1000;
    assertMatch(text, /"code":503/);
    assert(seconds >= HANG_SECONDS, `the client was told after ${seconds} s`);
    assertEquals(aborts(), 1);
    assertEquals(server.restarts, ["hang"]);
    assertMatch(
      server.log.join("\n"),
      /^engine 0: ended as its event loop stood still for too long; replaced in /m,
    );
    await waitFor(() => server.pool.readyCount === 1, { what: "another engine", deadlineMs: 30_000 });
    const next = await waitFor(async () => {
      const response = await server.answer(completion(3));
      return response.status === 200 ? response : void await response.text();
    }, { what: "the other engine's answer", deadlineMs: 30_000 });
    assertEquals((await next.json()).usage.completion_tokens, 3);
    await waitFor(() => server.value("vllm:num_requests_running") === 0, { what: "nothing to run" });
    assertEquals(aborts(), 1);
    assertEquals(server.value("vllm:request_success_total"), 2);
    assertEquals(server.restarts.length, 1);
  },
});
