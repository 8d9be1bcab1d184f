import { assertEquals } from "@std/assert";
import { Collector, Counter, Histogram, Registry } from "promslab";
import { clearMetrics, readSamples } from "promslab/testing";

Deno.test("clearMetrics() leaves labelled metrics without series and others at 0, and children at work", () => {
  const registry = new Registry();
  const source = new Collector(registry);
  const plain = new Counter({ name: "a_total", help: "A.", registry });
  const child = new Counter({ name: "b_total", help: "B.", labelNames: ["x"], registry }).labels("1");
  const histogram = new Histogram({ name: "c", help: "C.", buckets: [1], registry });
  plain.inc(3);
  child.inc(4);
  histogram.observe(5);
  clearMetrics(registry);
  const empty: [string, number][] = [["a_total", 0], ['c_bucket{le="1"}', 0], ['c_bucket{le="+Inf"}', 0]];
  assertEquals([...readSamples(source)], [...empty, ["c_sum", 0], ["c_count", 0]]);
  plain.inc();
  child.inc();
  assertEquals(readSamples(source).get("a_total"), 1);
  assertEquals(readSamples(source).get('b_total{x="1"}'), 1);
});
