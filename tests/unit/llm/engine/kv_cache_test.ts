import { assertEquals } from "@std/assert";
import { type EngineConfig, engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { KvCache } from "../../../../src/llm/engine/kv_cache.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { Random } from "../../../../src/llm/engine/random.ts";
import { type EngineRequest, Sequence } from "../../../../src/llm/engine/sequence.ts";
import { CountingObserver } from "../../../_support/engine_harness.ts";

/** A cache of six blocks of four tokens. */
function cacheOf(options: Partial<EngineConfig> = {}) {
  const config = engineConfig({
    blockSize: 4,
    numGpuBlocks: 6,
    maxModelLen: 24,
    timing: { ...PROFILES.instant, offloadTimePerToken: 3 },
    ...options,
  });
  const observer = new CountingObserver();
  return { kv: new KvCache(config, { observer, random: new Random(1) }), observer };
}

/** A sequence with a prompt of so many tokens, each the one before it plus 1. */
function sequenceOf(length: number, options: Partial<EngineRequest> & { first?: number } = {}): Sequence {
  const { first = 100, ...request } = options;
  const promptTokens = Array.from({ length }, (_, i) => first + i);
  return new Sequence({ id: 1, client: 0, promptTokens, maxTokens: 4, seed: 1, ...request }, {
    stream: { ended: false, next: () => 7 },
    queuedUs: 0,
  });
}

/** Admits a sequence, computes all of it and names what it has filled; says whether there was room. */
function run(kv: KvCache, sequence: Sequence): boolean {
  const hit = kv.lookup(sequence);
  if (!kv.admit(sequence, { hit, tokens: sequence.tokens.length })) return false;
  sequence.computed = sequence.tokens.length;
  kv.nameFilled(sequence);
  return true;
}

/** A cache in which a sequence of so many tokens was computed and released again. */
function warmedBy(length: number, options: Partial<EngineConfig> = {}) {
  const made = cacheOf(options);
  const sequence = sequenceOf(length);
  run(made.kv, sequence);
  made.kv.release(sequence);
  return made;
}

Deno.test("KvCache gives a sequence the blocks that its tokens need, the last one in part", () => {
  const { kv } = cacheOf();
  const sequence = sequenceOf(9);
  run(kv, sequence);
  assertEquals([sequence.blocks.length, kv.usage], [3, 0.5]);
  assertEquals([kv.grow(sequence, 12), sequence.blocks.length], [true, 3]);
  assertEquals([kv.grow(sequence, 13), sequence.blocks.length], [true, 4]);
  kv.release(sequence);
  assertEquals([sequence.blocks, sequence.computed, kv.usage], [[], 0, 0]);
});

Deno.test("KvCache changes nothing where it has no room", () => {
  const { kv } = cacheOf();
  const [first, second] = [sequenceOf(16), sequenceOf(12, { first: 500 })];
  run(kv, first);
  assertEquals([run(kv, second), second.blocks, kv.usage], [false, [], 4 / 6]);
  assertEquals([kv.grow(first, 25), first.blocks.length], [false, 4]);
  assertEquals(kv.grow(first, 24), true);
});

Deno.test("KvCache finds full blocks with the same beginning", () => {
  const { kv } = warmedBy(13);
  const hit = kv.lookup(sequenceOf(14));
  assertEquals([hit.cachedTokens, hit.loadedTokens, hit.recomputedTokens], [12, 0, 0]);
  assertEquals(kv.lookup(sequenceOf(7)).cachedTokens, 4);
  assertEquals(kv.lookup(sequenceOf(3)).cachedTokens, 0);
  assertEquals(kv.lookup(sequenceOf(14, { first: 104 })).cachedTokens, 0, "the same tokens at another place");
});

Deno.test("KvCache leaves the last token to compute, and says that its block was known", () => {
  const { kv } = warmedBy(8);
  const { cachedTokens, recomputedTokens, blocks } = kv.lookup(sequenceOf(8));
  assertEquals([cachedTokens, recomputedTokens, blocks.length], [4, 4, 1]);
});

Deno.test("KvCache shares no blocks between adapters or cache salts", () => {
  const { kv } = warmedBy(12);
  assertEquals(kv.lookup(sequenceOf(12, { adapter: 0 })).cachedTokens, 0);
  assertEquals(kv.lookup(sequenceOf(12, { cacheSalt: 1 })).cachedTokens, 0);
});

Deno.test("KvCache looks nothing up without prefix caching", () => {
  const { kv } = warmedBy(12, { enablePrefixCaching: false });
  assertEquals(kv.lookup(sequenceOf(12)).cachedTokens, 0);
});

Deno.test("KvCache lets two sequences use the same blocks, and counts them once", () => {
  const { kv } = cacheOf();
  const [first, second] = [sequenceOf(9), sequenceOf(9)];
  run(kv, first);
  run(kv, second);
  assertEquals(second.blocks.slice(0, 2), first.blocks.slice(0, 2));
  assertEquals([second.computed, kv.usage], [9, 4 / 6]);
  kv.release(first);
  assertEquals(kv.usage, 0.5, "the second still has its three");
});

Deno.test("KvCache does not count known free blocks as room for fresh ones", () => {
  const { kv } = warmedBy(8);
  const other = sequenceOf(8, { first: 500 });
  run(kv, other);
  // Four are free, two of them are the known ones: they and two fresh ones are all that a sequence can have.
  assertEquals(kv.usage, 2 / 6);
  const large = sequenceOf(20);
  const hit = kv.lookup(large);
  assertEquals(hit.cachedTokens, 8);
  assertEquals([kv.admit(large, { hit, tokens: 17 }), large.blocks], [false, []]);
  assertEquals([kv.admit(large, { hit, tokens: 16 }), large.blocks.length], [true, 4]);
  assertEquals(large.computed, 8);
});

Deno.test("KvCache forgets the end of a sequence before its beginning", () => {
  const { kv } = warmedBy(16);
  run(kv, sequenceOf(12, { first: 500 }));
  // Three were never used or lost: the two that had nothing, and the last of the four.
  assertEquals(kv.lookup(sequenceOf(16)).cachedTokens, 12);
});

Deno.test("KvCache brings evicted blocks back from the offload tier, behind those on the device", () => {
  const { kv, observer } = warmedBy(16, { offloadBlocks: 10 });
  const other = sequenceOf(16, { first: 500 });
  run(kv, other);
  kv.release(other);
  assertEquals(observer.offload.stores, 2);
  const sequence = sequenceOf(17);
  const hit = kv.lookup(sequence);
  assertEquals([hit.cachedTokens, hit.loadedTokens, hit.blocks.length, hit.hashes.length], [8, 8, 2, 4]);
  kv.admit(sequence, { hit, tokens: 17 });
  assertEquals([sequence.computed, sequence.namedBlocks, sequence.blocks.length], [16, 4, 5]);
});

Deno.test("KvCache offloads what was reused often enough, and says what it left", () => {
  const { kv, observer } = warmedBy(12, { offloadBlocks: 10, offloadReuseThreshold: 1 });
  const again = sequenceOf(9);
  run(kv, again);
  kv.release(again);
  run(kv, sequenceOf(24, { first: 500 }));
  assertEquals([observer.offload.stores, observer.offload.skips], [2, 1]);
});

Deno.test("KvCache discards what no sequence uses, without offloading it, and the tier only if all shall go", () => {
  const { kv, observer } = warmedBy(8, { offloadBlocks: 10 });
  const full = sequenceOf(24, { first: 500 });
  run(kv, full);
  kv.release(full);
  assertEquals(observer.offload.stores, 2);
  kv.discard({ everything: false });
  assertEquals(observer.offload.stores, 2);
  const known = () =>
    kv.lookup(sequenceOf(9)).loadedTokens + kv.lookup(sequenceOf(24, { first: 500 })).cachedTokens;
  assertEquals(known(), 8);
  kv.discard({ everything: true });
  assertEquals(known(), 0);
});
