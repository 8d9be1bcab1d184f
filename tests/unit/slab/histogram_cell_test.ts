import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import {
  addToHistogram,
  observeAll,
  observeHistogram,
  readHistogram,
} from "../../../src/slab/histogram_cell.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;
const BOUNDS = Float64Array.of(1, 2, 5);

/** The count of each bucket, then the sum. */
function read(slab: Slab): number[] {
  const out = new Float64Array(6);
  assert(readHistogram(slab, CELL32, { out, at: 1, bucketCount: BOUNDS.length + 1 }));
  assertEquals(out[0], 0, "nothing is stored before `at`");
  return [...out.subarray(1)];
}

Deno.test("observeHistogram() counts in the first bucket whose bound is not below the value", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  assertEquals(read(slab), [0, 0, 0, 0, 0]);
  for (const value of [1, 0.5, 1.0625, 2, 5, 5.5, -3]) observeHistogram(slab, CELL32, BOUNDS, value);
  assertEquals(read(slab), [3, 2, 1, 1, 12.0625]);
});

Deno.test("observeHistogram() brings the inactive copy forward whatever the order of buckets", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const wanted = [0, 0, 0, 0, 0];
  const values = [0.5, 1.5, 3, 9];
  for (let i = 0; i < 64; i++) {
    const bucket = [i & 3, (i >> 2) & 3, (i >> 4) & 3][i % 3];
    observeHistogram(slab, CELL32, BOUNDS, values[bucket]);
    wanted[bucket]++;
    wanted[4] += values[bucket];
    assertEquals(read(slab), wanted);
  }
});

Deno.test("case 38: observeHistogram() takes the infinities and -0", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  observeHistogram(slab, CELL32, BOUNDS, -0);
  observeHistogram(slab, CELL32, BOUNDS, Infinity);
  assertEquals(read(slab), [1, 0, 0, 1, Infinity]);
  observeHistogram(slab, CELL32, BOUNDS, -Infinity);
  assertEquals(read(slab), [2, 0, 0, 1, NaN]);
});

Deno.test("case 40: a histogram's sequence goes on when it wraps", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  slab.i32[CELL32] = -2;
  for (let i = 1; i <= 4; i++) {
    observeHistogram(slab, CELL32, BOUNDS, 1);
    assertEquals(read(slab), [i, 0, 0, 0, i]);
  }
});

Deno.test("addToHistogram() adds many observations at once, and single ones go on from there", () => {
  for (let before = 0; before < 3; before++) {
    const slab = createPrivateSlab(4 * PAGE_BYTES);
    for (let i = 0; i < before; i++) observeHistogram(slab, CELL32, BOUNDS, 9);
    addToHistogram(slab, CELL32, Float64Array.of(4, 0, 7, 1), 30);
    assertEquals(read(slab), [4, 0, 7, 1 + before, 30 + 9 * before]);
    observeHistogram(slab, CELL32, BOUNDS, 1.5);
    observeHistogram(slab, CELL32, BOUNDS, 3);
    assertEquals(read(slab), [4, 1, 8, 1 + before, 34.5 + 9 * before]);
  }
});

Deno.test("observeAll() observes several values in one flip, and what follows builds on it", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const cell = { cell32: CELL32, bounds: BOUNDS };
  observeHistogram(slab, CELL32, BOUNDS, 9);
  observeAll(slab, cell, [1.5, 3, 1.75, 100], 3);
  assertEquals(slab.i32[CELL32], 2);
  assertEquals(read(slab), [0, 2, 1, 1, 15.25]);
  observeAll(slab, cell, [0.5, 3], 2);
  assertEquals(read(slab), [1, 2, 2, 1, 18.75]);
  addToHistogram(slab, CELL32, Float64Array.of(1, 1, 1, 1), 20);
  observeAll(slab, cell, [0.25], 1);
  observeHistogram(slab, CELL32, BOUNDS, 3);
  observeHistogram(slab, CELL32, BOUNDS, 0.75);
  assertEquals(read(slab), [4, 3, 4, 2, 42.75]);
});
