import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { setGaugeHistogram, shiftGaugeHistogram } from "../../../src/slab/gauge_histogram_cell.ts";
import { readHistogram } from "../../../src/slab/histogram_cell.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;
const BOUNDS = Float64Array.of(1, 2, 5);

/** The count of each bucket, then the sum. */
function read(slab: Slab): number[] {
  const out = new Float64Array(5);
  assert(readHistogram(slab, CELL32, { out, at: 0, bucketCount: BOUNDS.length + 1 }));
  return [...out];
}

Deno.test("shiftGaugeHistogram() counts in and out again, in any order of buckets", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const values = [0.5, 1.5, 3, 9];
  const wanted = [0, 0, 0, 0, 0];
  for (let i = 0; i < 64; i++) {
    const bucket = [i & 3, (i >> 2) & 3, (i >> 4) & 3][i % 3];
    const by = i % 5 === 4 && wanted[bucket] > 0 ? -1 : 1;
    assert(shiftGaugeHistogram(slab, CELL32, BOUNDS, values[bucket], by));
    wanted[bucket] += by;
    wanted[4] += by * values[bucket];
    assertEquals(read(slab), wanted);
  }
});

Deno.test("shiftGaugeHistogram() refuses to count out what is not there", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  assert(shiftGaugeHistogram(slab, CELL32, BOUNDS, 3, 1));
  assertEquals(shiftGaugeHistogram(slab, CELL32, BOUNDS, 1, -1), false);
  assertEquals(read(slab), [0, 0, 1, 0, 3]);
});

Deno.test("setGaugeHistogram() replaces everything, and what follows builds on it", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  for (const value of [0.5, 3, 9]) shiftGaugeHistogram(slab, CELL32, BOUNDS, value, 1);
  for (const extra of [1, 2]) {
    setGaugeHistogram(slab, CELL32, { counts: Float64Array.of(4, 0, extra, 2), sum: 17 });
    assertEquals(read(slab), [4, 0, extra, 2, 17]);
    shiftGaugeHistogram(slab, CELL32, BOUNDS, 1.5, 1);
    assertEquals(read(slab), [4, 1, extra, 2, 18.5]);
    shiftGaugeHistogram(slab, CELL32, BOUNDS, 1, -1);
    assertEquals(read(slab), [3, 1, extra, 2, 17.5]);
  }
});
