/** Every wrong call gives the error class and message that it gives in @prometheus-io/client. */
import { assertEquals } from "@std/assert";
import { type AnyClient, CLIENTS, outcomeOf } from "../../_support/clients.ts";

const base = { name: "a", help: "h", registers: [] };
const labelled = { ...base, labelNames: ["method", "endpoint"] };

const WRONG: Record<string, (client: AnyClient) => unknown> = {
  "no configuration": (client) => new client.Counter(),
  "no help": (client) => new client.Counter({ name: "a" }),
  "no name": (client) => new client.Gauge({ help: "h" }),
  "invalid name": (client) => new client.Counter({ ...base, name: "a b" }),
  "invalid labels": (client) => new client.Counter({ ...base, labelNames: ["a-b", "c d", "ok"] }),
  "collect is no function": (client) => new client.Gauge({ ...base, collect: 5 }),
  "label le": (client) => new client.Histogram({ ...base, labelNames: ["le"] }),
  "label quantile": (client) => new client.Summary({ ...base, labelNames: ["quantile"] }),
  "exemplars in a text registry": (client) =>
    new client.Counter({ ...base, enableExemplars: true, registers: [new client.Registry()] }),
  "exemplar labels too long": (client) =>
    new client.Counter({ ...base, enableExemplars: true }).inc({ exemplarLabels: { a: "x".repeat(128) } }),
  "counter goes down": (client) => new client.Counter(base).inc(-1),
  "counter child goes down": (client) => new client.Counter(labelled).labels("a", "b").inc(-1),
  "counter takes a string": (client) => new client.Counter(base).inc("3ms"),
  "counter takes an object": (client) => new client.Counter(base).inc({}, {}),
  "counter takes Infinity": (client) => new client.Counter(base).inc(Infinity),
  "gauge inc takes a string": (client) => new client.Gauge(base).inc("5"),
  "gauge set takes a string": (client) => new client.Gauge(base).set("5"),
  "gauge set takes labels only": (client) => new client.Gauge(base).set({}),
  "gauge set takes nothing": (client) => new client.Gauge(base).set(),
  "gauge child set takes nothing": (client) => new client.Gauge(labelled).labels("a", "b").set(),
  "histogram takes a string": (client) => new client.Histogram(base).observe("5"),
  "histogram takes NaN": (client) => new client.Histogram(base).observe(NaN),
  "histogram takes Infinity": (client) => new client.Histogram(base).observe(Infinity),
  "histogram takes nothing": (client) => new client.Histogram(base).observe(),
  "histogram takes labels only": (client) => new client.Histogram(labelled).observe({ method: 1 }),
  "histogram child takes a string": (client) => new client.Histogram(labelled).labels("a", "b").observe("y"),
  "summary takes NaN": (client) => new client.Summary(base).observe(NaN),
  "summary takes nothing": (client) => new client.Summary(base).observe(),
  "summary takes labels only": (client) => new client.Summary(labelled).observe({ method: 1 }),
  "unknown label": (client) => new client.Counter({ ...base, labelNames: ["b", "a"] }).inc({ z: 1 }),
  "unknown label without labels": (client) => new client.Gauge(base).set({ z: 1 }, 2),
  "unknown label among many": (client) =>
    new client.Gauge({ ...base, labelNames: [..."abcdefgh"] }).labels({ z: 1 }),
  "unknown label to remove": (client) => new client.Counter(labelled).remove({ z: 1 }),
  "unknown label of a summary": (client) => new client.Summary(labelled).observe({ z: 1 }, 5),
  "unknown label at a timer's end": (client) => new client.Histogram(labelled).startTimer()({ z: 1 }),
  "too few label values": (client) => new client.Counter(labelled).labels("GET"),
  "no label values": (client) => new client.Counter(labelled).labels(),
  "too many label values": (client) => new client.Gauge(labelled).remove("a", "b", "c"),
  "name taken": (client) => {
    const registers = [new client.Registry()];
    new client.Counter({ ...base, registers });
    new client.Gauge({ ...base, registers });
  },
  "content type of a registry": (client) => new client.Registry("x"),
  "content type to set": (client) => new client.Registry().setContentType("x"),
  "merge of two formats": (client) =>
    client.Registry.merge([new client.Registry(), new client.Registry(client.openMetricsContentType)]),
  "no such aggregator": (client) =>
    client.Registry.aggregate([[{ name: "a", help: "h", type: "gauge", aggregator: "zz", values: [] }]]),
  "setRegistries of the cluster": (client) => client.AggregatorRegistry.setRegistries([{}]),
  "setRegistries of the threads": (client) => client.WorkerRegistry.setRegistries("x"),
  "collectDefaultMetrics": (client) => client.collectDefaultMetrics(1),
  "linearBuckets": (client) => client.linearBuckets(1, 1, 0),
  "exponentialBuckets from 0": (client) => client.exponentialBuckets(0, 2, 3),
  "exponentialBuckets without count": (client) => client.exponentialBuckets(1, 2, 0),
  "exponentialBuckets with factor 1": (client) => client.exponentialBuckets(1, 1, 3),
  "push without job": (client) => new client.Pushgateway("http://127.0.0.1:1").push(),
  "pushAdd without job": (client) => new client.Pushgateway("http://127.0.0.1:1").pushAdd({}),
  "delete without job": (client) => new client.Pushgateway("http://127.0.0.1:1").delete({}),
};

for (const [name, call] of Object.entries(WRONG)) {
  Deno.test(`compat refuses: ${name}`, async () => {
    const wanted = await outcomeOf(() => call(CLIENTS.successor));
    assertEquals(typeof wanted, "string", "the original throws");
    assertEquals(await outcomeOf(() => call(CLIENTS.ours)), wanted);
  });
}
