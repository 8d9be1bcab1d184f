/**
 * A slow stage bounds the memory of the fast one before it, and its own.
 */
import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { ask, omniPipeline, startPipeline } from "../../_support/pipeline_server.ts";
import { residentBytes } from "../../_support/resident_bytes.ts";
import { waitFor } from "../../_support/wait_for.ts";

const REQUESTS = 40;
/** Of a request's output at the talker. */
const TOKENS = 2 * 51;
const BYTES_PER_TOKEN = 65_536;
const CHUNK_BYTES = 4 * BYTES_PER_TOKEN;
const RING_KIB = 256;
/** What the process may grow by: a fraction of what the requests would take if nothing held them back. */
const GROWTH_BYTES_MAX = 80 * 2 ** 20;

Deno.test("requests that a slow stage has no room for wait where they are small: before the first stage", async () => {
  const { edges, ...rest } = omniPipeline({
    talker: { concurrency: 3 },
    vocoder: { replicas: 1, concurrency: 2, tokenMs: 60_000 },
  });
  const wide = edges.map((edge) =>
    edge.from === "talker" ? { ...edge, bytesPerToken: BYTES_PER_TOKEN, ringKiB: RING_KIB } : edge
  );
  await using server = await startPipeline({ ...rest, edges: wide }, { workers: 1 });
  await (await ask(server, "text")).text();
  const before = residentBytes(Deno.pid);
  const gone = new AbortController();
  const answers = Array.from(
    { length: REQUESTS },
    () =>
      ask(server, "speech", { input: "word ".repeat(50) }, { signal: gone.signal }).catch(() => undefined),
  );
  const edge = { from_stage: "1", to_stage: "2" };
  // Each of the two that the vocoder works on: a payload in its hands, a ring's worth that waits, and one more.
  const bytesMax = 2 * (RING_KIB * 1024 + 2 * CHUNK_BYTES);
  const bytesMin = 2 * RING_KIB * 1024;
  const scrape = await waitFor(async () => {
    const scrape = await server.scrape();
    const known = scrape.value("vllm:omni_num_requests_waiting") +
      scrape.value("vllm:omni_num_requests_running");
    const held = scrape.value("vllm:omni_stage_waiting_requests", { stage: "1" });
    const sent = scrape.value("vllm:omni_transfer_size_bytes_sum", edge);
    const done = scrape.value("vllm:generation_tokens_total", { stage: "1" }) === (2 + 1) * TOKENS;
    return known === REQUESTS && held === REQUESTS - 3 && sent >= bytesMin && done ? scrape : undefined;
  }, { what: "all requests to be known and most of them to wait", deadlineMs: 30_000 });
  // The vocoder has two that it works on, which the talker has not handed over to the end; a third one waits for a credit.
  assertEquals(scrape.value("vllm:omni_num_requests_running"), 3);
  // Bytes that were handed over do not grow any more, however long it takes.
  const sent = () =>
    server.scrape().then((scrape) => scrape.value("vllm:omni_transfer_size_bytes_sum", edge));
  let last = -1;
  let same = 0;
  await waitFor(async () => {
    const now = await sent();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 20;
  }, { what: "the sender to stand still", deadlineMs: 30_000, pauseMs: 20 });
  assertLessOrEqual(last, bytesMax);
  const growth = residentBytes(Deno.pid) - before;
  assert(REQUESTS * TOKENS * BYTES_PER_TOKEN > 3 * GROWTH_BYTES_MAX, "it could have grown by more");
  assertLess(growth, GROWTH_BYTES_MAX);
  gone.abort();
  await Promise.all(answers);
  await waitFor(async () => {
    const scrape = await server.scrape();
    return scrape.value("vllm:omni_requests_success_total", { finished_reason: "abort" }) === REQUESTS &&
      scrape.value("vllm:omni_num_requests_running") === 0 && scrape.value("vllm:num_requests_running") === 0;
  }, { what: "all of it to be let go", deadlineMs: 20_000 });
});

Deno.test("a payload larger than the ring, and requests after those that were cut off, still go through", async () => {
  const { edges, ...rest } = omniPipeline({
    talker: { chunkTokens: 25 },
    vocoder: { replicas: 1, concurrency: 2, tokenMs: 1 },
  });
  const wide = edges.map((edge) =>
    edge.from === "talker" ? { ...edge, bytesPerToken: 16_384, ringKiB: 16 } : edge
  );
  await using server = await startPipeline({ ...rest, edges: wide }, { workers: 1 });
  const body = { input: "word ".repeat(50), stream: true };
  const listen = async (cut: boolean) => {
    const gone = new AbortController();
    const response = await ask(server, "speech", body, { signal: gone.signal });
    const reader = response.body!.getReader();
    let bytes = (await reader.read()).value!.length;
    if (cut) return gone.abort();
    for (let step = await reader.read(); !step.done; step = await reader.read()) bytes += step.value.length;
    assertEquals(bytes, 44 + TOKENS * 80 * 2);
  };
  for (let round = 0; round < 6; round++) {
    await Promise.all([listen(true), listen(false), listen(true), listen(false)]);
  }
  await waitFor(async () => (await server.scrape()).value("vllm:omni_num_requests_running") === 0, {
    what: "nothing to run",
    deadlineMs: 20_000,
  });
});
