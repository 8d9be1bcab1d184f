/**
 * What programs write against prom-client's declarations. It is checked against those of prom-client, of its successor
 * and ours: what theirs accept, ours must accept.
 *
 * @module
 */
import * as client from "client-under-test";
import { Counter, Gauge, Histogram, register, Registry, Summary } from "client-under-test";

const counter: Counter<"method" | "code"> = new Counter({
  name: "a",
  help: "h",
  labelNames: ["method", "code"],
  registers: [register],
  aggregator: "max",
  collect() {
    this.inc({ method: "x" });
  },
});
counter.inc();
counter.inc(2);
counter.inc({ method: "GET", code: 200 });
counter.inc({ method: "GET" }, 3);
counter.inc({ labels: { method: "x" }, value: 2, exemplarLabels: { code: "y" } });
counter.labels("GET", "200").inc(2);
counter.labels({ method: "GET" }).inc();
counter.remove("GET", "200");
counter.remove({ method: "GET" });
counter.reset();

const constant = new client.Counter({ name: "b", help: "h", labelNames: ["x"] as const });
constant.inc({ x: 1 });
// @ts-expect-error A label name that is not there.
constant.inc({ y: 1 });

const gauge = new Gauge<"x">({
  name: "c",
  help: "h",
  labelNames: ["x"],
  registers: [new Registry()],
  async collect() {
    await Promise.resolve();
    this.set({ x: "y" }, 1);
  },
});
gauge.set({ x: "1" }, 2);
gauge.inc({ x: 1 });
gauge.dec({ x: 1 }, 2);
gauge.setToCurrentTime({ x: 1 });
gauge.setToCurrentTime();
const gaugeSeconds: number = gauge.startTimer({ x: 1 })({ x: 2 });
gauge.labels("1").set(gaugeSeconds);
gauge.labels({ x: 1 }).startTimer()();

const histogram = new Histogram({ name: "d", help: "h", labelNames: ["x"], buckets: [1, 2, 3] });
histogram.observe({ x: 1 }, 2);
histogram.observe({ value: 1, labels: { x: 1 }, exemplarLabels: { x: "t" } });
histogram.zero({ x: 1 });
histogram.labels("1").observe(2);
const end: (labels?: Partial<Record<"x", string | number>>) => number = histogram.startTimer({ x: 1 });
end({ x: 2 });
histogram.startTimer({ x: 1 }, { x: "exemplar" })({ x: 1 }, { x: "exemplar" });

const summary = new Summary({
  name: "e",
  help: "h",
  labelNames: ["x"],
  percentiles: [0.5],
  maxAgeSeconds: 60,
  ageBuckets: 5,
  pruneAgedBuckets: true,
  compressCount: 100,
});
summary.observe({ x: 1 }, 2);
summary.labels({ x: 1 }).observe(1);
const summarySeconds: number = summary.startTimer()();

/** Values read back. */
export async function read(): Promise<unknown> {
  const { values, name, help, type } = await counter.get();
  const first: number = values[0].value;
  const labels: Partial<Record<"method" | "code", string | number>> = values[0].labels;
  const metricName: string | undefined = (await histogram.get()).values[0].metricName;
  const text: string = await register.metrics();
  const json = await register.getMetricsAsJSON();
  const names: string[] = json.map((metric) => metric.name);
  const single: string = await register.getSingleMetricAsString("a");
  const found = register.getSingleMetric("a");
  const all: string[] = register.getMetricsAsArray().map((metric) => metric.help);
  return [name, help, type, first, labels, metricName, text, names, single, found, all, summarySeconds];
}

register.registerMetric(counter);
register.setDefaultLabels({ app: "x" });
register.removeSingleMetric("a");
register.resetMetrics();
register.clear();
const merged: client.Registry = Registry.merge([register, new Registry()]);
merged.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
const contentTypes: string[] = [
  merged.contentType,
  client.contentType,
  client.prometheusContentType,
  client.openMetricsContentType,
  Registry.OPENMETRICS_CONTENT_TYPE,
];

client.collectDefaultMetrics();
client.collectDefaultMetrics({
  register,
  prefix: "p_",
  labels: { a: 1 },
  gcDurationBuckets: [1],
  eventLoopMonitoringPrecision: 5,
});
const parts: string[] = client.collectDefaultMetrics.metricsList;

const gateway = new client.Pushgateway("http://127.0.0.1:9091", { timeout: 5000 }, register);
/** Pushes. */
export async function push(): Promise<unknown> {
  const { resp, body } = await gateway.pushAdd({ jobName: "a", groupings: { b: "c" } });
  await gateway.push({ jobName: "a" });
  await gateway.delete({ jobName: "a" });
  return [resp, body];
}

const aggregator = new client.AggregatorRegistry();
client.AggregatorRegistry.setRegistries(register);
client.AggregatorRegistry.setRegistries([register]);
/** Aggregates. */
export const cluster = (): Promise<string> => aggregator.clusterMetrics();

const buckets: number[] = [...client.linearBuckets(0, 1, 2), ...client.exponentialBuckets(1, 2, 3)];
const valid: boolean = client.validateMetricName("a");

/** A function that takes any metric. */
export function describe(metric: client.Metric<string>): string {
  return metric instanceof client.Counter ? "counter" : "other";
}

/** Configurations and children as types. */
export interface Uses {
  counter: client.CounterConfiguration<string>;
  gauge: client.GaugeConfiguration<string>;
  histogram: client.HistogramConfiguration<string>;
  summary: client.SummaryConfiguration<string>;
  child: client.Counter.Internal;
  gaugeChild: client.Gauge.Internal<string>;
  histogramChild: client.Histogram.Internal<string>;
  summaryChild: client.Summary.Internal<string>;
  parameters: client.Pushgateway.Parameters;
  defaults: client.DefaultMetricsCollectorConfiguration<client.RegistryContentType>;
  aggregator: client.Aggregator;
  contentType: client.OpenMetricsContentType | client.PrometheusContentType;
  buckets: client.Histogram.Config;
}

/** So that nothing is unused. */
export const used: unknown[] = [contentTypes, parts, buckets, valid];
