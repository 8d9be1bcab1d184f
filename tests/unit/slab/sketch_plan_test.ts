import { assert, assertEquals } from "@std/assert";
import { SketchPlan, WINDOW_SLOTS } from "../../../src/slab/sketch_plan.ts";

const ERRORS = [0.001, 0.01, 0.05, 0.2];

Deno.test("SketchPlan has a value for each bin that is within the relative error of all that lie in it", () => {
  for (const relativeError of ERRORS) {
    const plan = new SketchPlan({ relativeError, windowSeconds: 0 });
    for (const value of [1e-9, 0.0123, 1, 1.5, 7e8]) {
      const key = Math.ceil(Math.log(value) * plan.binsPerE);
      const off = Math.abs(plan.valueOf(key) - value) / value;
      assert(off <= relativeError * (1 + 1e-9), `${value}: off by ${off}, may be ${relativeError}`);
    }
  }
});

Deno.test("SketchPlan uses the relative error up: coarser bins would exceed it", () => {
  const relativeError = 0.01;
  const plan = new SketchPlan({ relativeError, windowSeconds: 0 });
  const [lower, upper] = [99, 100].map((key) => Math.exp(key / plan.binsPerE));
  const value = plan.valueOf(100);
  assert(Math.abs((upper - value) / upper - relativeError) < 1e-9);
  assert(Math.abs((value - lower) / lower - relativeError) < 1e-9);
});

Deno.test("SketchPlan takes more memory for finer quantiles and for a window, and little without quantiles", () => {
  const bytes = (limits?: { relativeError: number; windowSeconds: number }) =>
    new SketchPlan(limits).cellBytes;
  const sizes = ERRORS.map((relativeError) => bytes({ relativeError, windowSeconds: 0 }));
  assertEquals(sizes, sizes.toSorted((a, b) => b - a));
  assert(
    bytes({ relativeError: 0.01, windowSeconds: 60 }) > bytes({ relativeError: 0.01, windowSeconds: 0 }),
  );
  assert(bytes() < sizes.at(-1)!);
  assertEquals([new SketchPlan(undefined).hasSketch, new SketchPlan(undefined).hasWindow], [false, false]);
});

Deno.test("SketchPlan has parts that lie one behind another within the cell, and an index that is never full", () => {
  for (const relativeError of ERRORS) {
    for (const windowSeconds of [0, 600]) {
      const plan = new SketchPlan({ relativeError, windowSeconds });
      const parts = [
        plan.index32,
        plan.chunkIds32,
        plan.slots32,
        plan.specials32,
        plan.overflows32,
        plan.chunks32,
      ];
      assertEquals(new Set(parts).size, parts.length);
      assert(parts.every((part) => Number.isInteger(part) && part >= 0 && part * 4 < plan.cellBytes));
      assert(plan.indexMask + 1 > plan.maxChunks);
      assertEquals(2 ** (32 - plan.indexShift), plan.indexMask + 1);
    }
  }
});

Deno.test("SketchPlan.slotOf() gives the slot of time, also when time goes back", () => {
  const plan = new SketchPlan({ relativeError: 0.01, windowSeconds: 10 });
  assertEquals(plan.slotMs, 2000);
  for (
    const [ms, slot] of [[0, 0], [1999, 0], [2000, 1], [3999.9, 1], [100_001, 50], [5000, 2], [2000, 1], [
      0,
      0,
    ]]
  ) {
    assertEquals(plan.slotOf(ms), slot, `${ms} ms`);
  }
  const forEver = new SketchPlan({ relativeError: 0.01, windowSeconds: 0 });
  assertEquals([forEver.slotOf(0), forEver.slotOf(1e15), forEver.slotMs], [0, 0, Infinity]);
});

Deno.test("SketchPlan.isRecent() looks back over a window's slots, and not ahead, over the wrap of 32 bits too", () => {
  const plan = new SketchPlan({ relativeError: 0.01, windowSeconds: 10 });
  const recent = (current: number) =>
    [-1, 0, WINDOW_SLOTS - 1, WINDOW_SLOTS].map((age) => plan.isRecent((current - age) | 0, current));
  for (const current of [100, 0, 2, -(2 ** 31), 2 ** 31 - 1]) {
    assertEquals(recent(current), [false, true, true, false], String(current));
  }
});

Deno.test("SketchPlan.areaOf() gives no two slots of a window, nor the one before it, the same area", () => {
  const plan = new SketchPlan({ relativeError: 0.01, windowSeconds: 10 });
  const areas = Array.from({ length: WINDOW_SLOTS + 1 }, (_, i) => plan.areaOf(1000 + i));
  assertEquals(new Set(areas).size, WINDOW_SLOTS + 1);
  assert(areas.every((area) => area >= 0 && area < plan.areaCount));
  assertEquals(plan.areaOf(1000), areas[0], "whatever was asked for in between");
  assert(plan.areaOf(-5) >= 0);
  assertEquals(new SketchPlan({ relativeError: 0.01, windowSeconds: 0 }).areaOf(0), 0);
});
