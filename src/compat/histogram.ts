/**
 * Histograms.
 *
 * @module
 */
// DATA PLANE
import { givenText } from "../model/given_text.ts";
import { addToHistogram, observeHistogram } from "../slab/histogram_cell.ts";
import { type Exemplar, exemplarOf } from "./exemplar.ts";
import { MetricBase } from "./metric.ts";
import { BoundSeries, Series, type SeriesLabels, SeriesStore } from "./series_store.ts";
import type { SharedFamily } from "./shared_family.ts";
import type { CollectFunction, LabelValues, MetricConfiguration } from "./types.ts";
import type { Line, Value } from "./values.ts";
import { checkObservation, type GivenLabels, isObject } from "./validation.ts";

/** Options of a histogram. */
export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Upper bounds; they are sorted, and each is taken once. */
  buckets?: readonly number[];
  /** Sets the metric when it is about to be read. */
  collect?: CollectFunction<Histogram<T>>;
}

/** What `observe()` of a histogram with exemplars takes. */
export interface ObserveDataWithExemplar<T extends string> {
  /** What was observed. */
  value: number;
  /** Which series. */
  labels?: LabelValues<T>;
  /** What the exemplar says. */
  exemplarLabels?: LabelValues<string>;
}

class HistogramSeries extends Series {
  /** Observations by bucket, not cumulated; the last is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;
  count = 0;
  /** By bucket; null where there is none yet. */
  readonly exemplars: (Exemplar | null)[] | undefined;

  constructor(labels: SeriesLabels, of: { readonly bucketCount: number; readonly exemplars: boolean }) {
    super(labels);
    this.counts = new Float64Array(of.bucketCount);
    this.exemplars = of.exemplars ? new Array(of.bucketCount).fill(null) : undefined;
  }
}

/** One series of a histogram. */
class HistogramChild extends BoundSeries<HistogramSeries> {
  readonly #histogram: Histogram<string>;

  constructor(histogram: Histogram<string>, labels: GivenLabels) {
    super(histogram.store, labels);
    this.#histogram = histogram;
  }

