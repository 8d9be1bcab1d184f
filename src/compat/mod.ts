/**
 * prom-client's interface over promslab: the same names, options, defaults, messages and text, and values that any
 * thread can read. Change the import line.
 *
 * @example The same program
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import * as client from "promslab/compat";
 *
 * const registry = new client.Registry();
 * const calls = new client.Counter({
 *   name: "calls_total",
 *   help: "Calls.",
 *   labelNames: ["method"],
 *   registers: [registry],
 * });
 * calls.inc({ method: "GET" });
 * assertEquals(
 *   await registry.metrics(),
 *   '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{method="GET"} 1\n',
 * );
 * ```
 *
 * @module
 */
// CONTROL PLANE
import { aggregators } from "./aggregators.ts";
import { exponentialBuckets, linearBuckets } from "./buckets.ts";
import { ClusterRegistry } from "./cluster_registry.ts";
import { Counter } from "./counter.ts";
import { type CollectDefaultMetrics, collectDefaultMetrics } from "./default_metrics.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import { Pushgateway } from "./pushgateway.ts";
import { globalRegistry, Registry } from "./registry.ts";
import { Summary } from "./summary.ts";
import type { OpenMetricsContentType, PrometheusContentType, RegistryContentType } from "./types.ts";
import { validateMetricName } from "./validation.ts";
import { WorkerRegistry } from "./worker_registry.ts";

export type { AggregatorFunction, MetricJson } from "./aggregators.ts";
export type { PushAnswer } from "./pushgateway.ts";
export type { DefaultMetricsCollectorConfiguration } from "./default_metrics_config.ts";
export type { CounterConfiguration, IncreaseDataWithExemplar } from "./counter.ts";
export type { GaugeConfiguration } from "./gauge.ts";
export type { HistogramConfiguration, ObserveDataWithExemplar } from "./histogram.ts";
export type { AnyMetric as Metric } from "./registry.ts";
export type { SummaryConfiguration } from "./summary.ts";
export type { Exemplar } from "./exemplar.ts";
export type { MetricBase } from "./metric.ts";
export type * from "./types.ts";
export type { GivenLabels } from "./validation.ts";
export type { Value } from "./values.ts";
export {
  aggregators,
  ClusterRegistry,
  /** @deprecated The older name of {@linkcode ClusterRegistry}. */
  ClusterRegistry as AggregatorRegistry,
  type CollectDefaultMetrics,
  collectDefaultMetrics,
  Counter,
  exponentialBuckets,
  Gauge,
  globalRegistry as register,
  Histogram,
  linearBuckets,
  Pushgateway,
  Registry,
  Summary,
  validateMetricName,
  WorkerRegistry,
};

/**
 * The content type of the text format.
 *
 * @example What a response says it is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { prometheusContentType } from "promslab/compat";
 *
 * assertEquals(prometheusContentType.startsWith("text/plain; version=0.0.4"), true);
 * ```
 */
export const prometheusContentType: PrometheusContentType = Registry.PROMETHEUS_CONTENT_TYPE;
/**
 * The content type of OpenMetrics.
 *
 * @example What a response says it is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openMetricsContentType } from "promslab/compat";
 *
 * assertEquals(openMetricsContentType.startsWith("application/openmetrics-text"), true);
 * ```
 */
export const openMetricsContentType: OpenMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE;
/**
 * The content type of a new registry; the default export's property of this name follows the global registry.
 *
 * @example What a response says it is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { contentType, prometheusContentType } from "promslab/compat";
 *
 * assertEquals(contentType, prometheusContentType);
 * ```
 */
export const contentType: RegistryContentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** The type of the default export. */
export type Client = {
  readonly register: Registry;
  readonly Registry: typeof Registry;
  /** The global registry's content type; it can be set. */
  contentType: RegistryContentType;
  readonly prometheusContentType: PrometheusContentType;
  readonly openMetricsContentType: OpenMetricsContentType;
  readonly validateMetricName: typeof validateMetricName;
  readonly Counter: typeof Counter;
  readonly Gauge: typeof Gauge;
  readonly Histogram: typeof Histogram;
  readonly Summary: typeof Summary;
  readonly Pushgateway: typeof Pushgateway;
  readonly linearBuckets: typeof linearBuckets;
  readonly exponentialBuckets: typeof exponentialBuckets;
  readonly collectDefaultMetrics: CollectDefaultMetrics;
  readonly aggregators: typeof aggregators;
  readonly ClusterRegistry: typeof ClusterRegistry;
  readonly WorkerRegistry: typeof WorkerRegistry;
  /** @deprecated The older name of {@linkcode ClusterRegistry}. */
  readonly AggregatorRegistry: typeof ClusterRegistry;
};

/**
 * All of it as one object, which is what `require()` gives.
 *
 * @example As `require()` gives it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import client, { Counter } from "promslab/compat";
 *
 * assertEquals(client.Counter, Counter);
 * ```
 */
const client: Client = {
  register: globalRegistry,
  Registry,
  contentType,
  prometheusContentType,
  openMetricsContentType,
  validateMetricName,
  Counter,
  Gauge,
  Histogram,
  Summary,
  Pushgateway,
  linearBuckets,
  exponentialBuckets,
  collectDefaultMetrics,
  aggregators,
  ClusterRegistry,
  WorkerRegistry,
  AggregatorRegistry: ClusterRegistry,
};
// WHY: a bundle in which two classes have one name gives one of them another.
for (const [name, value] of Object.entries(client)) {
  if (typeof value === "function" && name !== "AggregatorRegistry") {
    Object.defineProperty(value, "name", { value: name });
  }
}
Object.defineProperty(client, "contentType", {
  configurable: false,
  enumerable: true,
  get: () => globalRegistry.contentType,
  set: (value: RegistryContentType) => globalRegistry.setContentType(value),
});

export default client;
