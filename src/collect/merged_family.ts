/**
 * One family over all slabs: which series there are, where each slab has them, and their merged values.
 *
 * @module
 */
import type { Descriptor } from "../model/descriptor.ts";
import { labelSetKey } from "../model/label_values.ts";
import { type FamilySamples, type LabelValues, type SeriesBlock, strideOf } from "../model/samples.ts";
import {
  type Combine,
  combineFor,
  combineTotals,
  cumulate,
  isLiveMode,
  isPerWorkerMode,
  type MergedValues,
} from "./aggregate.ts";
import { Column } from "./column.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { SlabColumn } from "./slab_column.ts";

/** The most numbers in one block: what a format renders in about a millisecond. */
const BLOCK_VALUES = 16384;
const BLOCK_SERIES = 4096;

/** The label that names the worker in merge modes that keep the workers apart. */
export const WORKER_LABEL = "worker";

/** Where a column comes from. */
export interface ColumnOrigin {
  /** The worker slot as label value. */
  readonly worker: string;
  /** Whether the worker is alive; columns of the dead and the hung do not count in live modes. */
  readonly live: boolean;
}

interface Member {
  readonly column: SlabColumn;
  readonly origin: ColumnOrigin;
}

interface Series {
  readonly labels: LabelValues;
  /** Seconds since the Unix epoch. */
  created: number;
}