  /** Observes a value. */
  observe(value: number): void {
    checkObservation(value);
    observeIn(this.#histogram, this.series, value);
  }

  /** Starts to measure; the function that it gives observes the elapsed seconds. */
  startTimer(): (labels?: LabelValues<string>) => number {
    return this.#histogram.startTimer(this.labelSet as LabelValues<string>);
  }
}

const DEFAULT_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts observations in buckets, and sums them up.
 *
 * @example A duration
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Histogram, Registry } from "promslab/compat";
 *
 * const register = new Registry();
 * const seconds = new Histogram({ name: "job_seconds", help: "Time of jobs.", buckets: [1, 5], registers: [register] });
 * seconds.observe(0.5);
 * assertEquals((await register.metrics()).includes('job_seconds_bucket{le="1"} 1'), true);
 * ```
 */
export class Histogram<T extends string = string> extends MetricBase<T> {
  /** The kind of metric. */
  override readonly type = "histogram" as const;
  /** The bounds as they were given. */
  declare buckets: readonly number[];
  /** The bounds in ascending order, each once, without Infinity. */
  readonly upperBounds: readonly number[];
  /** @internal */
  override readonly store: SeriesStore<HistogramSeries>;
  /** @internal */
  readonly bounds: Float64Array;

  /**
   * Defines the metric.
   *
   * @throws {Error | TypeError} If an option is missing or invalid, or the name is taken
   */
  constructor(configuration: HistogramConfiguration<T>) {
    super(configuration, { buckets: DEFAULT_BOUNDS });
    if (this.labelNames.includes("le" as T)) throw new Error("le is a reserved label keyword");
    if (!isObject(this.buckets) || !(Symbol.iterator in this.buckets)) {
      throw new TypeError(
        `Cannot define histogram "${this.name}": wanted buckets as an array, given ${
          givenText(this.buckets)
        }`,
      );
    }
    this.upperBounds = Object.freeze(boundsOf(this.buckets));
    this.bounds = Float64Array.from(this.upperBounds);
    const bucketCount = this.bounds.length + 1;
    this.store = new SeriesStore(
      this.labelNames,
      (labels) => new HistogramSeries(labels, { bucketCount, exemplars: this.enableExemplars === true }),
    );
    this.start();
  }

  /** Observes a value of the series without labels. */
  observe(value: number): void;
  /**
   * Observes a value of one series.
   *
   * @throws {TypeError | Error} If the value is no finite number, or a label is unknown
   */
  observe(labels: LabelValues<T>, value: number): void;
  /** Observes a value of a histogram with exemplars. */
  observe(observeData: ObserveDataWithExemplar<T>): void;
  observe(first?: unknown, second?: unknown): void {
    if (this.enableExemplars) return this.#observeWithExemplar(first as ObserveDataWithExemplar<T>);
    if (typeof first === "number" && !Number.isNaN(first)) {
      checkObservation(first);
      observeIn(this, this.store.unlabelled(), first);
    } else if (isObject(first) || !first) {
      // WHY: whoever has no labels may give null or undefined in their place.
      checkObservation(second);
      observeIn(this, this.store.at((first || {}) as GivenLabels), second);
    } else {
      checkObservation(first);
    }
  }

  #observeWithExemplar(given: Partial<ObserveDataWithExemplar<T>> = {}): void {
    const { labels, value, exemplarLabels } = given;
    checkObservation(value);
    const series = this.store.at(labels ?? {});
    const bucket = observeIn(this, series, value);
    if (exemplarLabels === undefined || Object.keys(exemplarLabels).length === 0) return;
    const exemplar = exemplarOf(exemplarLabels, value);
    series.exemplars![bucket] = exemplar;
    this.shared?.exemplify(series, bucket, exemplar);
  }

  /**
   * Starts to measure.
   *
   * @returns observes the elapsed seconds in the series of both label sets together, and returns them
   */
  startTimer(
    labels?: LabelValues<T>,
    exemplarLabels?: LabelValues<string>,
  ): (labels?: LabelValues<T>, exemplarLabels?: LabelValues<string>) => number {
    const startMs = performance.now();
    return (endLabels, endExemplarLabels) => {
      const value = (performance.now() - startMs) / 1000;
      const merged = Object.assign({}, labels, endLabels);
      if (this.enableExemplars) {
        const example = Object.assign({}, exemplarLabels, endExemplarLabels);
        this.observe({ labels: merged, value, exemplarLabels: example });
      } else {
        this.observe(merged, value);
      }
      return value;
    };
  }

  /** Makes the series of a label set, without observations; one that is there starts again. */
  zero(labels: LabelValues<T>): void {
    const series = this.store.at(labels);
    series.counts.fill(0);
    series.sum = 0;
    series.count = 0;
    series.exemplars?.fill(null);
    this.shared?.remove([series]);
    this.shared?.adopt(series);
  }

  /** The child of the given label values, in the order of the label names. */
  labels(...values: (string | number)[]): Histogram.Internal<T>;
  /** The child of the given labels. */
  labels(labels: LabelValues<T>): Histogram.Internal<T>;
  labels(...args: unknown[]): Histogram.Internal<T> {
    return new HistogramChild(this as Histogram<string>, this.knownLabels(args));
  }

  /** @internal */
  override values(): Value[] {
    const { name, upperBounds } = this;
    const values: Value[] = [];
    for (const { labels, counts, sum, count, exemplars } of this.store.all) {
      let cumulated = 0;
      for (let b = 0; b < counts.length; b++) {
        cumulated += counts[b];
        const le = b < upperBounds.length ? upperBounds[b] : "+Inf";
        values.push({
          value: cumulated,
          metricName: `${name}_bucket`,
          exemplar: copyOf(exemplars?.[b]),
          labels: { le, ...labels },
        });
      }
      values.push(
        { value: sum, metricName: `${name}_sum`, exemplar: undefined, labels: { ...labels } },
        { value: count, metricName: `${name}_count`, exemplar: undefined, labels: { ...labels } },
      );
    }
    return values;
  }

  /** @internal */
  override *lines(name: string): Iterable<Line> {
    const heads = [...this.upperBounds.map((bound) => `le="${bound}"`), 'le="+Inf"'];
    for (const { text, labels, counts, sum, count, exemplars } of this.store.all) {
      let value = 0;
      for (let b = 0; b < counts.length; b++) {
        value += counts[b];
        const exemplar = exemplars?.[b];
        yield { name: `${name}_bucket`, head: heads[b], tail: text, own: labels, value, exemplar };
      }
      yield { name: `${name}_sum`, head: "", tail: text, own: labels, value: sum };
      yield { name: `${name}_count`, head: "", tail: text, own: labels, value: count };
    }
  }

  /** @internal */
  override share(series: HistogramSeries, { slab }: SharedFamily): void {
    addToHistogram(slab, series.cell32, series.counts, series.sum);
  }
}

/** Types of what the class gives. */
export declare namespace Histogram {
  /** The child of one label set. */
  interface Internal<T extends string> {
    /** Observes a value. */
    observe(value: number): void;
    /** Starts to measure; the function that it gives observes the elapsed seconds. */
    startTimer(): (labels?: LabelValues<T>) => number;
  }

  /** Options of a histogram besides the common ones. */
  interface Config {
    /** Upper bounds. */
    buckets?: number[];
  }
}

function observeIn(histogram: Histogram<string>, series: HistogramSeries, value: number): number {
  const { bounds } = histogram;
  let bucket = 0;
  while (bucket < bounds.length && !(value <= bounds[bucket])) bucket++;
  series.counts[bucket]++;
  series.sum += value;
  series.count++;
  if (series.cell32 >= 0) observeHistogram(histogram.shared!.slab, series.cell32, bounds, value);
  else histogram.shared?.adopt(series);
  return bucket;
}

/**
 * Cumulative counts need ascending bounds, and the last one is always +Inf. Text that reads as a number is one, as it is
 * for prom-client. No observation is in a bucket up to -Infinity, so there is none.
 */
function boundsOf(given: readonly unknown[]): number[] {
  return [...new Set([...given].map(Number))].filter(Number.isFinite).sort((a, b) => a - b);
}

function copyOf(exemplar: Exemplar | null | undefined): Exemplar | null {
  return exemplar ? { ...exemplar } : null;
}
