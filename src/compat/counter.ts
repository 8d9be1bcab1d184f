/**
 * Counters.
 *
 * @module
 */
// DATA PLANE
import { format } from "../host/inspect.ts";
import { addToCounter } from "../slab/counter_cell.ts";
import { type Exemplar, exemplarOf } from "./exemplar.ts";
import { MetricBase } from "./metric.ts";
import { BoundSeries, Series, SeriesStore } from "./series_store.ts";
import type { SharedFamily } from "./shared_family.ts";
import type { CollectFunction, LabelValues, MetricConfiguration } from "./types.ts";
import type { Line, Value } from "./values.ts";
import { copiedLabelsOf, type GivenLabels, isObject } from "./validation.ts";

/** Options of a counter. */
export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Sets the metric when it is about to be read. */
  collect?: CollectFunction<Counter<T>>;
}

/** What `inc()` of a counter with exemplars takes. */
export interface IncreaseDataWithExemplar<T extends string> {
  /** How much; default 1. */
  value?: number;
  /** Which series. */
  labels?: LabelValues<T>;
  /** What the exemplar says. */
  exemplarLabels?: LabelValues<string>;
}

class CounterSeries extends Series {
  value = 0;
  exemplar: Exemplar | undefined = undefined;
}

/** One series of a counter. */
class CounterChild extends BoundSeries<CounterSeries> {
  readonly #counter: Counter<string>;

  constructor(counter: Counter<string>, labels: GivenLabels) {
    super(counter.store, labels);
    this.#counter = counter;
  }

  /** Adds to the series; default 1. */
  inc(value?: number): void {
    const amount = checkAmount(value);
    addTo(this.#counter, this.series, amount);
  }
}

/**
 * A cumulative metric that only goes up.
 *
 * @example A counter with a label
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab/compat";
 *
 * const register = new Registry();
 * const jobs = new Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["queue"], registers: [register] });
 * jobs.inc({ queue: "a" }, 2);
 * jobs.labels("a").inc();
 * assertEquals((await jobs.get()).values[0].value, 3);
 * ```
 */
export class Counter<T extends string = string> extends MetricBase<T> {
  /** The kind of metric. */
  override readonly type = "counter" as const;
  /** @internal */
  override readonly store: SeriesStore<CounterSeries>;

  /**
   * Defines the metric.
   *
   * @throws {Error | TypeError} If an option is missing or invalid, or the name is taken
   */
  constructor(configuration: CounterConfiguration<T>) {
    super(configuration);
    this.store = new SeriesStore(this.labelNames, (labels) => new CounterSeries(labels));
    this.start();
  }

  /**
   * Adds to one series; default 1.
   *
   * @throws {TypeError | Error} If the value is no finite number, or negative, or a label is unknown
   */
  inc(labels: LabelValues<T>, value?: number): void;
  /** Adds to the series without labels; default 1. */
  inc(value?: number): void;
  /** Adds to a counter with exemplars. */
  inc(incData: IncreaseDataWithExemplar<T>): void;
  inc(first?: unknown, second?: unknown): void {
    if (this.enableExemplars) return this.#incWithExemplar(first as IncreaseDataWithExemplar<T>);
    if (isObject(first)) {
      const amount = checkAmount(second);
      addTo(this, this.store.at(first), amount);
    } else {
      const amount = checkAmount(first);
      addTo(this, this.store.unlabelled(), amount);
    }
  }

  #incWithExemplar({ labels = {}, value = 1, exemplarLabels }: IncreaseDataWithExemplar<T> = {}): void {
    const amount = checkAmount(value);
    const series = this.store.at(labels ?? {});
    addTo(this, series, amount);
    if (exemplarLabels === undefined) return;
    series.exemplar = exemplarOf(exemplarLabels, series.value === 0 ? 1 : series.value);
    this.shared?.exemplify(series, 0, series.exemplar);
  }

  /** The child of the given label values, in the order of the label names. */
  labels(...values: (string | number)[]): Counter.Internal;
  /** The child of the given labels. */
  labels(labels: LabelValues<T>): Counter.Internal;
  labels(...args: unknown[]): Counter.Internal {
    return new CounterChild(this as Counter<string>, copiedLabelsOf(this.labelNames, args));
  }

  /** @internal */
  override values(): Value[] {
    return Array.from(this.store.all, ({ value, labels, exemplar }) => (
      exemplar === undefined
        ? { value, labels: { ...labels } }
        : { value, labels: { ...labels }, exemplar: { ...exemplar } }
    ));
  }

  /** @internal */
  override *lines(name: string): Iterable<Line> {
    for (const { text, labels, value, exemplar } of this.store.all) {
      yield { name, head: text, tail: "", own: labels, value, exemplar };
    }
  }

  /** @internal */
  override share(series: CounterSeries, { slab }: SharedFamily): void {
    addToCounter(slab, series.cell32, series.value);
  }
}

/** Types of what the class gives. */
export declare namespace Counter {
  /** The child of one label set. */
  interface Internal {
    /** Adds to the series; default 1. */
    inc(value?: number): void;
  }
}

function addTo(counter: Counter<string>, series: CounterSeries, amount: number): void {
  series.value += amount;
  if (series.cell32 >= 0) addToCounter(counter.shared!.slab, series.cell32, amount);
  else counter.shared?.adopt(series);
}

function checkAmount(value: unknown): number {
  if (value === undefined || value === null) return 1;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError(`Value is not a valid number: ${format(value)}`);
  }
  if (value < 0) throw new Error("It is not possible to decrease a counter");
  return value;
}
