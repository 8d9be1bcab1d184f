import { assert, assertEquals } from "@std/assert";
import { MergedSketch } from "../../../src/collect/merged_sketch.ts";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { addToSketch, newAreaReading, readArea } from "../../../src/slab/sketch.ts";
import { SketchPlan } from "../../../src/slab/sketch_plan.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";

const PLAN = new SketchPlan({ relativeError: 0.05, windowSeconds: 0 });

function sketchOf(values: readonly number[]): MergedSketch {
  const slab = createPrivateSlab(16 * PAGE_BYTES);
  for (const value of values) addToSketch(slab, PAGE_BYTES / 4, PLAN, value, 0);
  const reading = newAreaReading(PLAN);
  assert(readArea(slab, PAGE_BYTES / 4, PLAN, 0, reading));
  const sketch = new MergedSketch();
  sketch.add(reading);
  return sketch;
}

function quantilesOf(sketch: MergedSketch, quantiles: number[]): number[] {
  const values = new Float64Array(quantiles.length + 1);
  sketch.quantiles(quantiles, PLAN, { values, at: 1 });
  return [...values.subarray(1)];
}

Deno.test("MergedSketch.quantiles() gives the value with the wanted share of all others before it", () => {
  const values = Array.from({ length: 11 }, (_, i) => 2 ** i);
  const quantiles = [0, 0.05, 0.1, 0.5, 0.99, 1];
  const found = quantilesOf(sketchOf(values), quantiles);
  [0, 0, 1, 5, 9, 10].forEach((wanted, i) => {
    assert(Math.abs(found[i] / values[wanted] - 1) <= 0.05 * (1 + 1e-9), `${found[i]} for ${values[wanted]}`);
  });
});

Deno.test("MergedSketch of nothing has no quantiles, of one value that value", () => {
  assertEquals(quantilesOf(new MergedSketch(), [0, 1]), [NaN, NaN]);
  assertEquals(quantilesOf(sketchOf([0]), [0, 0.5, 1]), [0, 0, 0]);
});

Deno.test("MergedSketch.addSketch() is the sketch of both", () => {
  const [a, b] = [[1, 5, -3, 0, Infinity], [7, -3, -Infinity, 1e6]];
  const both = sketchOf(a);
  both.addSketch(sketchOf(b));
  const quantiles = [0, 0.2, 0.4, 0.6, 0.8, 1];
  assertEquals(both.count, 9);
  assertEquals(quantilesOf(both, quantiles), quantilesOf(sketchOf([...a, ...b]), quantiles));
});
