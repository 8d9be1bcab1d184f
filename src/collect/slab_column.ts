/**
 * Reads one family's cells of one slab into a column.
 *
 * @module
 */
// CONTROL PLANE
import { planCell } from "../metric/cell_plan.ts";
import type { Descriptor } from "../model/descriptor.ts";
import {
  COUNTER_CELL32,
  counterBefore,
  type DensePage,
  densePage,
  hasFlipped,
  readCounter,
  readCounterPage,
} from "../slab/counter_cell.ts";
import { gaugeBefore, type GaugeReading, readGauge } from "../slab/gauge_cell.ts";
import { histogramBefore, readHistogram } from "../slab/histogram_cell.ts";
import type { Slab } from "../slab/slab.ts";
import { readTotals } from "../slab/summary_cell.ts";
import { isTotal } from "./aggregate.ts";
import { SlabExemplars } from "./exemplar_column.ts";
import { Column, columnStrideOf, SERIES_STATE } from "./column.ts";
import { SlabSketches } from "./sketch_column.ts";
import { SlabNatives } from "./native_column.ts";
import type { RetryBudget } from "./retry_budget.ts";

/** `2 ** 10` elements of 32 bits are one page of 4096 bytes; cells of one page have these bits in common. */
const PAGE_SHIFT32 = 10;

/** Where a slab has a series, and since when. */
export interface CellPlace {
  /** Bytes from the slab's start. */
  readonly cellOffset: number;
  /** Whether the series is hidden until its values move. */
  readonly dormant: boolean;
  /** How many removals of the log the owner had applied before. */
  readonly removalsSeen: number;
  /** When the series began, in seconds since the Unix epoch. */
  readonly created: number;
}

/** The column of one family in one slab. After {@linkcode SlabColumn.read} it holds each cell's last good values. */
export class SlabColumn extends Column {
  readonly #slab: Slab;
  readonly #descriptor: Descriptor;
  override readonly epoch: number;
  /** Size of each series' cell. */
  readonly cellBytes: number;
  readonly #usesGauges: boolean;
  /** Cells as elements of the slab's Int32Array. */
  #cells: Int32Array = new Int32Array(16);
  #removalsSeen: Int32Array = new Int32Array(16);
  /** The series that are dormant or were never read, and some that were. */
  readonly #hidden: Set<number> = new Set();
  /** Whether series came since all were read. */
  hasNew = false;
  /** Infos: whether a series came or went since the family was arranged. */
  #presenceMoved = false;
  /** Series at which a new page begins; counters are validated page by page. */
  #pageStarts: number[] = [];
  /** How many series do not count. */
  #uncounted = 0;
  /** Whether the cells of each page follow each other without a gap. */
  #dense = true;
  readonly #scratch: Float64Array;
  override readonly exemplars: SlabExemplars | undefined = undefined;
  override readonly natives: SlabNatives | undefined = undefined;
  override readonly sketches: SlabSketches | undefined = undefined;
  readonly #reading: GaugeReading = { value: 0, stamp: 0, touched: false };
  /** Infos: a series is there while its value is 1. */
  readonly #statesPresence: boolean;
  readonly #histogramInto: { readonly out: Float64Array; at: number; bucketCount: number };

