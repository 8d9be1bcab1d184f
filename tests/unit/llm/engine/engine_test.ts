import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { countingSource, EngineHarness } from "../../../_support/engine_harness.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";

function prompt(length: number, first = 1): number[] {
  return Array.from({ length }, (_, i) => first + i);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

Deno.test("Engine runs sequential requests in one step per token", () => {
  const harness = new EngineHarness();
  for (let id = 0; id < 10; id++) {
    harness.add({ id, promptTokens: prompt(7, id * 100), maxTokens: 10, ignoreEos: true });
    harness.drain();
  }
  assertEquals(
    harness.finished.map(({ reason, generated }) => [reason, generated]),
    Array(10).fill(["length", 10]),
  );
  assertEquals(harness.observer.stepTokens.length, 100, "iteration_tokens count is R * M");
  assertEquals(sum(harness.observer.stepTokens), 10 * (7 + 10), "iteration_tokens sum is R * (P + M)");
});

Deno.test("Engine counts a step once, however many sequences it serves", () => {
  const harness = new EngineHarness();
  for (let id = 0; id < 8; id++) {
    harness.add({ id, promptTokens: prompt(5, id * 50), maxTokens: 6, ignoreEos: true });
  }
  harness.drain();
  assertEquals(harness.observer.stepTokens.length, 6);
  assertEquals(harness.observer.stepTokens[0], 8 * 6);
  assertEquals(sum(harness.observer.stepTokens), 8 * (5 + 6));
});

Deno.test("Engine ends a sequence where its source ends", () => {
  const harness = new EngineHarness({ source: countingSource(3) });
  harness.add({ id: 1, maxTokens: 10 });
  harness.add({ id: 2, maxTokens: 10, minTokens: 5 });
  harness.add({ id: 3, maxTokens: 10, ignoreEos: true });
  harness.add({ id: 4, maxTokens: 2 });
  harness.drain();
  const ends = harness.finished.map(({ id, reason, generated }) => [id, reason, generated]).sort();
  assertEquals(ends, [[1, "stop", 3], [2, "stop", 5], [3, "length", 10], [4, "length", 2]]);
});

Deno.test("Engine ends a sequence at the context length", () => {
  const harness = new EngineHarness({ maxModelLen: 64 });
  harness.add({ id: 1, promptTokens: prompt(60), maxTokens: 100 });
  harness.drain();
  assertEquals(harness.finished[0].generated, 4);
  assertEquals(harness.finished[0].reason, "length");
});

Deno.test("Engine computes a prompt only for a request without new tokens", () => {
  const harness = new EngineHarness();
  harness.add({ id: 1, promptTokens: prompt(20), maxTokens: 0 });
  harness.drain();
  assertEquals(harness.finished.map(({ reason, generated }) => [reason, generated]), [["stop", 0]]);
  assertEquals(harness.observer.stepTokens, [20]);
});

Deno.test("Engine keeps within the batch size and queues the rest", () => {
  const harness = new EngineHarness({ maxNumSeqs: 3 });
  for (let id = 0; id < 5; id++) harness.add({ id, maxTokens: 2 });
  assertEquals([harness.state.running, harness.state.waiting], [0, 5]);
  harness.engine.beginStep(0);
  assertEquals([harness.state.running, harness.state.waiting], [3, 2]);
  harness.engine.endStep(0);
  harness.drain();
  assertEquals([harness.state.running, harness.state.waiting, harness.state.kvUsage], [0, 0, 0]);
});

Deno.test("Engine computes a long prompt in chunks beside the others' tokens", () => {
  const harness = new EngineHarness({ maxNumBatchedTokens: 32 });
  harness.add({ id: 1, maxTokens: 8 });
  harness.step();
  harness.add({ id: 2, promptTokens: prompt(90, 500), maxTokens: 1 });
  harness.drain();
  // 31 tokens of the prompt fit beside the other sequence's token, so it takes three steps; the first two give one
  // output, which is the other sequence's.
  assertEquals(harness.observer.stepTokens, [4, 1, 1, 92, 1, 1, 1, 1]);
});

Deno.test("Engine without chunked prefill lets a prompt wait that does not fit the step", () => {
  const harness = new EngineHarness({
    maxNumBatchedTokens: 64,
    maxModelLen: 64,
    enableChunkedPrefill: false,
  });
  harness.add({ id: 1, promptTokens: prompt(40), maxTokens: 1 });
  harness.add({ id: 2, promptTokens: prompt(40, 200), maxTokens: 1 });
  harness.drain();
  assertEquals(harness.observer.stepTokens, [41, 41]);
});

Deno.test("Engine finds known prefixes in whole blocks and counts the lookup once", () => {
  const harness = new EngineHarness({ blockSize: 4 });
  harness.add({ id: 1, promptTokens: prompt(10), maxTokens: 1 });
  harness.drain();
  harness.add({ id: 2, promptTokens: [...prompt(8), 900, 901], maxTokens: 1 });
  harness.drain();
  assertEquals([harness.observer.queries, harness.observer.hits], [20, 8]);
  assertEquals(harness.finished[1].sequence.cachedTokens, 8);
  harness.add({ id: 3, promptTokens: prompt(8), maxTokens: 1 });
  harness.drain();
  assertEquals(harness.finished[2].sequence.cachedTokens, 4, "the last token is always computed");
  assertEquals(harness.finished[2].sequence.recomputedTokens, 4);
});

Deno.test("Engine does not share prefixes between cache salts, nor without prefix caching", () => {
  const salted = new EngineHarness({ blockSize: 4 });
  for (const [id, cacheSalt] of [[1, 5], [2, 6]]) {
    salted.add({ id, promptTokens: prompt(12), maxTokens: 1, cacheSalt });
    salted.drain();
  }
  assertEquals(salted.observer.hits, 0);
  const without = new EngineHarness({ blockSize: 4, enablePrefixCaching: false });
  for (const id of [1, 2]) {
    without.add({ id, promptTokens: prompt(12), maxTokens: 1 });
    without.drain();
  }
  assertEquals([without.observer.queries, without.observer.hits], [0, 0]);
});

Deno.test("Engine preempts the youngest sequence when blocks run out, and loses no token by it", () => {
  const harness = new EngineHarness({
    blockSize: 4,
    numGpuBlocks: 8,
    maxModelLen: 32,
    enablePrefixCaching: false,
  });
  for (const id of [1, 2]) {
    harness.add({ id, promptTokens: prompt(8, id * 100), maxTokens: 20, ignoreEos: true });
  }
  harness.drain();
  assertEquals(harness.finished.map(({ id, generated }) => [id, generated]), [[1, 20], [2, 20]]);
  assert(harness.observer.preemptions > 0);
  assertEquals(harness.finished[1].sequence.preemptions, harness.observer.preemptions);
  assertEquals(harness.finished[0].sequence.preemptions, 0);
  const undisturbed = new EngineHarness();
  undisturbed.add({ id: 2, promptTokens: prompt(8, 200), maxTokens: 20, ignoreEos: true });
  undisturbed.drain();
  assertEquals(harness.received.get(2), undisturbed.received.get(2));
});

Deno.test("Engine frees all of an aborted request at once, queued or running or in the middle of a step", () => {
  const harness = new EngineHarness({ maxNumSeqs: 2 });
  for (const id of [1, 2, 3]) harness.add({ id, maxTokens: 50 });
  harness.step();
  assert(harness.engine.abort(3), "the queued one");
  harness.engine.beginStep(0);
  assert(harness.engine.abort(1), "the running one");
  const outputs = harness.engine.endStep(0);
  assertEquals(outputs.sequences.map(({ request }) => request.id), [2]);
  assert(harness.engine.abort(2));
  assert(!harness.engine.abort(2), "a second time there is nothing to abort");
  assertEquals([harness.state.running, harness.state.waiting, harness.state.kvUsage], [0, 0, 0]);
  assertEquals(harness.step(), undefined);
});

Deno.test("Engine aborts all requests of a client that is gone", () => {
  const harness = new EngineHarness();
  for (const id of [1, 2, 3]) harness.add({ id, client: id % 2, maxTokens: 5 });
  harness.step();
  assertEquals(harness.engine.abortClient(1), 2);
  harness.drain();
  assertEquals(harness.finished.map(({ id }) => id), [2]);
});

Deno.test("Engine asleep queues requests, and runs them to the end when it wakes", () => {
  const harness = new EngineHarness({ blockSize: 4 });
  harness.add({ id: 1, promptTokens: prompt(12), maxTokens: 6, ignoreEos: true });
  harness.step();
  harness.engine.beginStep(0);
  harness.engine.sleep(1);
  assert(!harness.engine.stepping);
  assertEquals([harness.state.sleepLevel, harness.state.running, harness.state.waiting], [1, 0, 1]);
  harness.add({ id: 2, maxTokens: 1 });
  assertEquals(harness.step(), undefined);
  harness.engine.wake();
  harness.drain();
  assertEquals(harness.finished.map(({ id, generated }) => [id, generated]).sort(), [[1, 6], [2, 1]]);
  assertEquals(harness.state.sleepLevel, 0);
});

Deno.test("Engine runs at most maxLoras adapters at once and defers the others", () => {
  const harness = new EngineHarness({ maxLoras: 1 });
  harness.add({ id: 1, adapter: 0, maxTokens: 3 });
  harness.add({ id: 2, adapter: 1, maxTokens: 3 });
  harness.add({ id: 3, adapter: 0, maxTokens: 3 });
  harness.add({ id: 4, maxTokens: 3 });
  harness.step();
  assertEquals([harness.state.running, harness.state.waiting, harness.state.deferred], [3, 0, 1]);
  assertEquals([harness.state.runningAdapters, harness.state.waitingAdapters], [[0], [1]]);
  harness.drain();
  assertEquals(harness.finished.map(({ id }) => id).sort(), [1, 2, 3, 4]);
});

Deno.test("Engine with speculation gives several tokens a step and says how many drafts it took", () => {
  const harness = new EngineHarness({ numSpeculativeTokens: 3, speculativeAcceptanceRate: 1 });
  harness.add({ id: 1, maxTokens: 9, ignoreEos: true });
  harness.drain();
  assertEquals(harness.finished[0].generated, 9);
  assertEquals([harness.observer.drafts, harness.observer.draftTokens, harness.observer.acceptedTokens], [
    2,
    6,
    6,
  ]);
  assertEquals(harness.observer.stepTokens, [4, 4, 4]);
});

Deno.test("Engine brings evicted blocks back from the offload tier", () => {
  const harness = new EngineHarness({ blockSize: 4, numGpuBlocks: 8, maxModelLen: 32, offloadBlocks: 100 });
  for (const id of [1, 2, 3]) {
    harness.add({ id, promptTokens: prompt(24, id * 100), maxTokens: 1 });
    harness.drain();
  }
  assert(harness.observer.offload.stores > 0);
  harness.add({ id: 4, promptTokens: prompt(24, 100), maxTokens: 1 });
  harness.drain();
  const { sequence } = harness.finished[3];
  assertEquals([sequence.cachedTokens, sequence.loadedTokens], [0, 20]);
  assertEquals([harness.observer.offload.hits, harness.observer.offload.loads], [20, 1]);
});

Deno.test("Engine samples how long blocks stay", () => {
  const harness = new EngineHarness({
    blockSize: 4,
    numGpuBlocks: 8,
    maxModelLen: 32,
    kvMetricsSample: 1,
    timing: { ...PROFILES.instant, interTokenLatency: 1000, prefillOverhead: 1000 },
  });
  harness.add({ id: 1, promptTokens: prompt(16), maxTokens: 4, ignoreEos: true });
  harness.drain();
  harness.add({ id: 2, promptTokens: prompt(16), maxTokens: 1 });
  harness.drain();
  harness.add({ id: 3, promptTokens: prompt(31, 900), maxTokens: 1 });
  harness.drain();
  assertEquals(harness.observer.evictions.length, 4, "four full blocks had a content to lose");
  assertEquals(harness.observer.evictions.filter(({ gaps }) => gaps === 1).length, 3);
  for (const { lifetimeUs, idleUs } of harness.observer.evictions) {
    assert(lifetimeUs >= idleUs && lifetimeUs > 0);
  }
});

Deno.test("Engine fails and flags requests at the configured rates", () => {
  const harness = new EngineHarness({ errorRate: 1, corruptionRate: 1 });
  harness.add({ id: 1, maxTokens: 100, ignoreEos: true });
  harness.drain();
  assertEquals(harness.finished[0].reason, "error");
  assert(harness.finished[0].generated <= 16);
  assert(harness.finished[0].sequence.corrupted);
});

Deno.test("Engine times its steps by the profile", () => {
  const timing = {
    ...PROFILES.instant,
    prefillOverhead: 30_000,
    prefillTimePerToken: 200,
    interTokenLatency: 10_000,
  };
  const harness = new EngineHarness({ timing, maxNumSeqs: 3, timeFactorUnderLoad: 2 });
  harness.add({ id: 1, promptTokens: prompt(50), maxTokens: 3, ignoreEos: true });
  assertEquals([harness.step(), harness.step(), harness.step()], [40_000, 10_000, 10_000]);
  const { sequence } = harness.finished[0];
  assertEquals([sequence.scheduledUs, sequence.firstTokenUs, sequence.lastTokenUs], [0, 40_000, 60_000]);
  for (const id of [2, 3, 4]) harness.add({ id, maxTokens: 2, ignoreEos: true });
  harness.step();
  assertAlmostEquals(harness.step()!, 20_000, 1e-6, "a full batch takes twice as long");
  const fast = new EngineHarness({ timing: { ...timing, timeToFirstToken: 8000 }, speedFactor: 4 });
  fast.add({ id: 1, promptTokens: prompt(50), maxTokens: 2 });
  assertEquals([fast.step(), fast.step()], [2000, 2500]);
});

Deno.test("Engine refuses what it cannot run", () => {
  const harness = new EngineHarness({ maxModelLen: 64 });
  harness.add({ id: 1 });
  assertThrows(() => harness.add({ id: 1 }), RangeError, "is not finished");
  assertThrows(() => harness.add({ id: 2, promptTokens: [] }), RangeError, "1 to 63 tokens, got 0");
  assertThrows(() => harness.add({ id: 2, promptTokens: prompt(64) }), RangeError, "got 64");
  assertThrows(() => harness.add({ id: 2, adapter: 0 }), RangeError, "needs maxLoras");
  assertThrows(() => harness.engine.endStep(0), TypeError, "none has begun");
  harness.engine.beginStep(0);
  assertThrows(() => harness.engine.beginStep(0), TypeError, "has not ended");
});
