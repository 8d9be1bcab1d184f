/**
 * A slow stage bounds the memory of the fast one before it.
 */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { ask, omniPipeline, startPipeline } from "../../_support/pipeline_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

const REQUESTS = 40;
const BYTES_PER_TOKEN = 16_384;

Deno.test("requests that a slow stage has no room for wait where they are small: before the first stage", async () => {
  const { edges, ...rest } = omniPipeline({
    talker: { concurrency: 3 },
    vocoder: { replicas: 1, concurrency: 2, tokenMs: 60_000 },
  });
  const wide = edges.map((edge) =>
    edge.from === "talker" ? { ...edge, bytesPerToken: BYTES_PER_TOKEN } : edge
  );
  await using server = await startPipeline({ ...rest, edges: wide }, { workers: 1 });
  const gone = new AbortController();
  const answers = Array.from(
    { length: REQUESTS },
    () =>
      ask(server, "speech", { input: "word ".repeat(50) }, { signal: gone.signal }).catch(() => undefined),
  );
  const scrape = await waitFor(async () => {
    const scrape = await server.scrape();
    const known = scrape.value("vllm:omni_num_requests_waiting") +
      scrape.value("vllm:omni_num_requests_running");
    const held = scrape.value("vllm:omni_stage_waiting_requests", { stage: "1" });
    return known === REQUESTS && held === REQUESTS - 5 ? scrape : undefined;
  }, { what: "all requests to be known and most of them to wait", deadlineMs: 30_000 });
  // The vocoder has two that it works on; the talker has three at most, whose tokens nobody has taken.
  const edge = { from_stage: "1", to_stage: "2" };
  const tokens = scrape.value("vllm:generation_tokens_total", { stage: "1" });
  const perRequest = 2 * 51;
  assertLessOrEqual(tokens, (2 + 3) * perRequest);
  assertLessOrEqual(
    scrape.value("vllm:omni_transfer_size_bytes_sum", edge),
    2 * perRequest * BYTES_PER_TOKEN,
  );
  assertEquals(scrape.value("vllm:omni_num_requests_running"), 3 + 2);
  gone.abort();
  await Promise.all(answers);
  await waitFor(async () => {
    const scrape = await server.scrape();
    return scrape.value("vllm:omni_requests_success_total", { finished_reason: "abort" }) === REQUESTS &&
      scrape.value("vllm:omni_num_requests_running") === 0 && scrape.value("vllm:num_requests_running") === 0;
  }, { what: "all of it to be let go", deadlineMs: 20_000 });
});
