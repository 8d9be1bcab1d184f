import { assert, assertEquals, assertThrows } from "@std/assert";
import { BlockPool } from "../../../../src/llm/engine/block_pool.ts";
import { blockHash, rootHash } from "../../../../src/llm/engine/block_hash.ts";
import { engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { OffloadTier } from "../../../../src/llm/engine/offload_tier.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { Random } from "../../../../src/llm/engine/random.ts";
import { loadFactor, stepDurationUs } from "../../../../src/llm/engine/step_timing.ts";

Deno.test("BlockPool takes the block that was not used for longest, and forgets its content then", () => {
  const evicted: [number, number, number][] = [];
  const pool = new BlockPool(3, (block, hash, reuses) => evicted.push([block, hash, reuses]));
  const [a, b, c] = [pool.take(), pool.take(), pool.take()];
  assertThrows(() => pool.take(), RangeError, "none is free");
  pool.name(a, 11);
  pool.name(b, 22);
  pool.name(c, 11);
  assertEquals(
    [pool.find(11), pool.find(22), pool.find(33)],
    [a, b, -1],
    "the first of one content keeps the name",
  );
  for (const block of [b, a, c]) pool.release(block);
  assertThrows(() => pool.release(a), RangeError, "nobody uses it");
  pool.reuse(b);
  assertEquals([pool.freeCount, pool.usedCount], [2, 1]);
  pool.release(b);
  assertEquals([pool.take(), pool.take(), pool.take()], [a, c, b]);
  assertEquals(evicted, [[a, 11, 0], [b, 22, 1]]);
  assertEquals(pool.find(11), -1);
});

Deno.test("blockHash() tells blocks apart by content, by what is before them, by adapter and by salt", () => {
  const tokens = Array.from({ length: 32 }, (_, i) => i);
  const roots = [rootHash(-1, 0), rootHash(0, 0), rootHash(-1, 1)];
  const hashes = roots.map((root) => blockHash(root, tokens, { start: 0, size: 16 }));
  hashes.push(
    blockHash(hashes[0], tokens, { start: 16, size: 16 }),
    blockHash(roots[0], tokens, { start: 16, size: 16 }),
  );
  assertEquals(new Set(hashes).size, 5);
  assertEquals(blockHash(roots[0], tokens.slice(), { start: 0, size: 16 }), hashes[0]);
  const many = new Set<number>();
  for (let token = 0; token < 50_000; token++) many.add(blockHash(roots[0], [token], { start: 0, size: 1 }));
  assertEquals(many.size, 50_000);
});

Deno.test("OffloadTier keeps what was used last", () => {
  const tier = new OffloadTier(2);
  assert(tier.store(1) && tier.store(2));
  assert(!tier.store(1), "it is here already");
  tier.store(3);
  assertEquals([tier.has(1), tier.has(2), tier.has(3), tier.size], [true, false, true, 2]);
  tier.touch(1);
  tier.store(4);
  assertEquals([tier.has(1), tier.has(3)], [true, false]);
  tier.clear();
  assertEquals(tier.size, 0);
});

Deno.test("Random gives the same for the same seed, in the distributions that it says", () => {
  const draw = (seed: number) => Array.from({ length: 5 }, () => new Random(seed).float());
  assertEquals(draw(7), draw(7));
  assertEquals(new Set(Array.from({ length: 1000 }, (_, seed) => new Random(seed).uint32())).size, 1000);
  const random = new Random(1);
  const normals = Array.from({ length: 20_000 }, () => random.normal());
  const mean = normals.reduce((a, b) => a + b) / normals.length;
  const variance = normals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normals.length;
  assert(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `mean ${mean}, variance ${variance}`);
  for (let i = 0; i < 1000; i++) assert(random.below(3) < 3);
});

Deno.test("stepDurationUs() follows the profile, the load and the noise within its bounds", () => {
  const work = {
    running: 1,
    decodes: 1,
    prefills: 0,
    prefillStarts: false,
    prefillTokens: 0,
    prefillShareMax: 0,
    loadedTokens: 0,
  };
  const timing = {
    ...PROFILES.instant,
    interTokenLatency: 1000,
    prefillOverhead: 500,
    prefillTimePerToken: 10,
  };
  const config = engineConfig({ timing, maxNumSeqs: 11, timeFactorUnderLoad: 2 });
  const random = new Random(1);
  assertEquals(stepDurationUs(config, work, random), 1000);
  assertEquals(loadFactor(config, 6), 1.5);
  assertEquals(stepDurationUs(config, { ...work, running: 11 }, random), 2000);
  const prefill = { ...work, prefills: 1, prefillStarts: true, prefillTokens: 200 };
  assertEquals(stepDurationUs(config, prefill, random), 2500, "the longer of the two counts");
  const noisy = engineConfig({ timing: { ...timing, jitter: 0.3 } });
  const durations = Array.from({ length: 5000 }, () => stepDurationUs(noisy, work, random));
  assert(Math.min(...durations) >= 300 && Math.max(...durations) <= 1700);
  assert(new Set(durations).size > 4000);
});

Deno.test("engineConfig() refuses what cannot work", () => {
  assertThrows(
    () => engineConfig({ maxNumSeqs: 1.5 }),
    RangeError,
    "maxNumSeqs must be an integer of at least 1, got 1.5",
  );
  assertThrows(() => engineConfig({ errorRate: 2 }), RangeError, "errorRate must be from 0 to 1");
  assertThrows(() => engineConfig({ timeFactorUnderLoad: 0.5 }), RangeError, "at least 1");
  assertThrows(() => engineConfig({ speedFactor: 0 }), RangeError, "above 0");
  assertThrows(() => engineConfig({ numGpuBlocks: 2 }), RangeError, "fewer than maxModelLen");
  assertThrows(() => engineConfig({ enableChunkedPrefill: false }), RangeError, "without chunked prefill");
  assertThrows(
    () => engineConfig({ maxNumBatchedTokens: 2, numSpeculativeTokens: 2 }),
    RangeError,
    "must exceed",
  );
});
