/**
 * The part of prom-client's interface that the benches use. promslab, prom-client, its official successor
 * and its fork all have it, so they are all measured by the same loops.
 *
 * @module
 */

/** Label values by name. */
export type Labels = Record<string, string>;

/** How a metric is defined. */
export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly buckets?: number[];
  readonly percentiles?: number[];
  /** Only promslab bounds the number of series, unless told otherwise. */
  readonly maxSeries?: number;
}

/** A counter and one of its series. */
export interface CounterApi extends CounterSeries {
  inc(labels: Labels, value?: number): void;
  inc(value?: number): void;
  labels(...values: string[]): CounterSeries;
}
/** One series of a counter. */
export interface CounterSeries {
  inc(value?: number): void;
}

/** A gauge. */
export interface GaugeApi {
  inc(value?: number): void;
  set(value: number): void;
  set(labels: Labels, value: number): void;
  labels(...values: string[]): GaugeSeries;
}
/** One series of a gauge. */
export interface GaugeSeries {
  inc(): void;
  set(value: number): void;
}

/** A histogram or a summary. */
export interface ObserverApi {
  observe(value: number): void;
  observe(labels: Labels, value: number): void;
  labels(...values: string[]): ObserverSeries;
}
/** One series of a histogram or a summary. */
export interface ObserverSeries {
  observe(value: number): void;
  startTimer(): () => unknown;
}

/** What an adapter offers. Each metric goes to the adapter's one registry. */
export interface Library {
  readonly name: string;
  readonly version: string;
  counter(options: MetricOptions): CounterApi;
  gauge(options: MetricOptions): GaugeApi;
  histogram(options: MetricOptions): ObserverApi;
  /** Undefined where the library has none. */
  summary?(options: MetricOptions): ObserverApi;
  /** A histogram with native buckets that grow by at most a tenth; undefined where the library has none. */
  nativeHistogram?(options: MetricOptions): ObserverApi;
  /** The whole exposition in Prometheus' text format, in the form that the library hands to a response. */
  scrape(): Body | Promise<Body>;
}

/** An exposition: text, or bytes in chunks. */
export type Body = string | readonly Uint8Array[];

/** The exposition as text. */
export function bodyText(body: Body): string {
  if (typeof body === "string") return body;
  const decoder = new TextDecoder();
  return body.map((chunk) => decoder.decode(chunk, { stream: true })).join("") +
    decoder.decode();
}
