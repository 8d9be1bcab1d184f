import { assert, assertEquals } from "@std/assert";
import { PAGE_MASK32 } from "../../../src/layout/cell_page.ts";
import {
  COUNTER_SHAPE,
  createPrivateCell,
  GAUGE_SHAPE,
  histogramShape,
} from "../../../src/slab/cell_shape.ts";
import { addToCounter, readCounter } from "../../../src/slab/counter_cell.ts";
import { observeHistogram } from "../../../src/slab/histogram_cell.ts";

Deno.test("shapes name the arena and the bytes of a cell", () => {
  assertEquals(COUNTER_SHAPE, { arena: "counter", cellBytes: 40 });
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
