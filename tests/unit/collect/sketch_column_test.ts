import { assert, assertEquals } from "@std/assert";
import { MergedSketch } from "../../../src/collect/merged_sketch.ts";
import { RetiredSketches, SlabSketches } from "../../../src/collect/sketch_column.ts";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { addToSketch } from "../../../src/slab/sketch.ts";
import { SketchPlan, WINDOW_SLOTS } from "../../../src/slab/sketch_plan.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";

const PLAN = new SketchPlan({ relativeError: 0.05, windowSeconds: 50 });

/** The column of a slab in which the series 0 and 1 have cells. */
function slabOf(plan = PLAN) {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  const cells32 = [PAGE_BYTES / 4, PAGE_BYTES / 4 + Math.ceil(plan.cellBytes / 64) * 16];
  return {
    column: new SlabSketches(slab, plan, (k) => cells32[k]),
    /** Observes a value in a series and a slot of time. */
    observe(k: number, slot: number, value: number): void {
      addToSketch(slab, cells32[k], plan, value, slot);
    },
  };
}

/** How many values a series observed in the window that ends with a slot. */
function countOf(column: SlabSketches | RetiredSketches, k: number, slot: number): number {
  const sketch = new MergedSketch();
  column.addRecent(k, slot, sketch);
  return sketch.count;
}

Deno.test("SlabSketches adds what a series observed in the window, and nothing before it", () => {
  const { column, observe } = slabOf();
  observe(0, 100, 1);
  observe(0, 101, 2);
  observe(0, 101, 3);
  observe(1, 101, 9);
  const counts = [100, 101, 104, 105, 106].map((slot) => countOf(column, 0, slot));
  assertEquals([WINDOW_SLOTS, counts], [5, [1, 3, 3, 2, 0]]);
  assertEquals(countOf(column, 1, 101), 1);
});

Deno.test("SlabSketches finds nothing in a cell that has observed nothing", () => {
  const { column } = slabOf();
  assertEquals([countOf(column, 0, 0), countOf(column, 0, 100)], [0, 0]);
});

Deno.test("SlabSketches without a window adds all that was ever observed", () => {
  const plan = new SketchPlan({ relativeError: 0.05, windowSeconds: 0 });
  const { column, observe } = slabOf(plan);
  for (const day of [1, 365, 4000]) observe(0, plan.slotOf(day * 86_400_000), day);
  assertEquals(countOf(column, 0, plan.slotOf(Date.UTC(2030, 0))), 3);
});

Deno.test("RetiredSketches adds up what ended workers observed, by series and slot of time", () => {
  const [first, second] = [slabOf(), slabOf()];
  const retired = new RetiredSketches(PLAN);
  first.observe(0, 100, 1);
  first.observe(0, 102, 1);
  second.observe(1, 102, 1);
  second.observe(1, 102, 50);
  retired.keep(7, first.column, 0);
  retired.keep(7, second.column, 1);
  assertEquals([countOf(retired, 7, 102), countOf(retired, 8, 102)], [4, 0]);
  const sketch = new MergedSketch();
  retired.addRecent(7, 102, sketch);
  const values = new Float64Array(2);
  sketch.quantiles([0, 1], PLAN, { values, at: 0 });
  assert(Math.abs(values[0] - 1) <= 0.051 && Math.abs(values[1] / 50 - 1) <= 0.051, String(values));
});

Deno.test("RetiredSketches keeps its own copy of what a worker had observed", () => {
  const { column, observe } = slabOf();
  const retired = new RetiredSketches(PLAN);
  observe(0, 100, 1);
  retired.keep(0, column, 0);
  observe(0, 100, 1);
  assertEquals(countOf(retired, 0, 100), 1);
});

Deno.test("RetiredSketches drops slots that are in no window any more, and those of a removed series", () => {
  const { column, observe } = slabOf();
  const retired = new RetiredSketches(PLAN);
  observe(0, 100, 1);
  retired.keep(0, column, 0);
  assertEquals(countOf(retired, 0, 99), 0, "its time is still to come");
  assertEquals(countOf(retired, 0, 100), 1);
  assertEquals(countOf(retired, 0, 105), 0);
  assertEquals(countOf(retired, 0, 100), 0, "it was dropped when its window had passed");
  retired.keep(1, column, 0);
  retired.forget(1);
  assertEquals(countOf(retired, 1, 100), 0);
});
