/**
 * Summaries.
 *
 * @module
 */
// DATA PLANE
import { addToSketch } from "../slab/sketch.ts";
import { addToTotals } from "../slab/summary_cell.ts";
import { MetricBase } from "./metric.ts";
import { BoundSeries, Series, type SeriesLabels, SeriesStore } from "./series_store.ts";
import type { SharedFamily } from "./shared_family.ts";
import { pairText } from "./text.ts";
import { TimeWindow } from "./time_window.ts";
import { startTimer } from "./timer.ts";
import type { CollectFunction, LabelValues, MetricConfiguration } from "./types.ts";
import type { Line, Value } from "./values.ts";
import { checkObservation, type GivenLabels } from "./validation.ts";

/** Options of a summary. */
export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Default 0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999. */
  percentiles?: readonly number[];
  /** With `ageBuckets`: how far back the percentiles look. Default: for ever. */
  maxAgeSeconds?: number;
  /** In how many steps the window moves on. */
  ageBuckets?: number;
  /** Whether a series without recent observations is dropped. Default false: its percentiles are 0. */
  pruneAgedBuckets?: boolean;
  /** After how many observations the percentiles' memory is compressed. Default 1000. */
  compressCount?: number;
  /** Sets the metric when it is about to be read. */
  collect?: CollectFunction<Summary<T>>;
}

class SummarySeries extends Series {
  readonly window: TimeWindow;
  sum = 0;
  count = 0;

  constructor(labels: SeriesLabels, window: TimeWindow) {
    super(labels);
    this.window = window;
  }
}

/** One series of a summary. */
class SummaryChild extends BoundSeries<SummarySeries> {
  readonly #summary: Summary<string>;

  constructor(summary: Summary<string>, labels: GivenLabels) {
    super(summary.store, labels);
    this.#summary = summary;
  }

  /** Observes a value. */
  observe(value: number): void {
    checkObservation(value);
    observeIn(this.#summary, this.series, value);
  }

  /** Starts to measure; the function that it gives observes the elapsed seconds. */
  startTimer(): (labels?: LabelValues<string>) => number {
    return this.#summary.startTimer(this.labelSet as LabelValues<string>);
  }
}

const DEFAULT_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];
const DEFAULT_COMPRESS_COUNT = 1000;

/**
 * Sums up observations and tells their percentiles.
 *
 * @example Quantiles of sizes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Registry, Summary } from "promslab/compat";
 *
 * const register = new Registry();
 * const sizes = new Summary({ name: "job_bytes", help: "Size of jobs.", percentiles: [0.5], registers: [register] });
 * sizes.observe(512);
 * assertEquals((await register.metrics()).includes("job_bytes_count 1"), true);
 * ```
 */
export class Summary<T extends string = string> extends MetricBase<T> {
  /** The kind of metric. */
  override readonly type = "summary" as const;
  /** Which quantiles are shown. */
  declare percentiles: readonly number[];
  /** The length of the window. */
  declare maxAgeSeconds: number | undefined;
  /** In how many steps the window moves. */
  declare ageBuckets: number | undefined;
  /** Whether series without recent observations are dropped. */
  declare pruneAgedBuckets: boolean | undefined;
  /** After how many observations the memory of the percentiles is compressed. */
  declare compressCount: number;
  /** @internal */
  override readonly store: SeriesStore<SummarySeries>;

