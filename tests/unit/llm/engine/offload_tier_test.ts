import { assert, assertEquals } from "@std/assert";
import { OffloadTier } from "../../../../src/llm/engine/offload_tier.ts";

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

Deno.test("OffloadTier takes a block that it has for used, and one that it does not have for nothing", () => {
  const tier = new OffloadTier(2);
  tier.store(1);
  tier.store(2);
  assertEquals(tier.store(1), false);
  tier.touch(9);
  assertEquals([tier.has(9), tier.size], [false, 2]);
  tier.store(3);
  assertEquals([tier.has(1), tier.has(2)], [true, false]);
});
