/**
 * What prom-client's successor added to its declarations. It is checked against them and ours.
 *
 * @module
 */
import * as client from "client-under-test";

const registry: client.Registry = new client.Registry(client.Registry.OPENMETRICS_CONTENT_TYPE);
const plain = new client.Counter({ name: "a", help: "h" });
plain.inc(2);

/** Values by their exported types. */
export async function read(): Promise<client.MetricValue<string>[]> {
  const metrics: client.MetricObjectWithValues<client.MetricValue<string>>[] = await registry
    .getMetricsAsJSON("sum");
  const objects: client.MetricObject[] = registry.getMetricsAsArray("sum");
  const kinds: client.MetricType[] = objects.map(({ type }) => type);
  const named: client.MetricValueWithName<string> = { value: 1, labels: {}, metricName: "x" };
  const aggregated = client.Registry.aggregate([metrics]);
  return [...metrics.flatMap(({ values }) => values), named, { value: kinds.length, labels: {} }].concat(
    (await aggregated.getMetricsAsJSON()).flatMap(({ values }) => values),
  );
}

const workers = new client.WorkerRegistry();
client.WorkerRegistry.setRegistries([registry]);
/** Aggregates and ends. */
export async function aggregate(): Promise<string> {
  const text: string = await workers.workerMetrics();
  await workers.shutdown();
  const cluster = new client.ClusterRegistry();
  client.ClusterRegistry.setRegistries(registry);
  return text + await cluster.clusterMetrics();
}

client.collectDefaultMetrics({
  eventLoopUtilizationTimeout: 100,
  eventLoopUtilizationBuckets: [1],
  eventLoopUtilizationPercentiles: [0.5],
  eventLoopUtilizationAgeBuckets: 5,
  eventLoopUtilizationMaxAgeSeconds: 60,
});

/** A gateway whose second argument is the registry. */
export const gateway = new client.Pushgateway("http://127.0.0.1:9091", registry);
/** One with options of ours and of Node. */
export const options: client.Pushgateway.Options = { requireJobName: false, timeout: 5 };