/** A family of the same name and definition in any number of slabs. One thread only: the one that gathers. */
export class MergedFamily {
  readonly descriptor: Descriptor;
  readonly #stride: number;
  readonly #live: boolean;
  readonly #perWorker: boolean;
  readonly #combine: Combine;
  readonly #labelNames: readonly string[];
  readonly #series: Series[] = [];
  readonly #indexes: Map<string, number> = new Map();
  #members: Member[] = [];
  readonly #retired: RetiredColumn;
  #dirty = true;
  #blocks: SeriesBlock[] = [];
  #created: Float64Array = new Float64Array(0);
  #merged: MergedValues = {
    values: new Float64Array(0),
    stamps: new Float64Array(0),
    touched: new Uint8Array(0),
  };

  constructor(descriptor: Descriptor) {
    this.descriptor = descriptor;
    this.#stride = strideOf(descriptor);
    this.#live = isLiveMode(descriptor.mode);
    this.#perWorker = isPerWorkerMode(descriptor.mode);
    this.#combine = descriptor.type === "gauge" ? combineFor(descriptor.mode) : combineTotals;
    this.#labelNames = this.#perWorker ? [...descriptor.labelNames, WORKER_LABEL] : descriptor.labelNames;
    this.#retired = new RetiredColumn(this.#stride);
  }

  /** Adds a slab's column. Columns of one worker slot come in the order of its incarnations. */
  join(column: SlabColumn, origin: ColumnOrigin): void {
    this.#members.push({ column, origin });
    this.#dirty = true;
  }

  /** Adds a series to a column that joined. */
  addSeries(
    column: SlabColumn,
    series: { labels: readonly string[]; created: number; cellOffset: number; worker: string },
  ): void {
    const labels = this.#perWorker ? [...series.labels, series.worker] : series.labels;
    const key = labelSetKey(labels);
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.#series.length;
      this.#series.push({ labels, created: series.created });
      this.#indexes.set(key, index);
    } else if (series.created < this.#series[index].created) {
      this.#series[index].created = series.created;
    }
    column.appendCell(index, series.cellOffset);
    this.#dirty = true;
  }

  /** Says that a worker died, hung or came back: in live modes its series vanish or appear. */
  livenessChanged(): void {
    if (this.#live) this.#dirty = true;
  }

  /**
   * Removes a slab's column.
   *
   * @param keep whether its totals (and, in modes that are not live, its gauges) are kept
   */
  leave(column: SlabColumn, keep: boolean): void {
    this.#members = this.#members.filter((member) => member.column !== column);
    if (keep && !this.#live) this.#retire(column);
    this.#dirty = true;
  }

  /** Keeps a column's values among the retired ones. */
  #retire(column: SlabColumn): void {
    const retired = this.#retired;
    while (retired.count < this.#series.length) {
      retired.append(retired.count);
      retired.values.fill(0, (retired.count - 1) * this.#stride, retired.count * this.#stride);
    }
    // WHY: the retired column is in the order of the family's series, so places in it are series numbers.
    column.positions.set(column.index.subarray(0, column.count));
    this.#combine(column, retired);
    retired.keepVisible(column);
  }

  /**
   * Reads all columns, merges them, and hands out the result block by block. The arrays are used again.
   *
   * @param budget the time that the scrape has for reads that need more than one try
   */
  *blocks(budget: RetryBudget): Iterable<FamilySamples> {
    for (const { column } of this.#members) column.read(budget);
    if (this.#dirty) this.#arrange();
    this.#merge();
    const { descriptor } = this;
    const stride = this.#stride;
    let start = 0;
    for (let b = 0; b < this.#blocks.length; b++) {
      const block = this.#blocks[b];
      const end = start + block.series.length;
      yield {
        descriptor,
        block,
        first: b === 0,
        last: b === this.#blocks.length - 1,
        stride,
        values: this.#merged.values.subarray(start * stride, end * stride),
        created: this.#created.subarray(start, end),
      };
      start = end;
    }
  }

  #merge(): void {
    const merged = this.#merged;
    merged.values.fill(0);
    merged.stamps.fill(0);
    merged.touched.fill(0);
    this.#combine(this.#retired, merged);
    for (const { column, origin } of this.#members) {
      if (!this.#live || origin.live) this.#combine(column, merged);
    }
    if (this.descriptor.type === "histogram") cumulate(merged.values, this.#stride);
  }

  /** Decides which series are visible and in which order, and cuts them into blocks. */
  #arrange(): void {
    this.#dirty = false;
    const visible = new Uint8Array(this.#series.length);
    const mark = ({ count, index }: Column) => {
      for (let k = 0; k < count; k++) visible[index[k]] = 1;
    };
    for (const { column, origin } of this.#members) if (!this.#live || origin.live) mark(column);
    const { present } = this.#retired;
    for (let k = 0; k < this.#retired.count; k++) if (present[k] !== 0) visible[k] = 1;
    const order: number[] = [];
    for (let index = 0; index < visible.length; index++) if (visible[index] === 1) order.push(index);
    order.sort((a, b) => compareLabels(this.#series[a].labels, this.#series[b].labels));
    const positions = new Int32Array(this.#series.length).fill(-1);
    order.forEach((index, position) => positions[index] = position);
    for (const column of [this.#retired, ...this.#members.map((member) => member.column)]) {
      for (let k = 0; k < column.count; k++) column.positions[k] = positions[column.index[k]];
    }
    this.#created = Float64Array.from(order, (index) => this.#series[index].created);
    this.#merged = {
      values: new Float64Array(order.length * this.#stride),
      stamps: new Float64Array(order.length),
      touched: new Uint8Array(order.length),
    };
    this.#blocks = this.#cut(order);
  }

  #cut(order: readonly number[]): SeriesBlock[] {
    const perBlock = Math.max(1, Math.min(BLOCK_SERIES, Math.floor(BLOCK_VALUES / this.#stride)));
    const blocks: SeriesBlock[] = [];
    for (let start = 0; start < order.length || start === 0; start += perBlock) {
      const series = order.slice(start, start + perBlock).map((index) => this.#series[index].labels);
      blocks.push({ labelNames: this.#labelNames, series });
    }
    return blocks;
  }
}

/** What remains of the workers that ended, in the order of the family's series. */
class RetiredColumn extends Column {
  /** 1 for each series that an ended worker had. */
  present: Uint8Array = new Uint8Array(0);

  constructor(stride: number) {
    super(stride);
    this.growGaugeColumns();
  }

  /** Marks the series of an ended worker's column as visible. */
  keepVisible(column: Column): void {
    if (this.present.length < this.count) {
      const present = new Uint8Array(this.index.length);
      present.set(this.present);
      this.present = present;
    }
    for (let k = 0; k < column.count; k++) this.present[column.index[k]] = 1;
  }
}

function compareLabels(a: LabelValues, b: LabelValues): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}