  /**
   * Defines the metric.
   *
   * @throws {Error | TypeError} If an option is missing or invalid, or the name is taken
   */
  constructor(configuration: SummaryConfiguration<T>) {
    super(configuration, { percentiles: DEFAULT_PERCENTILES, compressCount: DEFAULT_COMPRESS_COUNT });
    // WHY: prom-client's scrapes all fail where an option is given as undefined.
    this.percentiles ??= DEFAULT_PERCENTILES;
    this.compressCount ??= DEFAULT_COMPRESS_COUNT;
    if (this.labelNames.includes("quantile" as T)) throw new Error("quantile is a reserved label keyword");
    this.store = new SeriesStore(
      this.labelNames,
      (labels) => new SummarySeries(labels, new TimeWindow(this.maxAgeSeconds, this.ageBuckets)),
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
  observe(first?: unknown, second?: unknown): void {
    const given = first === 0 ? 0 : first || {};
    const value = second === undefined ? given : second;
    const labels = second === undefined ? {} : given as GivenLabels;
    if (typeof given === "object") this.store.validate(given as GivenLabels);
    checkObservation(value);
    observeIn(this, this.store.at(labels), value);
  }

  /**
   * Starts to measure.
   *
   * @returns observes the elapsed seconds in the series of both label sets together, and returns them
   */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    return startTimer(labels, (merged, seconds) => this.observe(merged, seconds));
  }

  /** The child of the given label values, in the order of the label names. */
  labels(...values: (string | number)[]): Summary.Internal<T>;
  /** The child of the given labels. */
  labels(labels: LabelValues<T>): Summary.Internal<T>;
  labels(...args: unknown[]): Summary.Internal<T> {
    return new SummaryChild(this as Summary<string>, this.knownLabels(args));
  }

  /** Forgets all observations; the series stay. */
  override reset(): void {
    this.shared?.remove(this.store.all);
    for (const series of this.store.all) {
      series.window.reset();
      series.sum = 0;
      series.count = 0;
      this.shared?.adopt(series);
    }
  }

  /** @internal */
  override values(): Value[] {
    const values: Value[] = [];
    for (const { labels, window, sum, count } of this.#exposed()) {
      for (const quantile of this.percentiles) {
        values.push({ labels: { quantile, ...labels }, value: window.quantile(quantile) || 0 });
      }
      values.push(
        { metricName: `${this.name}_sum`, labels: { ...labels }, value: sum },
        { metricName: `${this.name}_count`, labels: { ...labels }, value: count },
      );
    }
    return values;
  }

  /** @internal */
  override *lines(name: string): Iterable<Line> {
    const heads = this.percentiles.map((quantile) => pairText("quantile", quantile));
    for (const { labels, text, window, sum, count } of this.#exposed()) {
      const behind = text === "" ? "" : `,${text}`;
      for (let q = 0; q < heads.length; q++) {
        const value = window.quantile(this.percentiles[q]) || 0;
        yield { name, head: heads[q] + behind, tail: "", own: labels, value };
      }
      yield { name: `${name}_sum`, head: text, tail: "", own: labels, value: sum };
      yield { name: `${name}_count`, head: text, tail: "", own: labels, value: count };
    }
  }

  /** The series to be shown; those without recent observations are dropped if that is wanted. */
  #exposed(): SummarySeries[] {
    const exposed: SummarySeries[] = [];
    for (const series of [...this.store.all]) {
      if (this.pruneAgedBuckets && series.window.count === 0) {
        this.store.remove(series.labels);
        this.shared?.remove([series]);
      } else exposed.push(series);
    }
    return exposed;
  }

  /** @internal */
  override share({ cell32, window, sum, count }: SummarySeries, { slab, sketch }: SharedFamily): void {
    if (count === 0) return;
    addToTotals(slab, cell32, sum, count);
    if (!sketch!.hasSketch) return;
    const slot = sketch!.slotOf(Date.now());
    window.forEach((value, weight) => {
      for (let n = 0; n < weight; n++) addToSketch(slab, cell32, sketch!, value, slot);
    });
  }
}

/** Types of what the class gives. */
export declare namespace Summary {
  /** The child of one label set. */
  interface Internal<T extends string> {
    /** Observes a value. */
    observe(value: number): void;
    /** Starts to measure; the function that it gives observes the elapsed seconds. */
    startTimer(): (labels?: LabelValues<T>) => number;
  }

  /** Options of a summary besides the common ones. */
  interface Config {
    /** Which quantiles are shown, each from 0 to 1. */
    percentiles?: number[];
  }
}

function observeIn(summary: Summary<string>, series: SummarySeries, value: number): void {
  series.window.push(value);
  series.sum += value;
  series.count++;
  if (series.count % summary.compressCount === 0) series.window.compress();
  const { shared } = summary;
  if (series.cell32 < 0) {
    shared?.adopt(series);
    return;
  }
  const { slab, sketch } = shared!;
  if (sketch!.hasSketch) {
    addToSketch(slab, series.cell32, sketch!, value, sketch!.hasWindow ? sketch!.slotOf(Date.now()) : 0);
  }
  addToTotals(slab, series.cell32, value);
}
