/** What of this thread's metrics is in its slab, where other threads and promslab's own collector read it. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Collector, defaultRegistry } from "promslab";
import * as client from "promslab/compat";
import { readSamples } from "promslab/testing";
import { publish } from "../../../src/compat/publication.ts";

const collector = new Collector();

/** The samples of the thread's slab whose names begin so. */
function shared(prefix: string): Record<string, number> {
  publish();
  return Object.fromEntries([...readSamples(collector)].filter(([text]) => text.startsWith(prefix)));
}

Deno.test("publication: metrics of the global registry are in the slab, with what they counted before", () => {
  const counter = new client.Counter({ name: "p1_total", help: "h", labelNames: ["a", "b"] });
  counter.inc({ a: 1 }, 2.5);
  const gauge = new client.Gauge({ name: "p1_gauge", help: "h" });
  gauge.set(-4);
  const histogram = new client.Histogram({ name: "p1_seconds", help: "h", buckets: [2, 1] });
  histogram.observe(1.5);
  histogram.observe(7);
  const before = {
    "p1_gauge": -4,
    'p1_seconds_bucket{le="1"}': 0,
    'p1_seconds_bucket{le="2"}': 1,
    'p1_seconds_bucket{le="+Inf"}': 2,
    "p1_seconds_sum": 8.5,
    "p1_seconds_count": 2,
    'p1_total{a="1"}': 2.5,
  };
  assertEquals(shared("p1_"), before);
  counter.inc({ a: 1 });
  counter.labels("x", "y").inc(3);
  gauge.inc();
  histogram.observe(0);
  histogram.labels().observe(0.5);
  assertEquals(shared("p1_"), {
    ...before,
    "p1_gauge": -3,
    'p1_seconds_bucket{le="1"}': 2,
    'p1_seconds_bucket{le="2"}': 3,
    'p1_seconds_bucket{le="+Inf"}': 4,
    "p1_seconds_sum": 9,
    "p1_seconds_count": 4,
    'p1_total{a="1"}': 3.5,
    'p1_total{a="x",b="y"}': 3,
  });
});

Deno.test("publication: fractions of a gauge are in the slab whether or not others have it", async () => {
  const gauge = new client.Gauge({ name: "p9_gauge", help: "h" });
  gauge.inc(0.5);
  gauge.inc(0.25);
  assertEquals(shared("p9_"), { "p9_gauge": 0.75 });
  gauge.set(1.5);
  await client.register.metrics();
  assertEquals(shared("p9_"), { "p9_gauge": 1.5 });
  assert(defaultRegistry.slab.confined, "nobody else had the memory until now");
  structuredClone(gauge);
  assert(!defaultRegistry.slab.confined);
  gauge.dec(0.25);
  assertEquals(shared("p9_"), { "p9_gauge": 1.25 });
});

Deno.test("publication: what is removed, reset or unregistered leaves the slab", () => {
  const counter = new client.Counter({ name: "p2_total", help: "h", labelNames: ["a"] });
  counter.inc({ a: "x" });
  counter.inc({ a: "y" });
  const gauge = new client.Gauge({ name: "p2_gauge", help: "h" });
  gauge.set(1);
  shared("p2_");
  counter.remove({ a: "x" });
  assertEquals(shared("p2_"), { "p2_gauge": 1, 'p2_total{a="y"}': 1 });
  counter.inc({ a: "x" }, 5);
  counter.reset();
  gauge.reset();
  assertEquals(shared("p2_"), { "p2_gauge": 0 });
  counter.inc({ a: "z" });
  client.register.removeSingleMetric("p2_total");
  assertEquals(shared("p2_total"), {});
  counter.inc({ a: "z" });
  new client.Counter({ name: "p2_total", help: "h", labelNames: ["a"] }).inc({ a: "again" }, 2);
  assertEquals(shared("p2_total"), { 'p2_total{a="again"}': 2 });
});

