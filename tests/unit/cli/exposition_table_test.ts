import { assertEquals } from "@std/assert";
import { exposedFamilies, exposedTable } from "../../../src/cli/exposition_table.ts";
import { Collector } from "../../../src/collect/collector.ts";
import { parseExposition } from "../../../src/exposition/check/parse_exposition.ts";
import { createOpenMetricsFormat } from "../../../src/exposition/openmetrics_sink.ts";
import { createTextFormat } from "../../../src/exposition/text_sink.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { Registry } from "../../../src/registry/registry.ts";

function bodies(): [string, "text" | "openmetrics"][] {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const labelNames = ["a"] as const;
  const counter = new Counter({ name: "jobs_total", help: "h", labelNames, registry });
  counter.inc({ a: "x" }, 2);
  counter.inc({ a: "y" }, 40);
  new Gauge({ name: "open_files", help: "h", registry }).set(7);
  const histogram = new Histogram({ name: "wait_seconds", help: "h", labelNames, buckets: [1, 2], registry });
  for (const seconds of [0.5, 1.5, 9]) histogram.observe({ a: "x" }, seconds);
  new Summary({ name: "size_bytes", help: "h", quantiles: [0.5], registry }).observe(3);
  const collector = new Collector(registry);
  return ([["text", createTextFormat()], ["openmetrics", createOpenMetricsFormat()]] as const).map(
    ([dialect, format]) => {
      const sink = format.sink();
      collector.gather(sink);
      return [sink.finish().map((chunk) => new TextDecoder().decode(chunk)).join(""), dialect];
    },
  );
}

Deno.test("exposedTable() finds the same in both formats", () => {
  for (const [body, dialect] of bodies()) {
    const table = exposedTable(parseExposition(body, dialect));
    assertEquals([...table.totalsBy("jobs", "a")], [["x", 2], ["y", 40]], dialect);
    assertEquals(table.total("open_files"), 7);
    assertEquals(table.histogram("wait_seconds"), {
      bounds: [1, 2, Infinity],
      counts: [1, 2, 3],
      sum: 11,
      count: 3,
    });
    assertEquals(table.total("size_bytes"), 1, "a summary's part is its count");
  }
});

Deno.test("exposedFamilies() counts label sets, not lines", () => {
  const [[body, dialect]] = bodies();
  const counts = exposedFamilies(parseExposition(body, dialect)).map(({ name, series, samples }) =>
    `${name} ${series} ${samples}`
  );
  assertEquals(counts, ["jobs_total 2 2", "open_files 1 1", "size_bytes 1 3", "wait_seconds 1 5"]);
});
