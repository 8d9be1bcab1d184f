/**
 * A thread that says, whenever it is asked, what the gauges are whose memory it was given.
 */
import { parentPort } from "node:worker_threads";
import { type GaugeReading, readGauge } from "../../src/slab/gauge_cell.ts";
import { openSlab, type Slab } from "../../src/slab/slab.ts";

/** What it is given first, and again for other gauges. Anything else asks it to read. It answers with their values. */
export interface ReadingOrder {
  readonly slab: SharedArrayBuffer;
  /** Where the gauges lie, as elements of the slab's Int32Array. */
  readonly cells: readonly number[];
}

/** A guard against a hang, not a target: a reading fails only while the owner moves the gauge. */
const DEADLINE_MS = 60_000;

let slab: Slab;
let cells: readonly number[];

function valueOf(cell32: number): number {
  const reading: GaugeReading = { value: NaN, stamp: NaN, touched: false };
  const deadline = performance.now() + DEADLINE_MS;
  while (!readGauge(slab, cell32, reading)) {
    if (performance.now() > deadline) throw new Error(`the gauge at ${cell32} moved under every reading`);
  }
  return reading.value;
}

parentPort!.on("message", (order: ReadingOrder | "read") => {
  if (order !== "read") {
    slab = openSlab(order.slab);
    cells = order.cells;
  }
  parentPort!.postMessage(cells.map(valueOf));
});
parentPort!.postMessage("ready");