  constructor(slab: Slab, descriptor: Descriptor) {
    super(columnStrideOf(descriptor));
    this.#slab = slab;
    this.epoch = slab.epoch;
    this.#descriptor = descriptor;
    this.#scratch = new Float64Array(descriptor.type === "counter" ? 1 << PAGE_SHIFT32 : this.stride);
    this.#usesGauges = !isTotal(descriptor.type);
    this.#statesPresence = descriptor.type === "info";
    this.#histogramInto = { out: this.#scratch, at: 0, bucketCount: descriptor.buckets.length + 1 };
    const plan = planCell(descriptor);
    this.cellBytes = plan.shape.cellBytes;
    if (plan.sketch?.hasSketch) this.sketches = new SlabSketches(slab, plan.sketch, (k) => this.#cells[k]);
    if (plan.native !== undefined) this.natives = new SlabNatives(slab, plan.native);
    if (plan.exemplarSlots > 0) this.exemplars = new SlabExemplars(slab, plan);
    if (descriptor.type !== "counter") this.growGaugeColumns();
  }

  /**
   * Adds a series and its cell.
   *
   * @param seriesIndex the series' number in its family
   * @param cell where it is, and how it began
   * @returns the series' number in this column
   */
  appendCell(seriesIndex: number, cell: CellPlace): number {
    this.append(seriesIndex);
    const k = this.count - 1;
    const cell32 = cell.cellOffset / 4;
    this.#cells[k] = cell32;
    this.#setState(k, cell);
    if (k === 0 || (this.#cells[k - 1] >>> PAGE_SHIFT32) !== (cell32 >>> PAGE_SHIFT32)) {
      this.#pageStarts.push(k);
    } else if (cell32 - this.#cells[k - 1] !== COUNTER_CELL32) {
      this.#dense = false;
    }
    return k;
  }

  /** Puts another series in the place of one that was reclaimed; its cell is the same. */
  useAnew(k: number, seriesIndex: number, cell: CellPlace): void {
    if (seriesIndex !== k) this.inFamilyOrder = false;
    this.index[k] = seriesIndex;
    this.values[k * this.stride] = NaN;
    if (this.touched.length > 0) this.touched[k] = 0;
    this.exemplars?.forget(k);
    this.natives?.forget(k);
    this.#setState(k, cell);
  }

  /** Whether the column was read as a whole slab between two commits, and is not to be read by itself. */
  readByCommits = false;

  /** Whether all series of the column count. */
  get allCounted(): boolean {
    return this.#uncounted === 0;
  }

  /** Declares a series' cell dead. */
  reclaim(k: number): void {
    this.#setCounted(k, SERIES_STATE.RECLAIMED);
  }

  /** Takes a series out until its owner has applied a removal, unless the owner made it after that. */
  condemn(k: number, removal: { number: number; reset: boolean }): void {
    if (this.states[k] === SERIES_STATE.RECLAIMED || this.#removalsSeen[k] >= removal.number) return;
    // WHY: a series that was removed and has not moved since is hidden; a reset must not bring it back.
    if (removal.reset && this.states[k] === SERIES_STATE.DORMANT && !this.#moved(k)) return;
    // WHY: the owner will say when it began anew; until then it is since now that nothing counts.
    if (removal.reset) this.created[k] = Date.now() / 1000;
    this.#setCounted(k, removal.reset ? SERIES_STATE.RESETTING : SERIES_STATE.CONDEMNED);
  }

  /** Whether the series' owner wants it shown: an info that nobody states is not there. */
  shows(k: number): boolean {
    return this.#descriptor.type !== "info" || this.values[k] === 1;
  }

  /** Uncovers the dormant series that have moved, and those that could be read at last. Returns whether any series came or went by what was read. */
  wake(): boolean {
    let woken = this.#presenceMoved;
    this.#presenceMoved = false;
    for (const k of this.#hidden) {
      const state = this.states[k];
      if (state === SERIES_STATE.DORMANT || state === SERIES_STATE.UNREAD) {
        if (state === SERIES_STATE.DORMANT ? !this.#moved(k) : this.#isNew(k)) continue;
        this.#setCounted(k, SERIES_STATE.COUNTED);
        woken = true;
      }
      this.#hidden.delete(k);
    }
    return woken;
  }

  /** Leaves a series out until it could be read, if it never could: it did count something, so 0 would be wrong. */
  #leaveOut(k: number): void {
    if (this.states[k] !== SERIES_STATE.COUNTED || !this.#isNew(k)) return;
    this.#setCounted(k, SERIES_STATE.UNREAD);
    this.#hidden.add(k);
    this.#presenceMoved = true;
  }

  #moved(k: number): boolean {
    if (this.#usesGauges) return this.touched[k] !== 0;
    if (Number.isNaN(this.values[k * this.stride])) return false;
    for (let i = k * this.stride; i < (k + 1) * this.stride; i++) {
      if (this.values[i] !== 0) return true;
    }
    return false;
  }

  #setCounted(k: number, state: number): void {
    if (this.states[k] !== SERIES_STATE.COUNTED) this.#uncounted--;
    if (state !== SERIES_STATE.COUNTED) this.#uncounted++;
    this.states[k] = state;
  }

  #setState(k: number, { dormant, removalsSeen, created }: CellPlace): void {
    this.created[k] = created;
    this.#setCounted(k, dormant ? SERIES_STATE.DORMANT : SERIES_STATE.COUNTED);
    this.hasNew = true;
    this.#removalsSeen[k] = removalsSeen;
    if (dormant) this.#hidden.add(k);
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    const cells = new Int32Array(capacity);
    cells.set(this.#cells);
    this.#cells = cells;
    const removalsSeen = new Int32Array(capacity);
    removalsSeen.set(this.#removalsSeen);
    this.#removalsSeen = removalsSeen;
  }

  /** Reads all cells; one that its owner keeps moving keeps its last good values, which the budget counts. */
  read(budget: RetryBudget): void {
    this.#readAll(budget);
    this.hasNew = false;
  }

  #readAll(budget: RetryBudget): void {
    switch (this.#descriptor.type) {
      case "counter":
        return this.#readCounters(budget);
      case "histogram":
        return this.natives === undefined
          ? this.#readHistograms(budget)
          : this.#readNatives(budget, this.natives);
      case "gaugehistogram":
        return this.#readHistograms(budget);
      case "summary":
        return this.#readSummaries(budget);
      default:
        return this.#readGauges(budget);
    }
  }

  /** Whether the kind of series can be part of a commit. */
  get isCommitted(): boolean {
    const { type } = this.#descriptor;
    return type === "counter" || type === "gauge" || (type === "histogram" && this.natives === undefined);
  }

  /** The cell of a series, as an element of the slab's Int32Array. */
  cellOf(k: number): number {
    return this.#cells[k];
  }

  /** Reads one series of a kind that can be part of a commit. */
  readOne(k: number, budget: RetryBudget): void {
    switch (this.#descriptor.type) {
      case "counter":
        this.#readCounter(k, budget);
        this.flipped ||= hasFlipped(this.#slab, this.#cells[k]);
        return;
      case "histogram":
        return this.#readHistogram(k, budget);
      default:
        return this.#readGauge(k, budget);
    }
  }

  /** Reads those series that were never read. */
  readNew(budget: RetryBudget): void {
    for (let k = 0; k < this.count; k++) if (this.#isNew(k)) this.readOne(k, budget);
  }

  /** Leaves out those series that were never read. */
  leaveOutNew(): void {
    for (let k = 0; k < this.count; k++) if (this.#isNew(k)) this.#leaveOut(k);
  }

  #isNew(k: number): boolean {
    // WHY: a gauge may have been set to NaN.
    return Number.isNaN(this.values[k * this.stride]) && (this.touched.length === 0 || this.touched[k] === 0);
  }

  /** How many numbers {@linkcode readBefore} gives of a series. */
  get numbersBefore(): number {
    return this.#usesGauges ? 3 : this.stride;
  }

  /**
   * Reads one series as it was under an earlier sequence of its cell, while a commit that moved it is under way. What is
   * read is right only if the commit is still under way afterwards; {@linkcode keepBefore} takes it over then.
   *
   * @param into.out takes {@linkcode numbersBefore} numbers from `into.at`
   */
  readBefore(k: number, sequence: number, into: { readonly out: Float64Array; readonly at: number }): void {
    const cell32 = this.#cells[k];
    const { out, at } = into;
    switch (this.#descriptor.type) {
      case "counter":
        out[at] = counterBefore(this.#slab, cell32, sequence);
        return;
      case "histogram": {
        const bucketCount = this.#descriptor.buckets.length + 1;
        return histogramBefore(this.#slab, { cell32, sequence }, { out, at, bucketCount });
      }
      default: {
        const reading = this.#reading;
        gaugeBefore(this.#slab, { cell32, sequence }, reading);
        out[at] = reading.value;
        out[at + 1] = reading.stamp;
        out[at + 2] = reading.touched ? 1 : 0;
      }
    }
  }

  /** Takes over what {@linkcode readBefore} gave. */
  keepBefore(k: number, from: { readonly out: Float64Array; readonly at: number }): void {
    const { out, at } = from;
    if (this.#usesGauges) return this.#keepGauge(k, out[at], out[at + 1], out[at + 2]);
    for (let i = 0; i < this.stride; i++) this.values[k * this.stride + i] = out[at + i];
  }

  #readCounters(budget: RetryBudget): void {
    if (this.exemplars !== undefined) {
      for (let k = 0; k < this.count; k++) this.#readCounter(k, budget);
      return;
    }
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
    if (!this.flipped) this.flipped = this.#pageStarts.some((k) => hasFlipped(this.#slab, this.#cells[k]));
  }

  /** How many pages the column's cells lie on. */
  get pageCount(): number {
    return this.#pageStarts.length;
  }

  /** The first series of a page, or of the one after the last: the number of series. */
  pageStart(page: number): number {
    return page < this.#pageStarts.length ? this.#pageStarts[page] : this.count;
  }

  /** The cells of a page, or `undefined` if they have gaps. */
  densePage(page: number): DensePage | undefined {
    return this.#dense ? densePage(this.#slab, this.#cells[this.#pageStarts[page]]) : undefined;
  }

  /** Reads the counters of one page and adds them to sums, that of the page's first counter to the first. */
  addCounterPage(page: number, sums: Float64Array, budget: RetryBudget): void {
    const { values } = this;
    const scratch = this.#scratch;
    const from = this.pageStart(page);
    const to = this.pageStart(page + 1);
    if (readCounterPage(this.#slab, { cells: this.#cells, from, to }, scratch)) {
      for (let k = 0; k < to - from; k++) sums[k] += scratch[k];
    } else {
      for (let k = from; k < to; k++) this.#readCounter(k, budget);
      for (let k = from; k < to; k++) sums[k - from] += values[k];
    }
    this.flipped ||= hasFlipped(this.#slab, this.#cells[from]);
  }

  #readCounter(k: number, budget: RetryBudget): void {
    const { values } = this;
    const cell32 = this.#cells[k];
    this.exemplars?.look(k, cell32);
    let value = readCounter(this.#slab, cell32);
    if (value < 0) {
      budget.retry(() => (value = readCounter(this.#slab, cell32)) >= 0, Number.isNaN(values[k]));
    }
    if (value >= 0) values[k] = value;
    else this.#leaveOut(k);
    this.exemplars?.settle(value >= 0);
  }

  #readGauges(budget: RetryBudget): void {
    for (let k = 0; k < this.count; k++) this.#readGauge(k, budget);
  }

  #readGauge(k: number, budget: RetryBudget): void {
    const reading = this.#reading;
    const cell32 = this.#cells[k];
    const valid = readGauge(this.#slab, cell32, reading) ||
      budget.retry(() => readGauge(this.#slab, cell32, reading), this.#isNew(k));
    if (valid) this.#keepGauge(k, reading.value, reading.stamp, reading.touched ? 1 : 0);
    else this.#leaveOut(k);
  }

  // WHY four in a row: nothing is allocated for each gauge of a scrape.
  #keepGauge(k: number, value: number, stamp: number, touched: number): void {
    if (this.#statesPresence && (this.values[k] === 1) !== (value === 1)) this.#presenceMoved = true;
    this.values[k] = value;
    this.stamps[k] = stamp;
    this.touched[k] = touched;
  }

  #readSummaries(budget: RetryBudget): void {
    const { values, stride } = this;
    const scratch = this.#scratch;
    for (let k = 0; k < this.count; k++) {
      const cell32 = this.#cells[k];
      const at = k * stride;
      const valid = readTotals(this.#slab, cell32, scratch, 0) ||
        budget.retry(() => readTotals(this.#slab, cell32, scratch, 0), Number.isNaN(values[at]));
      if (valid) { for (let i = 0; i < stride; i++) values[at + i] = scratch[i]; }
      else this.#leaveOut(k);
    }
  }

  #readNatives(budget: RetryBudget, natives: SlabNatives): void {
    for (let k = 0; k < this.count; k++) {
      const cell32 = this.#cells[k];
      const at = k * this.stride;
      this.exemplars?.look(k, cell32);
      const valid = natives.isCurrent(k, cell32) || natives.read(k, cell32) ||
        budget.retry(() => natives.read(k, cell32), Number.isNaN(this.values[at]));
      if (valid) natives.write(k, this.values, at);
      else this.#leaveOut(k);
      this.exemplars?.settle(valid);
    }
  }

  /** Lets the series of a number begin anew with what it holds now, because another worker reset it at that time. */
  rebase(seriesIndex: number, created: number): void {
    for (let k = 0; k < this.count; k++) {
      if (this.index[k] !== seriesIndex || this.states[k] === SERIES_STATE.RECLAIMED) continue;
      this.created[k] = created;
      this.natives?.rebase(k);
      this.natives?.write(k, this.values, k * this.stride);
    }
  }

  #readHistograms(budget: RetryBudget): void {
    for (let k = 0; k < this.count; k++) this.#readHistogram(k, budget);
  }

  #readHistogram(k: number, budget: RetryBudget): void {
    const { stride, values } = this;
    const into = this.#histogramInto;
    const scratch = into.out;
    const cell32 = this.#cells[k];
    const at = k * stride;
    this.exemplars?.look(k, cell32);
    const valid = readHistogram(this.#slab, cell32, into) ||
      budget.retry(() => readHistogram(this.#slab, cell32, into), Number.isNaN(values[at]));
    if (valid) { for (let i = 0; i < stride; i++) values[at + i] = scratch[i]; }
    else this.#leaveOut(k);
    this.exemplars?.settle(valid);
  }
}
