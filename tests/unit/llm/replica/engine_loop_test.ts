import { assert, assertEquals } from "@std/assert";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { alive, EnginePair } from "../../../_support/engine_pair.ts";
import { waitFor, within } from "../../../_support/wait_for.ts";

const ANSWER = { what: "an answer" };

Deno.test("EngineLoop and RingEngineClient carry a request there and its tokens back", () =>
  alive(async () => {
    await using pair = new EnginePair();
    const requests = Array.from({ length: 20 }, (_, seed) => pair.generate({ seed, maxTokens: 7 }));
    assertEquals(await Promise.all(requests.map(({ ended }) => ended)), Array(20).fill(2));
    for (const { tokens } of requests) assertEquals(tokens.length, 7);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "length" }), 20);
    assertEquals(pair.sample("vllm:generation_tokens_total"), 140);
    assertEquals(pair.sample("vllm:prompt_tokens_total"), 60);
    assertEquals(pair.sample("vllm:inter_token_latency_seconds_count"), 120);
    assertEquals(pair.sample("vllm:request_params_n_count"), 20);
    await waitFor(() => pair.status.running === 0, { what: "the engine" });
  }));

Deno.test("EngineLoop keeps the pace of its profile", () =>
  alive(async () => {
    await using pair = new EnginePair({
      timing: { ...PROFILES.instant, interTokenLatency: 2000, prefillOverhead: 10_000 },
    });
    const start = performance.now();
    await pair.generate({ maxTokens: 51 }).ended;
    const milliseconds = performance.now() - start;
    assert(milliseconds >= 108, `110 ms of steps took ${milliseconds} ms`);
    assertEquals(pair.sample("vllm:request_decode_time_seconds_sum").toFixed(6), "0.100000");
    assertEquals(pair.sample("vllm:request_prefill_time_seconds_sum").toFixed(6), "0.010000");
  }));

Deno.test("RingEngineClient ends a sequence where its listener says so", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    const { tokens, ended } = pair.generate({ maxTokens: 5000 }, { stopAfter: 3 });
    assertEquals(await ended, 1);
    assertEquals(tokens.length, 3);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "stop" }), 1);
    await waitFor(() => pair.engine.unfinishedCount === 0, { what: "the engine" });
    assertEquals(pair.status.running, 0);
    assertEquals(pair.status.kvUsage, 0);
  }));

Deno.test("RingEngineClient aborts a sequence once, and the engine frees it", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    const [handle] = pair.client.generate([{
      generation: { promptTokens: [1], maxTokens: 5000, seed: 1 },
      listener: { tokens: () => false, end: () => {} },
    }], { arrivalMs: 0 });
    await waitFor(() => pair.status.running === 1, { what: "the engine" });
    handle.abort();
    handle.abort();
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 1);
    await waitFor(() => pair.status.running === 0, { what: "the engine" });
    assertEquals(pair.orphans, 0);
  }));

Deno.test("EngineLoop ends what a worker leaves behind, with what it had sent before its end", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    for (let i = 0; i < 3; i++) void pair.generate({ maxTokens: 5000 });
    pair.loop.detach(0, 99);
    assertEquals(pair.orphans, 0, "another incarnation's end");
    pair.loop.detach(0, 1);
    assertEquals(pair.orphans, 3);
    assertEquals([pair.status.running, pair.status.waiting, pair.status.kvUsage], [0, 0, 0]);
  }));

Deno.test("EngineLoop keeps two incarnations of a slot apart, as a rolling restart has them", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 2000 } });
    const old = pair.generate({ maxTokens: 100, seed: 1 });
    await waitFor(() => old.tokens.length > 0, { what: "the first tokens" });
    // Both clients count their requests from 1: the engine must not take one's for the other's.
    const client = pair.addWorker({ slot: 0, epoch: 2 });
    const fresh = pair.generate({ maxTokens: 60, seed: 2 }, { client });
    assertEquals(await Promise.all([old.ended, fresh.ended].map((ended) => within(ended, ANSWER))), [2, 2]);
    assertEquals([old.tokens.length, fresh.tokens.length], [100, 60]);
    pair.loop.detach(0, 1);
    assertEquals(pair.orphans, 0);
    const last = pair.generate({ maxTokens: 9 }, { client });
    assertEquals(await within(last.ended, ANSWER), 2, "the successor stays attached");
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "length" }), 3);
    assertEquals(pair.sample("vllm:request_success_total"), 3);
    await waitFor(() => pair.status.running === 0, { what: "the engine" });
  }));

