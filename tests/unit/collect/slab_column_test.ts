import { assertEquals } from "@std/assert";
import { RetryBudget } from "../../../src/collect/retry_budget.ts";
import { type CellPlace, SlabColumn } from "../../../src/collect/slab_column.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";
import { COUNTER_SHAPE, GAUGE_SHAPE, histogramShape } from "../../../src/slab/cell_shape.ts";
import { addToCounter } from "../../../src/slab/counter_cell.ts";
import { setStampedGauge } from "../../../src/slab/gauge_cell.ts";
import { observeHistogram } from "../../../src/slab/histogram_cell.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

const slab = openSlab(createSlab({ bytes: 1 << 20 }));
const writer = new SlabWriter(slab);

function placeOf(cellOffset: number): CellPlace {
  return { cellOffset, dormant: false, removalsSeen: 0, created: 0 };
}

/** A budget whose time is over after the first tries. */
function noTime(): RetryBudget {
  let ms = 0;
  return new RetryBudget(() => ms += 100);
}

Deno.test("SlabColumn.read() reads counters over several pages, flipped and not", () => {
  const column = new SlabColumn(slab, descriptorOf({ name: "a_total", type: "counter" }));
  for (let k = 0; k < 350; k++) {
    const cell = writer.appendSeries({ familyId: 0, payload: new Uint8Array(0), ...COUNTER_SHAPE });
    column.appendCell(k, placeOf(cell));
    addToCounter(slab, cell / 4, k);
    if (k > 150 && k % 7 === 0) addToCounter(slab, cell / 4, 0.5);
  }
  const budget = new RetryBudget();
  column.read(budget);
  for (let k = 0; k < 350; k++) assertEquals(column.values[k], k + (k > 150 && k % 7 === 0 ? 0.5 : 0));
  assertEquals(budget.staleCount, 0);
});

Deno.test("SlabColumn.read() reads counters one by one where a page's word is odd", () => {
  const column = new SlabColumn(slab, descriptorOf({ name: "a_total", type: "counter" }));
  const cell = writer.appendSeries({ familyId: 0, payload: new Uint8Array(0), ...COUNTER_SHAPE });
  column.appendCell(0, placeOf(cell));
  addToCounter(slab, cell / 4, 2.5);
  const page32 = Math.floor(cell / 4096) * 1024;
  slab.i32[page32]++;
  column.read(noTime());
  slab.i32[page32]--;
  assertEquals(column.values[0], 2.5);
});

Deno.test("SlabColumn.read() reads gauges with their stamps", () => {
  const column = new SlabColumn(slab, descriptorOf({ name: "g", type: "gauge" }));
  for (let k = 0; k < 40; k++) {
    const cell = writer.appendSeries({ familyId: 0, payload: new Uint8Array(0), ...GAUGE_SHAPE });
    column.appendCell(k, placeOf(cell));
    if (k % 2 === 0) setStampedGauge(slab, cell / 4, k / 4, k + 1);
  }
  column.read(new RetryBudget());
  for (let k = 0; k < 40; k++) {
    const wanted = k % 2 === 0 ? [k / 4, k + 1, 1] : [0, 0, 0];
    assertEquals([column.values[k], column.stamps[k], column.touched[k]], wanted);
  }
});

Deno.test("SlabColumn.read() reads histograms as counts per bucket, then the sum", () => {
  const column = new SlabColumn(slab, descriptorOf({ name: "h", type: "histogram", buckets: [1, 2] }));
  const bounds = Float64Array.of(1, 2);
  for (let k = 0; k < 20; k++) {
    const cell = writer.appendSeries({ familyId: 0, payload: new Uint8Array(0), ...histogramShape(3) });
    column.appendCell(k, placeOf(cell));
    for (let n = 0; n < k; n++) observeHistogram(slab, cell / 4, bounds, n % 3 + 0.5);
  }
  column.read(new RetryBudget());
  for (let k = 0; k < 20; k++) {
    const wanted = [0, 0, 0, 0];
    for (let n = 0; n < k; n++) {
      wanted[n % 3]++;
      wanted[3] += n % 3 + 0.5;
    }
    assertEquals([...column.values.subarray(4 * k, 4 * k + 4)], wanted);
  }
});
