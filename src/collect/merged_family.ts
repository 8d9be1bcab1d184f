/**
 * One family over all slabs: which series there are, where each slab has them, and their merged values.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { labelSetKey } from "../model/label_values.ts";
import { type Removal, removalMatches } from "../model/removal.ts";
import { type FamilySamples, type LabelValues, strideOf } from "../model/samples.ts";
import {
  clearMerged,
  type Combine,
  combineFor,
  combineTotals,
  cumulate,
  divideSums,
  expandStates,
  isLiveMode,
  isPerWorkerMode,
  isTotal,
  type MergedValues,
  newMergedValues,
} from "./aggregate.ts";
import { type Column, type ColumnOrigin, SERIES_STATE } from "./column.ts";
import { CounterTotals } from "./counter_totals.ts";
import { withDefaultLabels } from "./default_labels.ts";
import { IdleSeries } from "./idle_series.ts";
import { KeptTotals } from "./kept_totals.ts";
import { RetiredColumn } from "./retired_column.ts";
import type { RetryBudget } from "./retry_budget.ts";
import { cutBlocks, type CutSeries, seriesPerBlock } from "./series_blocks.ts";
import { mergeDetails } from "./series_details.ts";
import { SeriesOrder } from "./series_order.ts";
import { type Member, presenceOf } from "./series_presence.ts";
import type { SlabColumn } from "./slab_column.ts";
import { SteadyTotals, totalColumn } from "./steady_totals.ts";

const NO_COLUMNS: ReadonlySet<SlabColumn> = new Set();
const NO_TOTALS = new CounterTotals([], 0);

/** The label that names the worker in merge modes that keep the workers apart. */
export const WORKER_LABEL = "worker";

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
  /** The label values of the series, by their number. */
  readonly #labels: LabelValues[] = [];
  readonly #indexes: Map<string, number> = new Map();
  readonly #freeIndexes: number[] = [];
  readonly #sorted: SeriesOrder = new SeriesOrder((index) => this.#labels[index]);
  #members: Member[] = [];
  /** The columns whose values count, as arranged last: what is left of ended workers, then the workers. */
  #counted: readonly Column[] = [];
  readonly #retired: RetiredColumn;
  readonly #steady: SteadyTotals | undefined;
  #dirty = true;
  /** The visible series, in the order of the output. */
  #cut: CutSeries = { order: new Int32Array(0), blocks: [] };
  readonly #idleSeries: IdleSeries | undefined;
  #created: Float64Array = new Float64Array(0);
  #whole: ReadonlySet<SlabColumn> = NO_COLUMNS;
  #totals: CounterTotals = NO_TOTALS;
  /** The output of the last pass, if it is kept for the next one, and the totals that it stands for. */
  #kept: { readonly output: KeptTotals; readonly of: CounterTotals } | undefined;
  #pass = 0;
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
    this.#perWorker = descriptor.perWorker === true || isPerWorkerMode(descriptor.mode);
    this.#combine = isTotal(descriptor.type) ? combineTotals : combineFor(descriptor.mode);
    this.#labelNames = this.#perWorker ? [...descriptor.labelNames, WORKER_LABEL] : descriptor.labelNames;
    this.#exposed = withDefaultLabels(descriptor, { defaultLabels, labelNames: this.#labelNames });
    this.#retired = new RetiredColumn(descriptor);
    const column = totalColumn(descriptor);
    if (column !== undefined) this.#steady = new SteadyTotals({ stride: this.#retired.stride, column });
    const { ttlSeconds } = descriptor;
    if (ttlSeconds > 0) {
      const labelsOf = (index: number) => this.#labels[index];
      const { stride } = this.#retired;
      this.#idleSeries = new IdleSeries({ ttlSeconds, stride, perWorker: this.#perWorker, labelsOf });
    }
  }

  /**
   * Adds a slab's column. Columns lie in the order of slots and incarnations, whatever the order in which they join: a
   * sum of fractions depends on it, and all threads that gather are to find the same bits.
   */
  join(column: SlabColumn, origin: ColumnOrigin): void {
    const later = this.#members.findIndex(({ origin: { slot, epoch } }) =>
      slot > origin.slot || (slot === origin.slot && epoch > origin.epoch)
    );
    this.#members.splice(later < 0 ? this.#members.length : later, 0, { column, origin });
    this.#dirty = true;
  }

  /**
   * The number of a series of this family, new if it is not there yet.
   *
   * @param series its label values, and the worker slot that has it
   */
  seriesIndex(series: { labels: readonly string[]; worker: string }): number {
    this.#dirty = true;
    const labels = this.#perWorker ? [...series.labels, series.worker] : series.labels;
    const key = labelSetKey(labels);
    const index = this.#indexes.get(key);
    if (index !== undefined) return index;
    const added = this.#freeIndexes.pop() ?? this.#labels.length;
    this.#labels[added] = labels;
    this.#indexes.set(key, added);
    this.#sorted.add(added);
    return added;
  }

  /** Sorts new series, a millisecond's worth at a time. The next pass does what is left of it. */
  sorting(): Iterable<void> {
    return this.#dirty ? this.#sorted.sorting() : [];
  }

  /** Says that a column's series were reclaimed or used anew. */
  seriesChanged(): void {
    this.#dirty = true;
  }

  /** Says that a worker began a series anew after a removal: it has its whole time to live, whatever its value. */
  seriesBegan(index: number): void {
    this.#idleSeries?.forget(index);
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
    if (!this.#perWorker && labelNames.every((name) => removal.labels[name] !== undefined)) {
      // WHY: thousands of series may be removed one by one.
      const index = this.#indexes.get(labelSetKey(labelNames.map((name) => removal.labels[name])));
      if (index === undefined) return;
      matching.add(index);
    } else {
      for (const index of this.#indexes.values()) {
        if (removalMatches(removal, { labelNames, values: this.#labels[index] })) matching.add(index);
      }
    }
    for (const { column, origin } of this.#members) {
      if (origin === place.origin) continue;
      for (let k = 0; k < column.count; k++) {
        if (matching.has(column.index[k])) column.condemn(k, { number: place.number, reset: removal.reset });
      }
    }
    for (const index of matching) {
      this.#retired.forget(index);
      this.#idleSeries?.forget(index);
    }
    this.#dirty = true;
  }

  /** Says that a worker died, hung or came back: in live modes its series vanish or appear. */
  livenessChanged(): void {
    if (this.#live) this.#dirty = true;
  }

  /** Whether no slab has the family any more. */
  get isAbandoned(): boolean {
    return this.#members.length === 0;
  }

  /**
   * Removes a slab's column, which was read before.
   *
   * @param keep whether its totals (and, in modes that are not live, its gauges) are kept
   */
  leave(column: SlabColumn, keep: boolean): void {
    // WHY: a removed series that moved after the last pass counts again, so it must not get lost here.
    if (column.wake()) this.#dirty = true;
    if (this.descriptor.native !== undefined) this.#settleResets();
    const kept = keep && !this.#live;
    this.#members = this.#members.filter((member) => member.column !== column);
    if (kept) this.#retire(column);
    this.#dirty = true;
    this.#letGo(column);
  }

  /** Forgets what passes know of a column, which would keep its slab until they know better. */
  #letGo(column: SlabColumn): void {
    this.#counted = this.#counted.filter((one) => one !== column);
    this.#whole = NO_COLUMNS;
    this.#totals = NO_TOTALS;
    this.#kept = undefined;
  }

  /** Keeps a column's values among the retired ones. */
  #retire(column: SlabColumn): void {
    const retired = this.#retired;
    retired.reserve(this.#labels.length);
    // WHY: the retired column is in the order of the family's series, so places in it are series numbers.
    for (let k = 0; k < column.count; k++) {
      column.positions[k] = column.states[k] === SERIES_STATE.COUNTED ? column.index[k] : -1;
    }
    this.#combine(column, retired);
    retired.keepDetails(column);
    retired.keepVisible(column);
  }

  /**
   * Reads all columns, merges them, and hands out the result block by block. The arrays are used again.
   *
   * @param budget the time that the scrape has for reads that need more than one try
   * @param now when the scrape began, by a monotonic clock in milliseconds
   * @param wallMs when it began, in milliseconds since the Unix epoch
   */
  *blocks(budget: RetryBudget, now: number, wallMs: number = Date.now()): Iterable<FamilySamples> {
    const descriptor = this.#exposed;
    const whole = this.#wholeCounters();
    for (const { column } of this.#members) {
      if (whole.has(column)) continue;
      // WHY: what was read between two commits stays as it is; a series that was found since was not there then.
      if (column.readByCommits) column.leaveOutNew();
      else column.read(budget);
      if (column.wake()) this.#dirty = true;
    }
    if (descriptor.native !== undefined) this.#settleResets();
    if (this.#dirty) this.#arrange();
    this.#merge(whole, budget);
    this.#idleSeries?.note(this.#cut.order, this.#merged.values, now);
    const stride = this.#stride;
    // WHY: held here, because another scrape may arrange the family anew while this one waits between two blocks.
    const { blocks } = this.#cut;
    const created = this.#created;
    const values = this.#output;
    const moved = this.#kept?.output.moved;
    const details = mergeDetails(this.#counted, {
      descriptor,
      stride,
      perBlock: seriesPerBlock(stride),
      seriesCount: this.#cut.order.length,
      values,
      merged: this.#merged.values,
      wallMs,
    });
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
        values: blocks.length === 1 ? values : values.subarray(start * stride, end * stride),
        created: blocks.length === 1 ? created : created.subarray(start, end),
        ...(moved && { version: moved[b] }),
        ...details[b],
      };
      start = end;
    }
  }

  /**
   * Makes a reset of a native histogram that one worker made a reset of the series: what the other workers and the
   * ended ones counted before does not count any more, as it would all seem new to whoever sees the counter reset.
   */
  #settleResets(): void {
    const resets = new Map<number, { readonly by: Set<SlabColumn>; created: number }>();
    for (const { column } of this.#members) {
      for (const { k, created } of column.natives?.takeResets() ?? []) {
        const index = column.index[k];
        const known = resets.get(index);
        resets.set(index, {
          by: (known?.by ?? new Set()).add(column),
          created: Math.max(known?.created ?? 0, created),
        });
        column.created[k] = created;
        this.#retired.forget(index);
        this.#dirty = true;
      }
    }
    for (const [index, { by, created }] of resets) {
      for (const { column } of this.#members) if (!by.has(column)) column.rebase(index, created);
    }
  }

  /**
   * The columns of counters that have only ever counted whole numbers, were read before, and have all their series in the
   * family's order: nearly all, where all workers run one program. They are added up without going through their own values.
   */
  #wholeCounters(): ReadonlySet<SlabColumn> {
    // WHY: exemplars are read together with the values, by column.
    if (this.descriptor.type !== "counter" || this.#retired.exemplars !== undefined) return NO_COLUMNS;
    // WHY: where there are fractions the order of addition matters, and it must not depend on who has counted one since
    // when: all threads that gather are to find the same bits.
    if (this.#hasFractions()) return NO_COLUMNS;
    if (this.#dirty || this.#whole.size === 0) {
      const columns = this.#members.map(({ column }) => column);
      this.#whole = new Set(
        columns.filter((column) =>
          column.inFamilyOrder && column.allCounted && !column.hasNew && !column.readByCommits
        ),
      );
      this.#totals = new CounterTotals([...this.#whole], this.#labels.length);
    }
    return this.#whole;
  }

  #merge(whole: ReadonlySet<SlabColumn>, budget: RetryBudget): void {
    const merged = this.#merged;
    const totals = whole.size > 0 ? this.#totals.sum(budget) : undefined;
    if (totals !== undefined && whole.size === this.#members.length && !this.#hasFractions()) {
      return this.#keep(totals);
    }
    this.#kept = undefined;
    clearMerged(merged);
    if (totals === undefined || this.#hasFractions()) {
      // WHY: a column may have turned out to hold fractions only now; it happens once.
      for (const column of whole) column.read(budget);
      this.#addUp(merged, NO_COLUMNS);
    } else {
      const order = this.#cut.order;
      for (let place = 0; place < order.length; place++) merged.values[place] = totals[order[place]];
      this.#addUp(merged, whole);
    }
    this.#steady?.hold(this.#cut.order, merged.values);
    switch (this.descriptor.type) {
      case "histogram":
      case "gaugehistogram":
        return cumulate(merged.values, this.#stride);
      case "stateset":
        return expandStates(merged.values, this.#output);
    }
    if (this.descriptor.mode === "liveaverage") divideSums(merged);
  }

  /** Takes whole totals of all workers: what is shown already stays, so that a scrape costs what moved. */
  #keep(totals: Float64Array): void {
    const of = this.#totals;
    this.#pass++;
    if (this.#kept?.of === of) return this.#kept.output.update(totals, of.moved, this.#pass);
    const parts = {
      order: this.#cut.order,
      values: this.#merged.values,
      perBlock: seriesPerBlock(this.#stride),
      retired: this.#retired,
      steady: this.#steady,
    };
    this.#kept = { output: new KeptTotals(parts, totals, this.#pass), of };
  }

  /**
   * The label values of the series that were found idle for longer than the family's time to live since the last call.
   * They are to be removed.
   */
  takeIdle(): LabelValues[] {
    return this.#idleSeries?.take() ?? [];
  }

  /** Counters: whether any worker's values may be fractions, whose sum depends on the order. */
  #hasFractions(): boolean {
    return this.#members.some(({ column }) => column.flipped);
  }

  /** Combines the columns that are not in the values yet. */
  #addUp(merged: MergedValues, summed: ReadonlySet<Column>): void {
    for (const column of this.#counted) if (!summed.has(column)) this.#combine(column, merged);
  }

  /** Decides which series are visible and in which order, and cuts them into blocks. */
  #arrange(): void {
    this.#dirty = false;
    // WHY: which columns may be added up whole is found anew by the next pass.
    this.#whole = NO_COLUMNS;
    const members = this.#live ? this.#members.filter(({ origin }) => origin.live) : this.#members;
    this.#counted = [this.#retired, ...members.map(({ column }) => column)];
    const { known, visible, created } = presenceOf(this.#members, this.#retired, {
      seriesCount: this.#labels.length,
      live: this.#live,
    });
    this.#forgetUnknown(known, visible);
    this.#idleSeries?.forgetHidden(visible);
    const order = this.#sorted.all().filter((index) => visible[index] === 1);
    const positions = new Int32Array(this.#labels.length).fill(-1);
    for (let position = 0; position < order.length; position++) positions[order[position]] = position;
    for (const column of [this.#retired, ...this.#members.map((member) => member.column)]) {
      for (let k = 0; k < column.count; k++) {
        column.positions[k] = column.states[k] === SERIES_STATE.COUNTED ? positions[column.index[k]] : -1;
      }
    }
    this.#created = Float64Array.from(order, (index) => created[index]);
    this.#steady?.reserve(this.#labels.length);
    const cut = cutBlocks(order, {
      labelsOf: (index) => this.#labels[index],
      labelNames: this.#labelNames,
      stride: this.#stride,
    }, this.#cut);
    if (cut === this.#cut) return;
    this.#cut = cut;
    this.#merged = newMergedValues(order.length, this.#retired.stride);
    const expanded = this.#stride !== this.#retired.stride;
    this.#output = expanded ? new Float64Array(order.length * this.#stride) : this.#merged.values;
  }

  /** Frees the numbers of series that no slab has any more, so that memory stays flat however many came and went. */
  #forgetUnknown(known: Uint8Array, visible: Uint8Array): void {
    const forgotten = new Set<number>();
    for (let index = 0; index < known.length; index++) {
      if (known[index] === 0 && visible[index] === 0) forgotten.add(index);
    }
    if (forgotten.size === 0) return;
    for (const index of this.#freeIndexes) forgotten.delete(index);
    for (const index of forgotten) {
      this.#indexes.delete(labelSetKey(this.#labels[index]));
      this.#freeIndexes.push(index);
      this.#steady?.forget(index);
    }
    this.#sorted.delete(forgotten);
  }
}
