/**
 * Replicas of stages are killed while 10 000 requests go through: nothing is lost, counted twice, or left behind.
 *
 * `PROMSLAB_PIPELINE_REQUESTS` and `PROMSLAB_PIPELINE_KILLS` say how many; `PROMSLAB_PIPELINE_SEED` chooses other ones.
 */
import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import type { LlmTestServer, Scrape } from "../_support/llm_server.ts";
import {
  ask,
  AT_REST,
  omniPipeline,
  type RequestKind,
  STAGE,
  stagesOf,
  startPipeline,
} from "../_support/pipeline_server.ts";
import { waitFor } from "../_support/wait_for.ts";

const REQUESTS = Number(Deno.env.get("PROMSLAB_PIPELINE_REQUESTS") ?? 10_000);
const CLIENTS = 24;
const KILLS = Number(Deno.env.get("PROMSLAB_PIPELINE_KILLS") ?? 24);
const SEED = Number(Deno.env.get("PROMSLAB_PIPELINE_SEED") ?? 20_251_122);

/** Numbers from 0 to 1 that are the same in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** What clients saw. */
class Seen {
  answered = 0;
  /** A replica was lost on the way. */
  lost = 0;
  /** No replica of a stage was there: the pipeline never had the request. */
  refused = 0;
  left = 0;
  get total(): number {
    return this.answered + this.lost + this.refused + this.left;
  }
}

async function request(server: LlmTestServer, seen: Seen, random: () => number): Promise<void> {
  const kinds: RequestKind[] = ["text", "audio", "speech", "image"];
  const kind = kinds[Math.floor(random() * kinds.length)];
  const leaves = random() < 0.02;
  const gone = new AbortController();
  try {
    const response = await ask(
      server,
      leaves ? "stream" : kind,
      leaves ? { max_tokens: 400, ignore_eos: true } : {},
      {
        signal: gone.signal,
      },
    );
    if (leaves && response.status === 200) {
      await response.body!.getReader().read();
      gone.abort();
      seen.left++;
      return;
    }
    const text = await response.text();
    if (response.status === 200) seen.answered++;
    else if (text.includes("No engine is running")) seen.refused++;
    else if (text.includes("A stage was lost")) seen.lost++;
    else throw new Error(`status ${response.status}: ${text}`);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    seen.left++;
  }
}

function successes(scrape: Scrape, reason: string): number {
  return scrape.value("vllm:omni_requests_success_total", { finished_reason: reason });
}

Deno.test(`${REQUESTS} requests with ${KILLS} kills of replicas: every one ends once, and all hops are accounted for`, async () => {
  const changes = { talker: { replicas: 2 }, denoiser: { replicas: 2 }, imager: { replicas: 2 } };
  await using server = await startPipeline(omniPipeline(changes), { workers: 2 });
  const stages = stagesOf(server);
  const random = randomOf(SEED);
  const seen = new Seen();
  let started = 0;
  const clients = Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (started < REQUESTS) {
      started++;
      await request(server, seen, random);
    }
  }));
  let kills = 0;
  const killing = async () => {
    while (kills < KILLS && seen.total < REQUESTS) {
      const wanted = REQUESTS * (kills + 1) / (KILLS + 1);
      await waitFor(() => seen.total >= wanted, { what: `${wanted} requests to end`, deadlineMs: 240_000 });
      const { stage, replica } = await waitFor(() => {
        const places = stages.replicas.filter(({ stage }) => stage !== STAGE.filmer);
        return places[Math.floor(random() * places.length)];
      }, { what: "a replica that is ready", deadlineMs: 60_000 });
      stages.killReplica(stage, replica);
      kills++;
    }
  };
  // WHY: together, so that the first to fail is what the test fails with, not what its end does to the other.
  await Promise.all([clients, killing()]);
  assertEquals([kills, seen.total], [KILLS, started]);
  await checkConservation(server, seen, started);
});

