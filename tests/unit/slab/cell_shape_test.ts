import { assert, assertEquals, assertFalse } from "@std/assert";
import { PAGE_MASK32 } from "../../../src/layout/cell_page.ts";
import {
  clearCell,
  COUNTER_SHAPE,
  createPrivateCell,
  GAUGE_SHAPE,
  histogramShape,
  isUntouched,
  withExtra,
} from "../../../src/slab/cell_shape.ts";
import { addToCounter, readCounter } from "../../../src/slab/counter_cell.ts";
import { observeHistogram } from "../../../src/slab/histogram_cell.ts";

Deno.test("shapes name the arena and the bytes of a cell", () => {
  assertEquals(COUNTER_SHAPE, { arena: "counter", cellBytes: 32 });
  assertEquals(GAUGE_SHAPE, { arena: "latch", cellBytes: 48 });
  assertEquals(histogramShape(12), { arena: "latch", cellBytes: 8 + 2 * 8 * (2 + 12) });
});

Deno.test("createPrivateCell() gives a cell that works and does not touch its page's head", () => {
  const { slab, cell32 } = createPrivateCell(COUNTER_SHAPE);
  assert(addToCounter(slab, cell32, 1.5));
  assertEquals(readCounter(slab, cell32), 1.5);
  assertEquals(slab.i32[cell32 & PAGE_MASK32], 2);
});

Deno.test("createPrivateCell() has room for the largest histograms", () => {
  const bounds = Float64Array.from({ length: 5000 }, (_, i) => i);
  const { slab, cell32 } = createPrivateCell(histogramShape(bounds.length + 1));
  observeHistogram(slab, cell32, bounds, 1e9);
  const end = cell32 * 4 + histogramShape(bounds.length + 1).cellBytes;
  assert(end <= slab.buffer.byteLength, `${end} > ${slab.buffer.byteLength}`);
});

Deno.test("clearCell() brings a counter back to its first state, its words in the page's head too", () => {
  const { slab, cell32 } = createPrivateCell(COUNTER_SHAPE);
  const neighbour32 = cell32 + COUNTER_SHAPE.cellBytes / 4;
  addToCounter(slab, neighbour32, 5);
  for (const amounts of [[3], [0.5], [3, 0.5, 4], [2 ** 31, 7]]) {
    assert(isUntouched(slab, 4 * cell32, COUNTER_SHAPE));
    for (const amount of amounts) addToCounter(slab, cell32, amount);
    assertFalse(isUntouched(slab, 4 * cell32, COUNTER_SHAPE));
    clearCell(slab, 4 * cell32, COUNTER_SHAPE);
    assertEquals(readCounter(slab, cell32), 0);
    assert(addToCounter(slab, cell32, 2));
    assertEquals(readCounter(slab, cell32), 2);
    clearCell(slab, 4 * cell32, COUNTER_SHAPE);
  }
  assertEquals(readCounter(slab, neighbour32), 5);
});

Deno.test("withExtra() keeps counters aligned to their size", () => {
  assertEquals(withExtra(COUNTER_SHAPE, 0), COUNTER_SHAPE);
  assertEquals(withExtra(COUNTER_SHAPE, 1).cellBytes, 2 * COUNTER_SHAPE.cellBytes);
  assertEquals(withExtra(GAUGE_SHAPE, 8).cellBytes, GAUGE_SHAPE.cellBytes + 8);
});
