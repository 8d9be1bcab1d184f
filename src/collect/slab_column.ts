/**
 * Reads one family's cells of one slab into a column.
 *
 * @module
 */
import type { Descriptor } from "../model/descriptor.ts";
import { strideOf } from "../model/samples.ts";
import { readCounter, readCounterPage } from "../slab/counter_cell.ts";
import { type GaugeReading, readGauge } from "../slab/gauge_cell.ts";
import { readHistogram } from "../slab/histogram_cell.ts";
import type { Slab } from "../slab/slab.ts";
import { Column } from "./column.ts";
import type { RetryBudget } from "./retry_budget.ts";

/** `2 ** 10` elements of 32 bits are one page of 4096 bytes; cells of one page have these bits in common. */
const PAGE_SHIFT32 = 10;

/** The column of one family in one slab. After {@linkcode SlabColumn.read} it holds each cell's last good values. */
export class SlabColumn extends Column {
  readonly #slab: Slab;
  readonly #descriptor: Descriptor;
  /** Cells as elements of the slab's Int32Array. */
  #cells: Int32Array = new Int32Array(16);
  /** Series at which a new page begins; counters are validated page by page. */
  #pageStarts: number[] = [];
  readonly #scratch: Float64Array;
  readonly #reading: GaugeReading = { value: 0, stamp: 0, touched: false };

  constructor(slab: Slab, descriptor: Descriptor) {
    super(strideOf(descriptor));
    this.#slab = slab;
    this.#descriptor = descriptor;
    this.#scratch = new Float64Array(descriptor.type === "counter" ? 1 << PAGE_SHIFT32 : this.stride);
    if (descriptor.type !== "counter") this.growGaugeColumns();
  }

  /** Adds a series and its cell, in bytes from the slab's start. */
  appendCell(seriesIndex: number, cellOffset: number): void {
    this.append(seriesIndex);
    const k = this.count - 1;
    const cell32 = cellOffset / 4;
    this.#cells[k] = cell32;
    if (k === 0 || (this.#cells[k - 1] >>> PAGE_SHIFT32) !== (cell32 >>> PAGE_SHIFT32)) {
      this.#pageStarts.push(k);
    }
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    const cells = new Int32Array(capacity);
    cells.set(this.#cells);
    this.#cells = cells;
  }

  /** Reads all cells; one that its owner keeps moving keeps its last good values, which the budget counts. */
  read(budget: RetryBudget): void {
    switch (this.#descriptor.type) {
      case "counter":
        return this.#readCounters(budget);
      case "histogram":
        return this.#readHistograms(budget);
      default:
        return this.#readGauges(budget);
    }
  }

  #readCounters(budget: RetryBudget): void {
    const { values } = this;
    const run = { cells: this.#cells, from: 0, to: 0 };
    const scratch = this.#scratch;
    for (let page = 0; page < this.#pageStarts.length; page++) {
      run.from = this.#pageStarts[page];
      run.to = page + 1 < this.#pageStarts.length ? this.#pageStarts[page + 1] : this.count;
      if (readCounterPage(this.#slab, run, scratch)) {
        for (let k = run.from; k < run.to; k++) values[k] = scratch[k - run.from];
      } else {
        for (let k = run.from; k < run.to; k++) this.#readCounter(k, budget);
      }
    }
  }

  #readCounter(k: number, budget: RetryBudget): void {
    const { values } = this;
    const cell32 = this.#cells[k];
    let value = readCounter(this.#slab, cell32);
    if (value < 0) {
      budget.retry(() => (value = readCounter(this.#slab, cell32)) >= 0, Number.isNaN(values[k]));
    }
    if (value >= 0) values[k] = value;
    else if (Number.isNaN(values[k])) values[k] = 0;
  }

  #readGauges(budget: RetryBudget): void {
    const reading = this.#reading;
    for (let k = 0; k < this.count; k++) {
      const cell32 = this.#cells[k];
      const valid = readGauge(this.#slab, cell32, reading) ||
        budget.retry(() => readGauge(this.#slab, cell32, reading), this.touched[k] === 0);
      if (!valid) continue;
      this.values[k] = reading.value;
      this.stamps[k] = reading.stamp;
      this.touched[k] = reading.touched ? 1 : 0;
    }
  }

  #readHistograms(budget: RetryBudget): void {
    const { stride, values } = this;
    const scratch = this.#scratch;
    const into = { out: scratch, at: 0, bucketCount: this.#descriptor.buckets.length + 1 };
    for (let k = 0; k < this.count; k++) {
      const cell32 = this.#cells[k];
      const at = k * stride;
      const valid = readHistogram(this.#slab, cell32, into) ||
        budget.retry(() => readHistogram(this.#slab, cell32, into), Number.isNaN(values[at]));
      if (valid) { for (let i = 0; i < stride; i++) values[at + i] = scratch[i]; }
      else if (Number.isNaN(values[at])) values.fill(0, at, at + stride);
    }
  }
}