Deno.test("publication: a gauge that is reset and set at once keeps its place", async () => {
  const gauge = new client.Gauge({ name: "p3_gauge", help: "h", labelNames: ["a"] });
  gauge.set({ a: "stays" }, 1);
  gauge.set({ a: "goes" }, 2);
  shared("p3_");
  gauge.reset();
  gauge.set({ a: "stays" }, 3);
  await Promise.resolve();
  assertEquals(shared("p3_"), { 'p3_gauge{a="stays"}': 3 });
});

Deno.test("publication: metrics of other registries are private until they are named", () => {
  const registry = new client.Registry();
  const gauge = new client.Gauge({ name: "p4_gauge", help: "h", registers: [registry] });
  gauge.set(3);
  new client.Gauge({ name: "p4_none", help: "h", registers: [] }).set(3);
  new client.Gauge({ name: "p4_omitted", help: "h", aggregator: "omit" }).set(3);
  assertEquals(shared("p4_"), {});
  client.WorkerRegistry.setRegistries([registry, client.register]);
  assertEquals(shared("p4_"), { p4_gauge: 3 });
  client.AggregatorRegistry.setRegistries(client.register);
  assertEquals(shared("p4_"), {});
});

Deno.test("publication: default labels of a registry go with its metrics, but not over their own labels", () => {
  const registry = new client.Registry();
  new client.Gauge({ name: "p5_gauge", help: "h", labelNames: ["a"], registers: [registry] }).set(
    { a: 1 },
    3,
  );
  registry.setDefaultLabels({ app: "x", a: "default" });
  client.ClusterRegistry.setRegistries(registry);
  assertEquals(shared("p5_"), { 'p5_gauge{a="1",app="x"}': 3 });
  client.ClusterRegistry.setRegistries(client.register);
});

Deno.test("publication: collect functions run before promslab's own collector reads", async () => {
  let value = 1;
  new client.Gauge({
    name: "p6_gauge",
    help: "h",
    collect() {
      this.set(value);
    },
  });
  publish();
  await collector.prepare();
  assertEquals(shared("p6_"), { p6_gauge: 1 });
  value = 2;
  await collector.prepare();
  assertEquals(shared("p6_"), { p6_gauge: 2 });
});

Deno.test("publication: summaries are in the slab with what they observed before, and their percentiles", () => {
  const summary = new client.Summary({
    name: "p7_seconds",
    help: "h",
    labelNames: ["a"],
    percentiles: [0.99, 0.5],
  });
  for (let i = 1; i <= 3; i++) summary.observe({ a: "x" }, i);
  const rounded = () =>
    Object.fromEntries(Object.entries(shared("p7_")).map(([text, value]) => [text, Math.round(value)]));
  const before = {
    'p7_seconds{a="x",quantile="0.5"}': 2,
    'p7_seconds{a="x",quantile="0.99"}': 2,
    'p7_seconds_sum{a="x"}': 6,
    'p7_seconds_count{a="x"}': 3,
  };
  assertEquals(rounded(), before);
  summary.labels("x").observe(10);
  summary.labels("y").observe(7);
  assertEquals(rounded(), {
    'p7_seconds{a="x",quantile="0.5"}': 2,
    'p7_seconds{a="x",quantile="0.99"}': 3,
    'p7_seconds_sum{a="x"}': 16,
    'p7_seconds_count{a="x"}': 4,
    'p7_seconds{a="y",quantile="0.5"}': 7,
    'p7_seconds{a="y",quantile="0.99"}': 7,
    'p7_seconds_sum{a="y"}': 7,
    'p7_seconds_count{a="y"}': 1,
  });
  summary.remove("y");
  summary.reset();
  assertEquals(Object.keys(rounded()).length, 4);
  assertEquals([rounded()['p7_seconds_sum{a="x"}'], rounded()['p7_seconds_count{a="x"}']], [0, 0]);
  summary.observe({ a: "x" }, 5);
  assertEquals(rounded()['p7_seconds{a="x",quantile="0.5"}'], 5);
});

