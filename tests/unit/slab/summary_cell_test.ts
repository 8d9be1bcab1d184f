import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";
import { addToTotals, readTotals } from "../../../src/slab/summary_cell.ts";

const CELL32 = PAGE_BYTES / 4;

Deno.test("addToTotals() adds to sum and count, also while the sequence wraps", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  slab.i32[CELL32] = -3;
  const out = new Float64Array(3);
  let sum = 0;
  for (let i = 1; i <= 8; i++) {
    addToTotals(slab, CELL32, i / 4);
    sum += i / 4;
    assert(readTotals(slab, CELL32, out, 1));
    assertEquals([...out], [0, sum, i]);
  }
});

Deno.test("addToTotals() takes the sum of several observations at once", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const out = new Float64Array(2);
  addToTotals(slab, CELL32, 7.5, 3);
  addToTotals(slab, CELL32, 0.5);
  assert(readTotals(slab, CELL32, out, 0));
  assertEquals([...out], [8, 4]);
});
