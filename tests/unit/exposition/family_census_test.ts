import { assertEquals } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { FamilyCensus } from "../../../src/exposition/family_census.ts";
import { createTextFormat } from "../../../src/exposition/text_sink.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { StateSet } from "../../../src/metric/state_set.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { Registry } from "../../../src/registry/registry.ts";

function collectorOfAllKinds(): Collector {
  const registry = new Registry({ slabBytes: 1 << 22 });
  const counter = new Counter({ name: "a_total", help: "All of a.", labelNames: ["x", "y"], registry });
  for (let x = 0; x < 5000; x++) counter.inc({ x, y: 1 });
  new Gauge({ name: "b", help: "h", registry }).set(1);
  new Histogram({ name: "c", help: "h", buckets: [1, 2, 3], registry }).observe(1);
  new StateSet({ name: "d", help: "h", states: ["on", "off"], registry }).set("on");
  new Summary({ name: "e", help: "h", quantiles: [0.5, 0.9], registry }).observe(1);
  new Counter({ name: "f_total", help: "Without series.", labelNames: ["x"], registry });
  return new Collector(registry);
}

Deno.test("FamilyCensus.finish() counts series over all blocks of a family", () => {
  const census = new FamilyCensus();
  collectorOfAllKinds().gather(census);
  const [first] = census.finish();
  assertEquals(first, {
    name: "a_total",
    type: "counter",
    help: "All of a.",
    labelNames: ["x", "y"],
    series: 5000,
    samples: 5000,
  });
  assertEquals(census.finish().map(({ name, series }) => `${name} ${series}`), [
    "a_total 5000",
    "b 1",
    "c 1",
    "d 1",
    "e 1",
    "f_total 0",
  ]);
});

Deno.test("FamilyCensus.finish() counts as many samples as the text format writes", () => {
  const collector = collectorOfAllKinds();
  const census = new FamilyCensus();
  collector.gather(census);
  const sink = createTextFormat().sink();
  collector.gather(sink);
  const text = sink.finish().map((chunk) => new TextDecoder().decode(chunk)).join("");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  assertEquals(census.finish().reduce((sum, { samples }) => sum + samples, 0), lines);
});