Deno.test("EngineLoop ends what one incarnation of a slot leaves behind, and nothing of the other", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 2000 } });
    for (let i = 0; i < 3; i++) void pair.generate({ maxTokens: 5000 });
    const client = pair.addWorker({ slot: 0, epoch: 2 });
    const fresh = pair.generate({ maxTokens: 60 }, { client });
    await waitFor(() => fresh.tokens.length > 0, { what: "the first tokens" });
    pair.loop.detach(0, 1);
    assertEquals(pair.orphans, 3);
    pair.loop.detach(0, 1);
    assertEquals(pair.orphans, 3, "the end is told once");
    // Another worker may get the number that the first one had here.
    const third = pair.generate({ maxTokens: 20 }, { client: pair.addWorker({ slot: 0, epoch: 3 }) });
    assertEquals(await Promise.all([fresh.ended, third.ended].map((ended) => within(ended, ANSWER))), [2, 2]);
    assertEquals([fresh.tokens.length, third.tokens.length], [60, 20]);
    await waitFor(() => pair.status.running === 0, { what: "the engine" });
    assertEquals([pair.status.waiting, pair.status.kvUsage], [0, 0]);
  }));

Deno.test("RingEngineClient ends what a lost engine had as aborted, and uses its successor", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    const lost = pair.generate({ maxTokens: 5000 });
    await waitFor(() => lost.tokens.length > 0, { what: "the engine" });
    pair.client.disconnect(0, 99);
    assertEquals(pair.client.loads().length, 1, "another incarnation's end");
    pair.client.disconnect(0, 1);
    assertEquals(await lost.ended, 3);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 1);
    pair.connect(2);
    assertEquals(await pair.generate().ended, 2);
  }));

Deno.test("RingEngineClient counts a lost sequence once, also when its listener aborts it", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    const handles = pair.client.generate(
      [1, 2].map((seed) => ({
        generation: { promptTokens: [1], maxTokens: 5000, seed },
        listener: { tokens: () => false, end: () => handles.forEach((handle) => handle.abort()) },
      })),
      { arrivalMs: 0 },
    );
    await waitFor(() => pair.status.running === 2, { what: "the engine" });
    pair.client.disconnect(0);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 2);
  }));

Deno.test("RingEngineClient ends a sequence whose listener throws, and no other", () =>
  alive(async () => {
    await using pair = new EnginePair();
    const other = pair.generate({ maxTokens: 30 });
    pair.client.generate([{
      generation: { promptTokens: [1], maxTokens: 5000, seed: 1 },
      listener: {
        tokens: () => {
          throw new Error("a broken listener");
        },
        end: () => {},
      },
    }], { arrivalMs: 0 });
    assertEquals(await other.ended, 2);
    await waitFor(() => pair.engine.unfinishedCount === 0, { what: "the engine" });
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 1);
    assertEquals(pair.errors.map((error) => (error as Error).message), ["a broken listener"]);
  }));

Deno.test("EngineLoop answers a request that it cannot run with an error", () =>
  alive(async () => {
    await using pair = new EnginePair({ maxModelLen: 64 });
    assertEquals(await pair.generate({ promptTokens: Array(64).fill(1) }).ended, 4);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "error" }), 1);
  }));

Deno.test("RingEngineClient sends the engines to sleep and wakes them", () =>
  alive(async () => {
    await using pair = new EnginePair();
    pair.client.sleep(2);
    await waitFor(() => pair.client.loads()[0].sleepLevel === 2, { what: "the engine" });
    const { ended } = pair.generate();
    await waitFor(() => pair.status.waiting === 1, { what: "the engine" });
    pair.client.wake();
    assertEquals(await ended, 2);
    pair.client.resetPrefixCache();
  }));

Deno.test("RingEngineClient waits for room in a ring that is full", () =>
  alive(async () => {
    await using pair = new EnginePair({
      maxModelLen: 100_000,
      numGpuBlocks: 10_000,
      enablePrefixCaching: false,
    });
    const promptTokens = Array(90_000).fill(7);
    const requests = Array.from({ length: 6 }, () => pair.generate({ promptTokens, maxTokens: 2 }));
    assertEquals(await Promise.all(requests.map(({ ended }) => ended)), Array(6).fill(2));
  }));
