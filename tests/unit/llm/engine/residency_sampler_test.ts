import { assertEquals } from "@std/assert";
import { SILENT_OBSERVER } from "../../../../src/llm/engine/engine_observer.ts";
import { Random } from "../../../../src/llm/engine/random.ts";
import { ResidencySampler } from "../../../../src/llm/engine/residency_sampler.ts";

/** A sampler, and what it says when a block is evicted. */
function samplerOf(rate: number, floats?: number[]) {
  const random = new Random(1);
  if (floats !== undefined) random.float = () => floats.shift()!;
  const sampler = new ResidencySampler(rate, random);
  return {
    sampler,
    evict(block: number, nowUs: number) {
      let told: { lifetimeUs: number; idleUs: number; gaps: number[] } | undefined;
      sampler.evicted(block, {
        nowUs,
        observer: {
          ...SILENT_OBSERVER,
          blockEvicted: (lifetimeUs, idleUs, gaps) => void (told = { lifetimeUs, idleUs, gaps: [...gaps] }),
        },
      });
      return told;
    },
  };
}

Deno.test("ResidencySampler tells how long a block stayed, was idle, and paused between uses", () => {
  const { sampler, evict } = samplerOf(1);
  sampler.allocated(3, 1000);
  sampler.released(3, 1500);
  sampler.reused(3, 1700);
  sampler.released(3, 2000);
  sampler.reused(3, 2100);
  sampler.released(3, 2400);
  assertEquals(evict(3, 3000), { lifetimeUs: 2000, idleUs: 600, gaps: [200, 100] });
  assertEquals(evict(3, 4000), undefined, "it is told once");
});

Deno.test("ResidencySampler watches a share of the blocks, chosen when they are allocated", () => {
  const { sampler, evict } = samplerOf(0.5, [0.4, 0.5, 0.6]);
  for (const block of [0, 1, 2]) sampler.allocated(block, 0);
  assertEquals([0, 1, 2].map((block) => evict(block, 10) !== undefined), [true, false, false]);
});

Deno.test("ResidencySampler draws nothing where it watches nothing, so that other draws stay the same", () => {
  const { sampler, evict } = samplerOf(0, []);
  sampler.allocated(0, 0);
  sampler.reused(0, 1);
  sampler.released(0, 2);
  assertEquals(evict(0, 3), undefined);
});

Deno.test("ResidencySampler forgets the earlier life of a block that lost no content when it was taken anew", () => {
  const { sampler, evict } = samplerOf(0.5, [0.1, 0.9]);
  sampler.allocated(0, 0);
  sampler.released(0, 10);
  // Nothing was ever found by this block's content, so nobody was told of an eviction.
  sampler.allocated(0, 5000);
  assertEquals(evict(0, 6000), undefined);
});

Deno.test("ResidencySampler keeps the last eight pauses of a block", () => {
  const { sampler, evict } = samplerOf(1);
  sampler.allocated(0, 0);
  let nowUs = 0;
  for (let pause = 1; pause <= 10; pause++) sampler.reused(0, nowUs += pause);
  assertEquals(evict(0, nowUs)?.gaps, [3, 4, 5, 6, 7, 8, 9, 10]);
});