Deno.test("publication: a summary without percentiles has sum and count, one with a window drops old series", async () => {
  new client.Summary({ name: "p8_bytes", help: "h", percentiles: [] }).observe(3);
  assertEquals(shared("p8_"), { p8_bytes_sum: 3, p8_bytes_count: 1 });
  const options = { maxAgeSeconds: 1, ageBuckets: 1, pruneAgedBuckets: true, percentiles: [0.5] };
  const summary = new client.Summary({ name: "p8_seconds", help: "h", labelNames: ["a"], ...options });
  const now = Date.now;
  try {
    summary.observe({ a: "x" }, 4);
    assertEquals(shared("p8_seconds_count"), { 'p8_seconds_count{a="x"}': 1 });
    Date.now = () => now() + 60_000;
    await client.register.getSingleMetricAsString("p8_seconds");
    assertEquals(shared("p8_seconds"), {});
  } finally {
    Date.now = now;
  }
});

Deno.test("publication: options that prom-client takes for numbers or as left out hide nothing from other threads", () => {
  // deno-lint-ignore no-explicit-any
  const odd = (options: Record<string, unknown>) => ({ help: "h", ...options }) as any;
  new client.Counter(odd({ name: "p10_a_total", enableExemplars: undefined })).inc();
  new client.Counter(odd({ name: "p10_b_total", help: new String("h"), aggregator: "toString" })).inc();
  new client.Gauge(odd({ name: "p10_c", help: 7, aggregator: "toString" })).set(2);
  new client.Histogram(odd({ name: "p10_d", buckets: ["0.50", "1", -Infinity, "x", 1] })).observe(0.7);
  new client.Histogram(odd({ name: "p10_e", buckets: new Float32Array([1]) })).observe(2);
  for (const [name, maxAgeSeconds] of [["p10_f", "60"], ["p10_g", Infinity]]) {
    new client.Summary(odd({ name, maxAgeSeconds, ageBuckets: "5", percentiles: ["0"] })).observe(4);
  }
  new client.Summary(odd({ name: "p10_h", percentiles: undefined, compressCount: undefined })).observe(4);
  new client.Counter(odd({ name: "p10_last_total" })).inc();
  const found = shared("p10_");
  const numbers = Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Math.round(value)]));
  const quantiles = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999].map((q) => [`p10_h{quantile="${q}"}`, 4]);
  assertEquals(numbers, {
    p10_a_total: 1,
    p10_b_total: 1,
    p10_c: 2,
    'p10_d_bucket{le="0.5"}': 0,
    'p10_d_bucket{le="1"}': 1,
    'p10_d_bucket{le="+Inf"}': 1,
    p10_d_sum: 1,
    p10_d_count: 1,
    'p10_e_bucket{le="1"}': 0,
    'p10_e_bucket{le="+Inf"}': 1,
    p10_e_sum: 2,
    p10_e_count: 1,
    'p10_f{quantile="0"}': 4,
    p10_f_sum: 4,
    p10_f_count: 1,
    'p10_g{quantile="0"}': 4,
    p10_g_sum: 4,
    p10_g_count: 1,
    ...Object.fromEntries(quantiles),
    p10_h_sum: 4,
    p10_h_count: 1,
    p10_last_total: 1,
  });
});

Deno.test("publication: a metric that cannot be shared is left out, and the others are shared", () => {
  // deno-lint-ignore no-explicit-any
  new client.Summary({ name: "p11_bytes", help: "h", percentiles: 0.5 } as any).observe(1);
  new client.Counter({ name: "p11_total", help: "h" }).inc();
  assertEquals(shared("p11_"), { p11_total: 1 });
});

Deno.test("Histogram refuses what are no buckets, as prom-client does", () => {
  for (const buckets of [undefined, null, 5, "0.1,1"]) {
    assertThrows(
      // deno-lint-ignore no-explicit-any
      () => new client.Histogram({ name: "p12", help: "h", buckets, registers: [] } as any),
      TypeError,
      'Cannot define histogram "p12": wanted buckets as an array, given',
    );
  }
});
