import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { mix, Random } from "../../../../src/llm/engine/random.ts";

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

Deno.test("Random takes all 53 bits of a seed, and a fraction of none", () => {
  const first = (seed: number) => new Random(seed).uint32();
  assertNotEquals(first(1), first(1 + 2 ** 32));
  assertNotEquals(first(1), first(-1));
  assertEquals(first(1.9), first(1));
});

Deno.test("Random.float() and below() stay under their bounds, and reach all of them", () => {
  const random = new Random(3);
  const counts = [0, 0, 0];
  for (let i = 0; i < 3000; i++) counts[random.below(3)]++;
  for (const count of counts) assert(count > 850 && count < 1150, String(counts));
  random.uint32 = () => 2 ** 32 - 1;
  assert(random.float() < 1);
  assertEquals(random.below(3), 2);
});

Deno.test("Random.normal() gives a number even where the draw is 0", () => {
  const random = new Random(1);
  random.uint32 = () => 2 ** 32 - 1;
  assert(Number.isFinite(random.normal()));
});

Deno.test("mix() gives a different number for every number", () => {
  const seen = new Set<number>();
  for (let value = -5000; value < 5000; value++) seen.add(mix(value));
  assertEquals(seen.size, 10_000);
});