/** What does not add up yet, in words; empty if all does. */
function openAccounts(scrape: Scrape, requests: number): string {
  const moving = AT_REST.filter((name) => scrape.value(name) !== 0)
    .map((name) => `${name} ${scrape.value(name)}`);
  const ended = scrape.value("vllm:omni_requests_success_total");
  if (ended !== requests) moving.push(`${ended} of ${requests} requests ended`);
  const [from, to, gone] = [sent(scrape), received(scrape), lost(scrape)];
  if (from !== to + gone) moving.push(`${from} hops sent, ${to} received, ${gone} lost`);
  return moving.join("; ");
}

function sent(scrape: Scrape): number {
  return scrape.value("vllm:omni_transfer_tx_s_count");
}

function received(scrape: Scrape): number {
  return scrape.value("vllm:omni_transfer_rx_s_count");
}

function lost(scrape: Scrape): number {
  return scrape.values("promslab_transfers_lost_total").reduce((sum, value) => sum + value, 0);
}

async function checkConservation(server: LlmTestServer, seen: Seen, started: number): Promise<void> {
  const scrape = await waitFor(async () => {
    const scrape = await server.scrape();
    const open = openAccounts(scrape, started - seen.refused);
    // A condition that throws has not come true yet, and its words are what a failure shows.
    if (open !== "") throw new Error(open);
    return scrape;
  }, { what: "all requests and all hops to be accounted for", deadlineMs: 20_000 });
  const [ends, aborts, errors] = [
    successes(scrape, "stop") + successes(scrape, "length"),
    successes(scrape, "abort"),
    successes(scrape, "error"),
  ];
  console.log(
    `${started} requests: ${ends} ended, ${aborts} aborted, ${errors} lost, ${seen.refused} refused; ` +
      `${sent(scrape)} hops sent, ${received(scrape)} received, ${lost(scrape)} lost`,
  );
  assertEquals(ends + aborts + errors, started - seen.refused);
  // How a request ended that its client did not wait for, only the pipeline knows.
  assertGreaterOrEqual(ends, seen.answered);
  assertGreaterOrEqual(errors, seen.lost);
  assertGreaterOrEqual(seen.left, aborts);
  assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count"), ends);
  assertEquals(scrape.value("vllm:omni_requests_failed_total", { reason: "replica_lost" }), errors);
  assertEquals(scrape.value("vllm:omni_requests_failed_total", { reason: "stage_error" }), 0);
  assertGreater(errors, 0);
  assertGreater(lost(scrape), 0);
  // A stage that never came back would refuse nearly all.
  assertGreater(seen.answered, 0.5 * started);
  assertEquals(scrape.value("vllm:omni_transfer_size_bytes_count"), sent(scrape));
  assertEquals(scrape.value("vllm:omni_transfer_in_flight_s_count"), received(scrape));
}

Deno.test("an API worker that is killed leaves aborted requests, each counted once, and stages that are at rest", async () => {
  const slow = { engine: { profile: "instant", interTokenLatencyMs: 5, maxModelLen: 1024 } };
  await using server = await startPipeline(omniPipeline({ thinker: slow }), { workers: 2 });
  const streams = await Promise.all(
    Array.from({ length: 8 }, () => ask(server, "stream", { max_tokens: 900, ignore_eos: true })),
  );
  const ended = Promise.all(streams.map((response) => response.text().catch(() => "cut")));
  await waitFor(async () => (await server.scrape()).value("vllm:omni_num_requests_running") === 8, {
    what: "all to run",
  });
  server.server.killWorker(0);
  server.server.killWorker(1);
  await waitFor(async () => {
    const scrape = await server.scrape();
    return successes(scrape, "abort") === 8 && scrape.value("vllm:num_requests_running") === 0 &&
      scrape.value("vllm:omni_num_requests_running") === 0 && scrape.value("vllm:kv_cache_usage_perc") === 0;
  }, { what: "eight aborts", deadlineMs: 20_000 });
  await ended;
  await waitFor(async () => {
    const response = await ask(server, "audio").catch(() => undefined);
    await response?.body?.cancel();
    return response?.status === 200;
  }, { what: "the next workers to serve", deadlineMs: 20_000 });
  assertEquals(successes(await server.scrape(), "abort"), 8);
});
