import { assertEquals } from "@std/assert";
import type { Batch } from "../../../../src/llm/engine/batch.ts";
import { type EngineConfig, engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { KvCache } from "../../../../src/llm/engine/kv_cache.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { Random } from "../../../../src/llm/engine/random.ts";
import { Scheduler } from "../../../../src/llm/engine/scheduler.ts";
import { Sequence } from "../../../../src/llm/engine/sequence.ts";
import { CountingObserver } from "../../../_support/engine_harness.ts";

/** A scheduler over a cache of eight blocks of four tokens, and a test in the engine's place. */
class Harness {
  readonly observer = new CountingObserver();
  readonly kv: KvCache;
  readonly scheduler: Scheduler;
  nowUs = 0;
  #nextId = 1;

  constructor(options: Partial<EngineConfig> = {}) {
    const config = engineConfig({
      blockSize: 4,
      numGpuBlocks: 8,
      maxModelLen: 32,
      maxNumBatchedTokens: 16,
      timing: PROFILES.instant,
      ...options,
    });
    this.kv = new KvCache(config, { observer: this.observer, random: new Random(1) });
    this.scheduler = new Scheduler(config, { kv: this.kv, observer: this.observer });
  }

  /** Queues a sequence whose tokens no other one has. */
  queue(promptLength: number, options: { adapter?: number; first?: number } = {}): Sequence {
    const id = this.#nextId++;
    const first = options.first ?? id * 1000;
    const sequence = new Sequence({
      id,
      client: 0,
      promptTokens: Array.from({ length: promptLength }, (_, i) => first + i),
      maxTokens: 10,
      seed: 1,
      adapter: options.adapter,
    }, { stream: { ended: false, next: () => 7 }, queuedUs: this.nowUs });
    this.scheduler.waiting.push(sequence);
    return sequence;
  }

  /** Plans a step: who computes how many tokens, by id. */
  plan(): [id: number | undefined, count: number][] {
    return planOf(this.scheduler.schedule(this.nowUs));
  }

  /** Plans a step and does what the engine does with it: all is computed, and finished prompts get a token. */
  step(): [id: number | undefined, count: number][] {
    const batch = this.scheduler.schedule(this.nowUs);
    const plan = planOf(batch);
    batch.sequences.forEach((sequence, i) => {
      if (sequence === undefined) return;
      sequence.computed = Math.min(sequence.computed + batch.counts[i], sequence.tokens.length);
      this.kv.nameFilled(sequence);
      if (sequence.computed === sequence.tokens.length) sequence.tokens.push(7);
    });
    return plan;
  }

  get waiting(): number[] {
    return [...this.scheduler.waiting].map(({ request }) => request.id);
  }

  get running(): number[] {
    return this.scheduler.running.map(({ request }) => request.id);
  }
}

function planOf(batch: Batch): [id: number | undefined, count: number][] {
  return batch.sequences.map((sequence, i) => [sequence?.request.id, batch.counts[i]]);
}

Deno.test("Scheduler gives running sequences their token first, and the rest of the step to waiting ones", () => {
  const harness = new Harness();
  harness.queue(6);
  assertEquals(harness.step(), [[1, 6]]);
  harness.queue(10);
  harness.queue(12);
  // 16 tokens in a step: 1 for the first, 10 for the second, and 5 of the third's twelve.
  assertEquals(harness.step(), [[1, 1], [2, 10], [3, 5]]);
  assertEquals(harness.step(), [[1, 1], [2, 1], [3, 7]]);
  assertEquals([harness.running, harness.waiting], [[1, 2, 3], []]);
});

Deno.test("Scheduler without parts lets a prompt wait that does not fit a step as a whole, and all behind it", () => {
  const harness = new Harness({ enableChunkedPrefill: false, maxNumBatchedTokens: 32, numGpuBlocks: 16 });
  for (const length of [20, 13, 3]) harness.queue(length);
  assertEquals([harness.step(), harness.waiting], [[[1, 20]], [2, 3]]);
  assertEquals(harness.step(), [[1, 1], [2, 13], [3, 3]]);
});

Deno.test("Scheduler admits no more sequences than may run at once", () => {
  const harness = new Harness({ maxNumSeqs: 2 });
  for (let i = 0; i < 3; i++) harness.queue(2);
  assertEquals([harness.plan().length, harness.waiting], [2, [3]]);
  harness.scheduler.remove(harness.scheduler.running[0]);
  assertEquals([harness.plan().at(-1), harness.running], [[3, 2], [2, 3]]);
});

Deno.test("Scheduler preempts the youngest sequence for a block, and admits nobody in that step", () => {
  const harness = new Harness({ maxNumBatchedTokens: 32 });
  // Two prompts of 16 tokens fill the eight blocks.
  const [first, second] = [harness.queue(16), harness.queue(16)];
  harness.step();
  assertEquals([harness.running, harness.kv.usage], [[1, 2], 1]);
  harness.queue(1);
  assertEquals(harness.step(), [[1, 1]]);
  assertEquals([harness.running, harness.waiting, second.preemptions], [[1], [2, 3], 1]);
  assertEquals([harness.observer.preemptions, second.running, second.blocks], [1, false, []]);
  assertEquals(first.preemptions, 0);
});

Deno.test("Scheduler preempts the sequence itself if it is the youngest", () => {
  const harness = new Harness();
  harness.queue(16);
  harness.queue(12);
  harness.step();
  harness.step();
  const [older, younger] = harness.scheduler.running;
  // The older one takes the last block, then the younger one has none.
  for (let i = 0; younger.running && i < 10; i++) harness.step();
  assertEquals([older.running, younger.running, younger.preemptions], [true, false, 1]);
  assertEquals(harness.waiting, [2]);
});

Deno.test("Scheduler brings a preempted sequence back with all that it had generated", () => {
  const harness = new Harness({ maxNumBatchedTokens: 32 });
  const [first, second] = [harness.queue(16), harness.queue(16)];
  harness.step();
  harness.step();
  assertEquals([second.running, second.tokens.length], [false, 17]);
  harness.scheduler.remove(first);
  harness.nowUs = 99;
  const [[id, count]] = harness.plan();
  assertEquals([id, second.computed + count], [2, 17]);
  assertEquals(second.scheduledUs, 0, "it was scheduled for the first time long ago");
});

Deno.test("Scheduler says once what was found of a prompt, when it is first admitted", () => {
  const harness = new Harness();
  const first = harness.queue(13, { first: 500 });
  harness.step();
  harness.nowUs = 7;
  const second = harness.queue(13, { first: 500 });
  const [, [, count]] = harness.step();
  assertEquals([count, second.cachedTokens, second.scheduledUs], [1, 12, 7]);
  assertEquals([harness.observer.queries, harness.observer.hits], [26, 12]);
  harness.scheduler.preempt(second);
  harness.step();
  assertEquals(harness.observer.queries, 26);
  assertEquals(first.scheduledUs, 0);
});

Deno.test("Scheduler speculates behind a sequence's last token, within the context and not in its prompt", () => {
  const harness = new Harness({ numSpeculativeTokens: 3, maxModelLen: 8, numGpuBlocks: 4 });
  harness.queue(4);
  assertEquals(harness.step(), [[1, 4]]);
  const [sequence] = harness.scheduler.running;
  assertEquals(harness.step(), [[1, 4]], "its last token and three drafts");
  sequence.tokens.push(7);
  sequence.computed = 6;
  assertEquals(harness.plan(), [[1, 2]], "the context ends at eight");
});

Deno.test("Scheduler defers what needs a further adapter, lets others pass, and counts it", () => {
  const harness = new Harness({ maxLoras: 1 });
  harness.queue(2, { adapter: 0 });
  const other = harness.queue(2, { adapter: 1 });
  harness.queue(2, { adapter: 0 });
  harness.queue(2);
  assertEquals(harness.plan().map(([id]) => id), [1, 3, 4]);
  assertEquals([harness.scheduler.deferredCount, other.deferred], [1, true]);
  assertEquals([...harness.scheduler.runningAdapters], [[0, 2]]);
  harness.scheduler.remove(harness.scheduler.running[0]);
  harness.plan();
  assertEquals(harness.waiting, [2], "one of the first adapter still runs");
  harness.scheduler.remove(harness.scheduler.running[0]);
  harness.plan();
  assertEquals([harness.waiting, harness.scheduler.deferredCount], [[], 0]);
  assertEquals([...harness.scheduler.runningAdapters], [[1, 1]]);
});

Deno.test("Scheduler takes a sequence out of the queue, the batch and the cache", () => {
  const harness = new Harness({ maxLoras: 1 });
  const running = harness.queue(4, { adapter: 0 });
  const deferred = harness.queue(4, { adapter: 1 });
  const batch = harness.scheduler.schedule(0);
  harness.scheduler.remove(running);
  harness.scheduler.remove(deferred);
  assertEquals(batch.sequences, [undefined]);
  assertEquals([harness.running, harness.waiting, harness.kv.usage], [[], [], 0]);
  assertEquals([harness.scheduler.deferredCount, harness.scheduler.runningAdapters.size], [0, 0]);
});
