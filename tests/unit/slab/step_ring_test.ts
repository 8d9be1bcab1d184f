import { assertEquals, assertThrows } from "@std/assert";
import { checkContributor, createStepRing, StepRing } from "../../../src/slab/step_ring.ts";

Deno.test("createStepRing() wants a power of two from 64 to 65536", () => {
  for (const slots of [0, 32, 63, 65, 100, 131_072, 64.5, NaN]) {
    assertThrows(() => createStepRing(slots), RangeError, "wanted a power of two from 64 to 65536");
  }
  assertEquals(createStepRing().byteLength, 256 + 1024 * 32);
});

Deno.test("StepRing.contribute() says when an older step still has the slot", () => {
  const ring = new StepRing(createStepRing(64));
  const seen: number[][] = [];
  const observe = (total: number, stamp: number) => void seen.push([total, stamp]);
  assertEquals(ring.contribute(0, { step: 0, participants: 0b11, value: 5 }, observe), true);
  assertEquals(ring.contribute(0, { step: 64, participants: 0b01, value: 9 }, observe), false);
  assertEquals(ring.contribute(1, { step: 0, participants: 0b11, value: 6 }, observe), true);
  assertEquals(ring.contribute(0, { step: 64, participants: 0b01, value: 9 }, observe), true);
  assertEquals(seen, [[11, 1], [9, 65]]);
});

Deno.test("checkContributor() wants a bit's number", () => {
  checkContributor(0);
  checkContributor(30);
  assertThrows(() => checkContributor(31), RangeError);
});
