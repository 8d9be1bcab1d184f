/**
 * Gauges.
 *
 * @module
 */
// DATA PLANE
import { format } from "../host/inspect.ts";
import { addToGauge, setGauge } from "../slab/gauge_cell.ts";
import { MetricBase } from "./metric.ts";
import { BoundSeries, Series, SeriesStore } from "./series_store.ts";
import type { SharedFamily } from "./shared_family.ts";
import { startTimer } from "./timer.ts";
import type { CollectFunction, LabelValues, MetricConfiguration } from "./types.ts";
import type { Line, Value } from "./values.ts";
import { type GivenLabels, isObject } from "./validation.ts";

/** Options of a gauge. */
export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  /** Sets the metric when it is about to be read. */
  collect?: CollectFunction<Gauge<T>>;
}

class GaugeSeries extends Series {
  value = 0;
}

/** One series of a gauge. */
class GaugeChild extends BoundSeries<GaugeSeries> {
  readonly #gauge: Gauge<string>;

  constructor(gauge: Gauge<string>, labels: GivenLabels) {
    super(gauge.store, labels);
    this.#gauge = gauge;
  }

  /** Adds to the series; default 1. */
  inc(value: number = 1): void {
    const delta = checkDelta(value);
    addTo(this.#gauge, this.series, delta);
  }

  /** Subtracts from the series; default 1. */
  dec(value: number = 1): void {
    const delta = -checkDelta(value);
    addTo(this.#gauge, this.series, delta);
  }

  /** Sets the series. */
  set(value: number): void {
    checkValue(value);
    setTo(this.#gauge, this.series, value);
  }

  /** Sets the series to the seconds since the Unix epoch. */
  setToCurrentTime(): void {
    this.set(Date.now() / 1000);
  }

  /** Starts to measure; the function that it gives sets the series to the elapsed seconds. */
  startTimer(): (labels?: LabelValues<string>) => number {
    return this.#gauge.startTimer(this.labelSet as LabelValues<string>);
  }
}

/**
 * A value that goes up and down.
 *
 * @example A gauge that is set
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Gauge, Registry } from "promslab/compat";
 *
 * const length = new Gauge({ name: "queue_length", help: "Jobs that wait.", registers: [new Registry()] });
 * length.set(4);
 * length.dec();
 * assertEquals((await length.get()).values[0].value, 3);
 * ```
 */
export class Gauge<T extends string = string> extends MetricBase<T> {
  /** The kind of metric. */
  override readonly type = "gauge" as const;
  /** @internal */
  override readonly store: SeriesStore<GaugeSeries>;

  /**
   * Defines the metric.
   *
   * @throws {Error | TypeError} If an option is missing or invalid, or the name is taken
   */
  constructor(configuration: GaugeConfiguration<T>) {
    super(configuration);
    this.store = new SeriesStore(this.labelNames, (labels) => new GaugeSeries(labels));
    this.start();
  }

  /**
   * Sets one series.
   *
   * @throws {TypeError | Error} If the value is no number, or a label is unknown
   */
  set(labels: LabelValues<T>, value: number): void;
  /** Sets the series without labels. */
  set(value: number): void;
  set(first: unknown, second?: unknown): void {
    const labelled = isObject(first);
    const value = labelled ? second : first;
    checkValue(value);
    setTo(this, labelled ? this.store.at(first) : this.store.unlabelled(), value);
  }

  /**
   * Adds to one series; default 1.
   *
   * @throws {TypeError | Error} If the value is no number, or a label is unknown
   */
  inc(labels: LabelValues<T>, value?: number): void;
  /** Adds to the series without labels; default 1. */
  inc(value?: number): void;
  inc(first?: unknown, second?: unknown): void {
    const labelled = isObject(first);
    const delta = checkDelta((labelled ? second : first) ?? 1);
    addTo(this, labelled ? this.store.at(first) : this.store.unlabelled(), delta);
  }

  /**
   * Subtracts from one series; default 1.
   *
   * @throws {TypeError | Error} If the value is no number, or a label is unknown
   */
  dec(labels: LabelValues<T>, value?: number): void;
  /** Subtracts from the series without labels; default 1. */
  dec(value?: number): void;
  dec(first?: unknown, second?: unknown): void {
    const labelled = isObject(first);
    const delta = -checkDelta((labelled ? second : first) ?? 1);
    addTo(this, labelled ? this.store.at(first) : this.store.unlabelled(), delta);
  }

  /** Sets one series, or the one without labels, to the seconds since the Unix epoch. */
  setToCurrentTime(labels?: LabelValues<T>): void {
    const now = Date.now() / 1000;
    if (labels === undefined) this.set(now);
    else this.set(labels, now);
  }

  /**
   * Starts to measure.
   *
   * @returns sets the series of both label sets together to the elapsed seconds, and returns them
   */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    return startTimer(labels, (merged, seconds) => this.set(merged, seconds));
  }

  /** The child of the given label values, in the order of the label names. */
  labels(...values: (string | number)[]): Gauge.Internal<T>;
  /** The child of the given labels. */
  labels(labels: LabelValues<T>): Gauge.Internal<T>;
  labels(...args: unknown[]): Gauge.Internal<T> {
    return new GaugeChild(this as Gauge<string>, this.knownLabels(args));
  }

  /** @internal */
  override values(): Value[] {
    return Array.from(this.store.all, ({ value, labels }) => ({ value, labels: { ...labels } }));
  }

  /** @internal */
  override *lines(name: string): Iterable<Line> {
    for (const { text, labels, value } of this.store.all) {
      yield { name, head: text, tail: "", own: labels, value };
    }
  }

  /** @internal */
  override share(series: GaugeSeries, { slab }: SharedFamily): void {
    setGauge(slab, series.cell32, series.value);
  }
}

/** Types of what the class gives. */
export declare namespace Gauge {
  /** The child of one label set. */
  interface Internal<T extends string> {
    /** Adds to the series; default 1. */
    inc(value?: number): void;
    /** Subtracts from the series; default 1. */
    dec(value?: number): void;
    /** Sets the series. */
    set(value: number): void;
    /** Sets the series to the seconds since the Unix epoch. */
    setToCurrentTime(): void;
    /** Starts to measure; the function that it gives sets the series to the elapsed seconds. */
    startTimer(): (labels?: LabelValues<T>) => number;
  }
}

function setTo(gauge: Gauge<string>, series: GaugeSeries, value: number): void {
  series.value = value;
  if (series.cell32 >= 0) setGauge(gauge.shared!.slab, series.cell32, value);
  else gauge.shared?.adopt(series);
}

function addTo(gauge: Gauge<string>, series: GaugeSeries, delta: number): void {
  series.value += delta;
  if (series.cell32 >= 0) addToGauge(gauge.shared!.slab, series.cell32, delta);
  else gauge.shared?.adopt(series);
}

function checkValue(value: unknown): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`Value is not a valid number: ${format(value)}`);
}

function checkDelta(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`Delta is not a valid number: ${format(value)}`);
  return value;
}
