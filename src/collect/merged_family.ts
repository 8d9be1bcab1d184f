/**
 * One family over all slabs: which series there are, where each slab has them, and their merged values.
 *
 * @module
 */
import { planCell } from "../metric/cell_plan.ts";
import type { Descriptor } from "../model/descriptor.ts";
import { labelSetKey } from "../model/label_values.ts";
import { type Removal, removalMatches } from "../model/removal.ts";
import { type FamilySamples, type LabelValues, type SeriesBlock, strideOf } from "../model/samples.ts";
import {
  type Combine,
  combineFor,
  combineTotals,
  cumulate,
  expandStates,
  isLiveMode,
  isPerWorkerMode,
  isTotal,
  type MergedValues,
} from "./aggregate.ts";
import { Column, columnStrideOf, SERIES_STATE } from "./column.ts";
import { withDefaultLabels } from "./default_labels.ts";
import { IdleSeries } from "./idle_series.ts";
import { ExemplarColumn, mergeExemplars } from "./exemplar_column.ts";
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
  /** The definition as formats see it. */
  readonly #exposed: Descriptor;
  readonly #stride: number;
  readonly #live: boolean;
  readonly #perWorker: boolean;
  readonly #combine: Combine;
  readonly #labelNames: readonly string[];
  readonly #series: Series[] = [];
  readonly #indexes: Map<string, number> = new Map();
  readonly #freeIndexes: number[] = [];
  #members: Member[] = [];
  readonly #retired: RetiredColumn;
  #dirty = true;
  #blocks: SeriesBlock[] = [];
  /** Numbers of the visible series, in the order of the output. */
  #order: readonly number[] = [];
  readonly #idleSeries: IdleSeries | undefined;
  readonly #idle: LabelValues[] = [];
  #created: Float64Array = new Float64Array(0);
  #merged: MergedValues = newMergedValues(0, 1);
  /** What formats see: the merged values, or what they stand for. */
  #output: Float64Array = this.#merged.values;

  /**
   * @param descriptor the definition that the slabs agree on
   * @param defaultLabels what formats see as constant labels beside those of the definition
   */
  constructor(descriptor: Descriptor, defaultLabels: Readonly<Record<string, string>> = {}) {
    this.descriptor = descriptor;
    this.#stride = strideOf(descriptor);
    this.#live = isLiveMode(descriptor.mode);
    this.#perWorker = isPerWorkerMode(descriptor.mode);
    this.#combine = isTotal(descriptor.type) ? combineTotals : combineFor(descriptor.mode);
    this.#labelNames = this.#perWorker ? [...descriptor.labelNames, WORKER_LABEL] : descriptor.labelNames;
    this.#exposed = withDefaultLabels(descriptor, { defaultLabels, labelNames: this.#labelNames });
    this.#retired = new RetiredColumn(descriptor);
    const { ttlSeconds } = descriptor;
    if (ttlSeconds > 0) this.#idleSeries = new IdleSeries({ ttlSeconds, stride: this.#retired.stride });
  }

  /** Adds a slab's column. Columns of one worker slot come in the order of its incarnations. */
  join(column: SlabColumn, origin: ColumnOrigin): void {
    this.#members.push({ column, origin });
    this.#dirty = true;
  }

  /**
   * The number of a series of this family, new if it is not there yet.
   *
   * @param series its label values, the worker slot that has it, and when it began
   */
  seriesIndex(series: { labels: readonly string[]; created: number; worker: string }): number {
    this.#dirty = true;
    const labels = this.#perWorker ? [...series.labels, series.worker] : series.labels;
    const key = labelSetKey(labels);
    const index = this.#indexes.get(key);
    if (index !== undefined) {
      const known = this.#series[index];
      if (series.created < known.created) known.created = series.created;
      return index;
    }
    const added = this.#freeIndexes.pop() ?? this.#series.length;
    this.#series[added] = { labels, created: series.created };
    this.#indexes.set(key, added);
    return added;
  }

  /** Says that a column's series were reclaimed or used anew. */
  seriesChanged(): void {
    this.#dirty = true;
  }

  /**
   * Hides the series that a removal is meant for, in all slabs whose owner has not applied it yet, and forgets what
   * ended workers left of them.
   *
   * @param removal its number in the log, and the worker that has applied it before all others
   */
  remove(removal: Removal, place: { number: number; origin: ColumnOrigin | undefined }): void {
    const { labelNames } = this.descriptor;
    const matching = new Set<number>();
    for (const index of this.#indexes.values()) {
      if (removalMatches(removal, { labelNames, values: this.#series[index].labels })) matching.add(index);
    }
    for (const { column, origin } of this.#members) {
      if (origin === place.origin) continue;
      for (let k = 0; k < column.count; k++) {
        if (matching.has(column.index[k])) column.condemn(k, { number: place.number, reset: removal.reset });
      }
    }
    for (const index of matching) this.#retired.forget(index);
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
    // WHY: a removed series that moved after the last pass counts again, so it must not get lost here.
    if (column.wake()) this.#dirty = true;
    const kept = keep && !this.#live;
    const before = kept && isTotal(this.descriptor.type) ? this.#totals() : undefined;
    this.#members = this.#members.filter((member) => member.column !== column);
    if (kept) this.#retire(column);
    this.#dirty = true;
    if (before !== undefined) this.#lift(before);
  }

  /** The merged values as they are now, buckets not cumulated. */
  #totals(): MergedValues {
    if (this.#dirty) this.#arrange();
    const totals = newMergedValues(this.#merged.touched.length, this.#retired.stride);
    this.#addUp(totals);
    return totals;
  }

  /**
   * Makes up for the order of addition, on which a sum of fractions depends and which changes when a column retires: a
   * total that came out an ulp smaller would be a counter reset to whoever reads it.
   */
  #lift(before: MergedValues): void {
    const { positions, values, count, stride } = this.#retired;
    for (let lifted = true; lifted;) {
      lifted = false;
      const after = this.#totals();
      for (let k = 0; k < count; k++) {
        if (positions[k] < 0) continue;
        for (let i = 0; i < stride; i++) {
          const at = positions[k] * stride + i;
          const missing = before.values[at] - after.values[at];
          if (!(missing > 0 && missing < Infinity)) continue;
          const value = values[k * stride + i];
          values[k * stride + i] = Math.max(value + missing, value + Math.abs(value) * Number.EPSILON);
          lifted = true;
        }
      }
    }
  }

  /** Keeps a column's values among the retired ones. */
  #retire(column: SlabColumn): void {
    const retired = this.#retired;
    while (retired.count < this.#series.length) {
      retired.append(retired.count);
      retired.values.fill(0, (retired.count - 1) * retired.stride, retired.count * retired.stride);
    }
    // WHY: the retired column is in the order of the family's series, so places in it are series numbers.
    for (let k = 0; k < column.count; k++) {
      column.positions[k] = column.states[k] === SERIES_STATE.COUNTED ? column.index[k] : -1;
    }
    this.#combine(column, retired);
    retired.keepExemplars(column);
    retired.keepVisible(column);
  }

  /**
   * Reads all columns, merges them, and hands out the result block by block. The arrays are used again.
   *
   * @param budget the time that the scrape has for reads that need more than one try
   * @param now when the scrape began, by a monotonic clock in milliseconds
   */
  *blocks(budget: RetryBudget, now: number): Iterable<FamilySamples> {
    for (const { column } of this.#members) {
      column.read(budget);
      if (column.wake()) this.#dirty = true;
    }
    if (this.#dirty) this.#arrange();
    this.#merge();
    this.#findIdle(now);
    const descriptor = this.#exposed;
    const stride = this.#stride;
    // WHY: held here, because another scrape may arrange the family anew while this one waits between two blocks.
    const blocks = this.#blocks;
    const created = this.#created;
    const values = this.#output;
    const exemplars = this.#retired.exemplars === undefined
      ? []
      : mergeExemplars(this.#counted(), { stride, perBlock: seriesPerBlock(stride) });
    let start = 0;
    for (let b = 0; b < blocks.length; b++) {
      const block = blocks[b];
      const end = start + block.series.length;
      yield {
        descriptor,
        block,
        first: b === 0,
        last: b === blocks.length - 1,
        stride,
        values: values.subarray(start * stride, end * stride),
        created: created.subarray(start, end),
        exemplars: exemplars[b],
      };
      start = end;
    }
  }

  #merge(): void {
    const merged = this.#merged;
    merged.values.fill(0);
    merged.stamps.fill(0);
    merged.touched.fill(0);
    this.#addUp(merged);
    switch (this.descriptor.type) {
      case "histogram":
      case "gaugehistogram":
        return cumulate(merged.values, this.#stride);
      case "stateset":
        return expandStates(merged.values, this.#output);
    }
  }

  /**
   * The label values of the series that were found idle for longer than the family's time to live since the last call.
   * They are to be removed.
   */
  takeIdle(): LabelValues[] {
    return this.#idle.splice(0);
  }

  #findIdle(now: number): void {
    if (this.#idleSeries === undefined) return;
    for (const place of this.#idleSeries.find(this.#order, this.#merged.values, now)) {
      this.#idle.push(this.#series[this.#order[place]].labels);
    }
  }

  /** Combines all columns into values that are zero. */
  #addUp(merged: MergedValues): void {
    for (const column of this.#counted()) this.#combine(column, merged);
  }

  /** The columns whose values count: what is left of ended workers, then the workers. */
  #counted(): Column[] {
    const members = this.#live ? this.#members.filter(({ origin }) => origin.live) : this.#members;
    return [this.#retired, ...members.map(({ column }) => column)];
  }

  /** Decides which series are visible and in which order, and cuts them into blocks. */
  #arrange(): void {
    this.#dirty = false;
    const visible = new Uint8Array(this.#series.length);
    const known = new Uint8Array(this.#series.length);
    for (const { column, origin } of this.#members) {
      const counts = !this.#live || origin.live;
      for (let k = 0; k < column.count; k++) {
        if (column.states[k] === SERIES_STATE.RECLAIMED) continue;
        known[column.index[k]] = 1;
        const exposed = column.states[k] === SERIES_STATE.COUNTED ||
          column.states[k] === SERIES_STATE.RESETTING;
        if (counts && exposed && column.shows(k)) visible[column.index[k]] = 1;
      }
    }
    this.#retired.markVisible(visible);
    this.#forgetUnknown(known, visible);
    const order: number[] = [];
    for (let index = 0; index < visible.length; index++) if (visible[index] === 1) order.push(index);
    order.sort((a, b) => compareLabels(this.#series[a].labels, this.#series[b].labels));
    const positions = new Int32Array(this.#series.length).fill(-1);
    order.forEach((index, position) => positions[index] = position);
    for (const column of [this.#retired, ...this.#members.map((member) => member.column)]) {
      for (let k = 0; k < column.count; k++) {
        column.positions[k] = column.states[k] === SERIES_STATE.COUNTED ? positions[column.index[k]] : -1;
      }
    }
    this.#created = Float64Array.from(order, (index) => this.#series[index].created);
    this.#merged = newMergedValues(order.length, this.#retired.stride);
    const expanded = this.#stride !== this.#retired.stride;
    this.#output = expanded ? new Float64Array(order.length * this.#stride) : this.#merged.values;
    this.#order = order;
    this.#blocks = this.#cut(order);
  }

  /** Frees the numbers of series that no slab has any more, so that memory stays flat however many came and went. */
  #forgetUnknown(known: Uint8Array, visible: Uint8Array): void {
    for (const [key, index] of this.#indexes) {
      if (known[index] !== 0 || visible[index] !== 0) continue;
      this.#indexes.delete(key);
      this.#freeIndexes.push(index);
      this.#idleSeries?.forget(index);
    }
  }

  #cut(order: readonly number[]): SeriesBlock[] {
    const perBlock = seriesPerBlock(this.#stride);
    const blocks: SeriesBlock[] = [];
    for (let start = 0; start < order.length || start === 0; start += perBlock) {
      const series = order.slice(start, start + perBlock).map((index) => this.#series[index].labels);
      blocks.push({ labelNames: this.#labelNames, series });
    }
    return blocks;
  }
}

/** How many series a block has at most. */
function seriesPerBlock(stride: number): number {
  return Math.max(1, Math.min(BLOCK_SERIES, Math.floor(BLOCK_VALUES / stride)));
}

function newMergedValues(count: number, stride: number): MergedValues {
  return {
    values: new Float64Array(count * stride),
    stamps: new Float64Array(count),
    touched: new Uint8Array(count),
  };
}

/** What remains of the workers that ended, in the order of the family's series. */
class RetiredColumn extends Column {
  /** 1 for each series that an ended worker had. */
  present: Uint8Array = new Uint8Array(0);

  override readonly exemplars: ExemplarColumn | undefined = undefined;

  constructor(descriptor: Descriptor) {
    super(columnStrideOf(descriptor));
    this.growGaugeColumns();
    const { exemplarSlots } = planCell(descriptor);
    if (exemplarSlots > 0) this.exemplars = new ExemplarColumn(exemplarSlots);
  }

  /** Takes over the exemplars of a column whose positions are series numbers. */
  keepExemplars({ count, positions, exemplars }: Column): void {
    if (exemplars === undefined) return;
    for (let k = 0; k < count; k++) {
      for (let slot = 0; positions[k] >= 0 && slot < exemplars.slots; slot++) {
        const exemplar = exemplars.at(k, slot);
        if (exemplar !== undefined) this.exemplars?.offer(positions[k], slot, exemplar);
      }
    }
  }

  /** Marks the series that ended workers had. */
  markVisible(visible: Uint8Array): void {
    for (let index = 0; index < this.count; index++) if (this.present[index] !== 0) visible[index] = 1;
  }

  /** Forgets a series that was removed. */
  forget(index: number): void {
    if (index >= this.count) return;
    this.present[index] = 0;
    this.touched[index] = 0;
    this.stamps[index] = 0;
    this.values.fill(0, index * this.stride, (index + 1) * this.stride);
    this.exemplars?.forget(index);
  }

  /** Marks the series of an ended worker's column as visible. */
  keepVisible(column: SlabColumn): void {
    if (this.present.length < this.count) {
      const present = new Uint8Array(this.index.length);
      present.set(this.present);
      this.present = present;
    }
    for (let k = 0; k < column.count; k++) {
      const exposed = column.states[k] === SERIES_STATE.COUNTED ||
        column.states[k] === SERIES_STATE.RESETTING;
      if (exposed && column.shows(k)) this.present[column.index[k]] = 1;
    }
  }
}

function compareLabels(a: LabelValues, b: LabelValues): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}
