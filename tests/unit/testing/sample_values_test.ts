import { assertEquals } from "@std/assert";
import { Collector, Counter, createSlab, Gauge, Histogram, Registry } from "promslab";
import { getSampleValue, readSamples, watchSamples } from "promslab/testing";

Deno.test("getSampleValue() finds a sample by name and labels", () => {
  const registry = new Registry();
  const source = new Collector(registry);
  const calls = new Counter({
    name: "calls_total",
    help: "Calls.",
    labelNames: ["code", "path"],
    constLabels: { app: "x" },
    registry,
  });
  calls.inc({ code: 200, path: 'a"b\n' }, 3);
  calls.inc({ code: 500, path: "" }, 4);
  const value = (labels: Record<string, string | number>) =>
    getSampleValue("calls_total", { labels, source });
  assertEquals(value({ app: "x", code: 200, path: 'a"b\n' }), 3);
  assertEquals(value({ code: "500", app: "x" }), 4, "a label without value may be left out");
  assertEquals(value({ code: "500", app: "x", path: "" }), 4);
  assertEquals(value({ code: "500" }), undefined, "all labels count");
  assertEquals(getSampleValue("calls", { source }), undefined);
});

Deno.test("getSampleValue() finds buckets by bound, sums and counts", () => {
  const registry = new Registry();
  const source = new Collector(registry);
  new Histogram({ name: "h", help: "H.", buckets: [0.5, 1, 2e6], registry }).observe(0.7);
  const bucket = (le: string | number) => getSampleValue("h_bucket", { labels: { le }, source });
  assertEquals([bucket(0.5), bucket(1), bucket("1.0"), bucket(2e6), bucket("2e+06")], [0, 1, 1, 1, 1]);
  assertEquals([bucket(Infinity), bucket("+Inf"), bucket(3)], [1, 1, undefined]);
  assertEquals(getSampleValue("h_sum", { source }), 0.7);
  assertEquals(getSampleValue("h_count", { source }), 1);
});

Deno.test("readSamples() sees all workers of a collector", () => {
  const source = new Collector(new Registry());
  for (const slot of [0, 1]) {
    const slab = createSlab({ slot });
    const registry = new Registry();
    registry.attach({ slab });
    new Gauge({ name: "g", help: "G.", labelNames: ["b", "a"], registry }).set({ b: "2", a: "1" }, 4);
    source.addSlab(slab);
  }
  assertEquals([...readSamples(source)], [['g{a="1",b="2"}', 8]]);
});

Deno.test("watchSamples() tells what changed since the last look", () => {
  const registry = new Registry();
  const gauge = new Gauge({ name: "g", help: "G.", labelNames: ["a"], registry });
  gauge.set({ a: "kept" }, 1);
  gauge.set({ a: "gone" }, 2);
  const changes = watchSamples(new Collector(registry));
  gauge.set({ a: "kept" }, 0.5);
  gauge.set({ a: "new" }, NaN);
  gauge.remove({ a: "gone" });
  assertEquals(changes(), { 'g{a="kept"}': -0.5, 'g{a="gone"}': -2, 'g{a="new"}': NaN });
  assertEquals(changes(), {});
});
