/** The same calls to prom-client, its successor and our entry point must give the same text, objects and errors. */
import { assertEquals } from "@std/assert";
import { type AnyClient, CLIENTS, outcomeOf } from "../../_support/clients.ts";

interface Scenario {
  /** What is done with a client; what it returns is compared. */
  run(client: AnyClient): unknown;
  /** prom-client 15 does otherwise than its successor, which we follow. */
  readonly only16?: true;
}

function registryOf(client: AnyClient, fill: (registers: AnyClient[]) => void): AnyClient {
  const registry = new client.Registry();
  fill([registry]);
  return registry;
}

/** The text and the objects of a registry. */
async function both(registry: AnyClient): Promise<unknown> {
  return { text: await registry.metrics(), json: JSON.stringify(await registry.getMetricsAsJSON()) };
}

const AWKWARD = ['a"b', "a\\b", "a\nb", "", "p|q", "p,y:q", "ü", "😀", 7, 0, -0, true, null, undefined];

const SCENARIOS: Record<string, Scenario> = {
  "counters": {
    run: (client) =>
      both(registryOf(client, (registers) => {
        const options = { help: 'a "help" \\ with\na line feed', registers };
        const labelled = new client.Counter({ name: "k_total", labelNames: ["a", "b"], ...options });
        labelled.inc({ b: 1, a: "x" });
        labelled.inc({ a: "x", b: "1" }, 2.5);
        labelled.inc({ a: "y" }, 0);
        labelled.labels("m", 7).inc();
        labelled.labels({ a: "z" }).inc(3);
        labelled.inc({ a: "z" }, null);
        const plain = new client.Counter({ name: "plain", ...options });
        plain.inc();
        plain.inc(0.1);
        plain.inc(0.2);
        new client.Counter({ name: "untouched", labelNames: ["q"], ...options });
        new client.Counter({ name: "zero", ...options });
      })),
  },
  "gauges": {
    run: (client) =>
      both(registryOf(client, (registers) => {
        const plain = new client.Gauge({ name: "g", help: "h", registers });
        plain.set(5);
        plain.inc();
        plain.dec(2.5);
        const labelled = new client.Gauge({ name: "g2", help: "h", labelNames: ["x"], registers });
        labelled.set({ x: 1 }, NaN);
        labelled.set({ x: "i" }, -Infinity);
        labelled.set({ x: "j" }, Infinity);
        labelled.labels("l").inc(4);
        labelled.labels({ x: "m" }).dec();
        labelled.labels("n").set(1e21);
        labelled.labels("o").set(1e-7);
        labelled.remove("l");
        labelled.remove({ x: "absent" });
        labelled.set({}, 3);
      })),
  },
  "histograms": {
    run: (client) =>
      both(registryOf(client, (registers) => {
        const buckets = [0.1, 1, 10];
        const labelled = new client.Histogram({
          name: "h",
          help: "h",
          labelNames: ["x"],
          buckets,
          registers,
        });
        labelled.observe({ x: "a" }, 0.05);
        labelled.observe({ x: "a" }, 0.1);
        labelled.observe({ x: "a" }, 5);
        labelled.observe({ x: "b" }, 50);
        labelled.zero({ x: "c" });
        labelled.zero({ x: "b" });
        labelled.labels("d").observe(1);
        labelled.labels({ x: "e" }).observe(-1);
        labelled.remove("d");
        const plain = new client.Histogram({ name: "h0", help: "h", registers });
        plain.observe(0.3);
        plain.observe(3e7);
        plain.observe(null, 4);
      })),
  },
  "summaries": {
    run: (client) =>
      both(registryOf(client, (registers) => {
        const labelled = new client.Summary({ name: "s", help: "h", labelNames: ["x"], registers });
        for (let i = 0; i < 90; i++) labelled.observe({ x: "a" }, (i * 37) % 100);
        labelled.observe({ x: "b" }, 7);
        labelled.labels("c").observe(-3);
        labelled.labels("d").observe(1);
        labelled.remove("d");
        const percentiles = [0, 0.5, 0.9, 1];
        const few = new client.Summary({ name: "s0", help: "h", labelNames: ["x"], percentiles, registers });
        for (const value of [5, 1, 4, 1, 3]) few.observe({ x: 1 }, value);
        few.zero?.({ x: 2 });
      })),
  },
  "a summary without observations shows 0": {
    run: (client) =>
      registryOf(client, (registers) => new client.Summary({ name: "s", help: "h", registers })).metrics(),
  },
  "label values of all kinds": {
    run: (client) =>
      registryOf(client, (registers) => {
        const gauge = new client.Gauge({ name: "g", help: "h", labelNames: ["a", "b"], registers });
        AWKWARD.forEach((a, i) => gauge.set({ a, b: "b" }, i));
      }).metrics(),
    only16: true,
  },
  "default labels": {
    run: async (client) => {
      const registry = registryOf(client, (registers) => {
        new client.Counter({ name: "k_total", help: "h", labelNames: ["a"], registers }).inc({ a: "own" });
        new client.Counter({ name: "plain", help: "h", registers }).inc();
        const histogram = new client.Histogram({
          name: "h",
          help: "h",
          labelNames: ["method", "a"],
          buckets: [1],
          registers,
        });
        histogram.observe({ method: "GET", a: "own" }, 2);
        new client.Summary({ name: "s", help: "h", labelNames: ["a"], percentiles: [0.5], registers })
          .observe({ a: "own" }, 1);
      });
      registry.setDefaultLabels({ env: 'prod"', a: "default", x: 1 });
      const single = await registry.getSingleMetricAsString("h");
      const all = await both(registry);
      registry.clear();
      new client.Gauge({ name: "g", help: "h", registers: [registry] });
      return { single, all, cleared: await registry.metrics() };
    },
  },
  "collect functions": {
    run: (client) =>
      both(registryOf(client, (registers) => {
        const first = new client.Gauge({ name: "first", help: "h", registers });
        new client.Gauge({
          name: "sync",
          help: "h",
          registers,
          collect() {
            // deno-lint-ignore no-this-alias
            const gauge: AnyClient = this;
            gauge.set(9);
            first.set(8);
          },
        });
        new client.Counter({
          name: "async",
          help: "h",
          registers,
          async collect() {
            // deno-lint-ignore no-this-alias
            const counter: AnyClient = this;
            await Promise.resolve();
            counter.inc(7);
          },
        });
        const late = new client.Histogram({ name: "late", help: "h", buckets: [1], registers });
        late.collect = () => late.observe(3);
      })),
    only16: true,
  },
  "reset keeps what has no labels, drops what has": {
    run: (client) => {
      const registry = registryOf(client, (registers) => {
        new client.Counter({ name: "a", help: "h", registers }).inc(3);
        new client.Counter({ name: "b", help: "h", labelNames: ["x"], registers }).inc({ x: 1 });
        new client.Gauge({ name: "c", help: "h", registers }).set(3);
        new client.Histogram({ name: "d", help: "h", labelNames: ["x"], registers }).observe({ x: 1 }, 2);
        new client.Summary({ name: "e", help: "h", labelNames: ["x"], registers }).observe({ x: 1 }, 2);
      });
      registry.resetMetrics();
      return registry.metrics();
    },
  },
  "OpenMetrics with exemplars": {
    run: async (client) => {
      const registry = new client.Registry(client.Registry.OPENMETRICS_CONTENT_TYPE);
      const options = { help: "h", labelNames: ["a"], enableExemplars: true, registers: [registry] };
      const counter = new client.Counter({ name: "oc_total", ...options });
      counter.inc({ labels: { a: 1 }, value: 3, exemplarLabels: { trace: 't"' } });
      counter.inc({ labels: { a: 2 } });
      new client.Counter({ name: "without", help: "h", registers: [registry] }).inc();
      const histogram = new client.Histogram({ name: "oh", buckets: [1, 2], ...options });
      histogram.observe({ labels: { a: 1 }, value: 1.5, exemplarLabels: { trace: "u" } });
      histogram.observe({ labels: { a: 1 }, value: 0.5, exemplarLabels: {} });
      new client.Gauge({ name: "og", help: "h", registers: [registry] });
      const text = await registry.metrics();
      return text.replace(/ \d{10}(\.\d+)?$/gm, " NOW");
    },
  },
  "registries merge, aggregate and find": {
    run: async (client) => {
      const one = registryOf(client, (registers) => {
        new client.Counter({ name: "a", help: "h", labelNames: ["x"], registers }).inc({ x: 1 }, 2);
        new client.Gauge({ name: "m", help: "h", aggregator: "max", registers }).set(3);
        new client.Gauge({ name: "o", help: "h", aggregator: "omit", registers }).set(3);
      });
      const two = registryOf(client, (registers) => {
        new client.Counter({ name: "a", help: "h", labelNames: ["x"], registers }).inc({ x: 1 }, 5);
        new client.Gauge({ name: "m", help: "h", aggregator: "max", registers }).set(9);
        new client.Gauge({ name: "n", help: "h", aggregator: "average", registers }).set(9);
      });
      const three = registryOf(client, (registers) => {
        new client.Gauge({ name: "n", help: "h", aggregator: "average", registers }).set(4);
        new client.Histogram({ name: "h", help: "h", buckets: [1], registers }).observe(1);
      });
      const { Registry, AggregatorRegistry } = client;
      const json = await Promise.all([one, two, three].map((registry) => registry.getMetricsAsJSON()));
      const aggregate = Registry.aggregate ?? AggregatorRegistry.aggregate;
      one.removeSingleMetric("o");
      return {
        merged: await Registry.merge([one, three]).metrics(),
        duplicate: await outcomeOf(() => Registry.merge([one, two])),
        aggregated: await aggregate(json).metrics(),
        found: [one.getSingleMetric("a").name, one.getSingleMetric("absent")],
        removed: await outcomeOf(async () => (await one.metrics()).includes("# HELP o ")),
        array: one.getMetricsAsArray().map(({ name, type }: AnyClient) => [name, type]),
      };
    },
  },
  "metrics that are not ours": {
    run: async (client) => {
      const registry = new client.Registry();
      registry.registerMetric({
        name: "foreign",
        get: () => ({
          name: "foreign",
          type: "gauge",
          help: "h",
          values: [{ value: 1, labels: { a: "b" } }, { value: 2, labels: {}, metricName: "other" }],
        }),
      });
      registry.setDefaultLabels({ d: 1 });
      const metric = registry.getSingleMetric("foreign");
      registry.registerMetric(metric);
      return { text: await registry.metrics(), single: await registry.getMetricsAsString(metric) };
    },
  },
  "unknown options stay on the metric": {
    run: (client) => {
      const gauge = new client.Gauge({ name: "g", help: "h", labelNames: ["a"], mine: 5, registers: [] });
      const { name, help, type, labelNames, aggregator, mine } = gauge;
      const histogram = new client.Histogram({ name: "h", help: "h", buckets: [1, 2], registers: [] });
      return { name, help, type, labelNames, aggregator, mine, upperBounds: histogram.upperBounds };
    },
  },
  "generators of buckets": {
    run: (client) => [
      client.linearBuckets(0, 0.1, 5),
      client.exponentialBuckets(0.1, 1.3, 6),
      client.exponentialBuckets(1, 2, 1),
    ],
  },
  "names and content types": {
    run: (client) => [
      client.contentType,
      client.prometheusContentType,
      client.openMetricsContentType,
      client.Registry.PROMETHEUS_CONTENT_TYPE,
      client.register.contentType,
      ["a:b", "1a", "", "a b", "_"].map(client.validateMetricName),
      Object.keys(client.aggregators).sort(),
    ],
  },
};

for (const [name, { run, only16 }] of Object.entries(SCENARIOS)) {
  Deno.test(`compat: ${name}`, async () => {
    const wanted = await run(CLIENTS.successor);
    assertEquals(await run(CLIENTS.ours), wanted, "against @prometheus-io/client");
    if (!only16) assertEquals(await run(CLIENTS.promClient), wanted, "prom-client against its successor");
  });
}

Deno.test("compat: the same exports", () => {
  const keysOf = (client: AnyClient) => Object.keys(client).sort();
  assertEquals(keysOf(CLIENTS.ours), keysOf(CLIENTS.successor));
  assertEquals(
    CLIENTS.ours.collectDefaultMetrics.metricsList,
    CLIENTS.successor.collectDefaultMetrics.metricsList,
  );
});
