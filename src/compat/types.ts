/**
 * The types that prom-client's declarations have, under its names.
 *
 * @module
 */
/** The character set of both formats. */
export type Charset = "utf-8";
/** The media type of the text format. */
export type PrometheusMIME = "text/plain";
/** The version of the text format. */
export type PrometheusMetricsVersion = "0.0.4";
/** The media type of OpenMetrics. */
export type OpenMetricsMIME = "application/openmetrics-text";
/** The version of OpenMetrics. */
export type OpenMetricsVersion = "1.0.0";
/** The content type of OpenMetrics. */
export type OpenMetricsContentType = `${OpenMetricsMIME}; version=${OpenMetricsVersion}; charset=${Charset}`;
/** The content type of the text format. */
export type PrometheusContentType =
  `${PrometheusMIME}; version=${PrometheusMetricsVersion}; charset=${Charset}`;
/** What a registry may write. */
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

/** How the values of several workers become one. */
export type Aggregator = "omit" | "sum" | "first" | "min" | "max" | "average";

/** The kinds of metrics. */
export type MetricType = "counter" | "gauge" | "histogram" | "summary";

/** Sets a metric when it is about to be read; `this` is the metric. */
export type CollectFunction<T> = (this: T) => void | Promise<void>;

/** Something that collects. */
export type Collector = () => void;

/** Label values by name; a name that is left out is a label that the series does not have. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

/** What all metrics tell about themselves. */
export interface MetricObject {
  /** The name. */
  name: string;
  /** What the metric means. */
  help: string;
  /** The kind of metric. */
  type: MetricType;
  /** How the values of several workers become one; default `sum`. */
  aggregator: Aggregator;
  /** Sets the metric when it is about to be read. */
  // deno-lint-ignore no-explicit-any
  collect: CollectFunction<any>;
}

/** A metric with its values. */
export interface MetricObjectWithValues<T extends MetricValue<string>> extends MetricObject {
  /** One for each sample. */
  values: T[];
}

/** One value. */
export interface MetricValue<T extends string> {
  /** The number. */
  value: number;
  /** Label values by name. */
  labels: LabelValues<T>;
}

/** One value of a metric that has several names: `x_bucket`, `x_sum`, `x_count`. */
export type MetricValueWithName<T extends string> = MetricValue<T> & { metricName?: string };

/** What a metric asks of the registries that it joins. */
export interface MetricRegistry {
  /** The format that it writes. */
  readonly contentType: string;
  /** Adds a metric. */
  registerMetric(metric: RegisteredMetric): void;
}

/** What a registry asks of a metric; anything that has it can be registered. */
export interface RegisteredMetric {
  /** The name. */
  name: string;
  /** What it is and has. */
  // deno-lint-ignore no-explicit-any
  get(): any;
}

/** Options of all metrics. */
export interface MetricConfiguration<T extends string> {
  /** The name. */
  name: string;
  /** What the metric means. */
  help: string;
  /** The names of its labels. */
  labelNames?: T[] | readonly T[];
  /** Default: the global registry; an empty array for none. */
  registers?: readonly MetricRegistry[];
  /** Default `sum`. */
  aggregator?: Aggregator;
  /** Sets the metric when it is about to be read. */
  // deno-lint-ignore no-explicit-any
  collect?: CollectFunction<any>;
  /** Default false; only for metrics of OpenMetrics registries. */
  enableExemplars?: boolean;
}
