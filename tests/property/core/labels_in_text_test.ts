/**
 * Label values full of what separates, quotes and ends things, on their way from a call to the text that Prometheus
 * reads: distinct ones stay distinct, each is written as it is, and what becomes of the caller's object is no matter.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { checkExposition } from "../../../src/exposition/check/check.ts";
import { createFormat } from "../../../src/exposition/negotiate.ts";
import { parseExposition } from "../../../src/exposition/check/parse_exposition.ts";
import { wellFormed } from "../../../src/model/label_values.ts";
import { Fleet } from "../../_support/fleet.ts";
import { labelPairs } from "../../_support/label_pairs.ts";
import { testProperty } from "../../_support/property.ts";

const labelValue = fc.string({
  unit: fc.constantFrom(..."ab1|,:;{}=#\"'\\\n\r\t \0", "😀", "é", "\uFEFF", "\uFFFD", "\uD83D", "\uDE00"),
  maxLength: 6,
});
const labelSets = labelPairs(labelValue);

/** The exposition in a text format. */
function textOf(fleet: Fleet, name: "text" | "openmetrics"): string {
  const sink = createFormat({ name, escaping: "underscores" }).sink();
  fleet.collector.gather(sink);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return sink.finish().map((chunk) => decoder.decode(chunk, { stream: true })).join("");
}

/** A label set by which series are told apart. */
function keyOf(x: string, y: string): string {
  return JSON.stringify([wellFormed(x), wellFormed(y)]);
}

/** The values of a sample by label set, as a parser reads them from the text. */
function readBack(text: string, dialect: "text" | "openmetrics", sample: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const family of parseExposition(text, dialect)) {
    for (const { name, labels, value } of family.samples) {
      if (name !== sample) continue;
      const key = JSON.stringify([labels.get("x") ?? "", labels.get("y") ?? ""]);
      assertEquals(found.has(key), false, `${key} comes twice`);
      found.set(key, value);
    }
  }
  return found;
}

for (const dialect of ["text", "openmetrics"] as const) {
  testProperty(
    `labels of every kind of metric read back from ${dialect} as they were given, from one object that changes`,
    fc.property(labelSets, (sets) => {
      const fleet = new Fleet();
      const registry = fleet.start(0).registry;
      const options = { labelNames: ["x", "y"] as const, registry };
      const counter = new Counter({ ...options, name: "c_total", help: "C." });
      const gauge = new Gauge({ ...options, name: "g", help: "G." });
      const histogram = new Histogram({ ...options, name: "h", help: "H.", buckets: [1] });
      const summary = new Summary({ ...options, name: "s", help: "S." });
      const wanted = new Map<string, number>();
      const labels = { x: "", y: "" };
      for (const [x, y] of sets) {
        labels.x = x;
        labels.y = y;
        counter.inc(labels);
        gauge.inc(labels);
        histogram.observe(labels, 1);
        const child = summary.labels(labels);
        labels.x = "changed";
        labels.y = "changed too";
        child.observe(1);
        wanted.set(keyOf(x, y), (wanted.get(keyOf(x, y)) ?? 0) + 1);
      }
      const text = textOf(fleet, dialect);
      assertEquals(checkExposition(text, dialect), []);
      for (const sample of ["c_total", "g", "h_count", "s_count"]) {
        assertEquals(readBack(text, dialect, sample), wanted, sample);
      }
    }),
  );
}

testProperty(
  "constant labels read back as they were given",
  fc.property(labelValue, labelValue, (x, y) => {
    const fleet = new Fleet();
    const constLabels = { x, y };
    const { registry } = fleet.start(0);
    const counter = new Counter({ name: "c_total", help: "C.", constLabels, registry });
    constLabels.x = "changed";
    counter.inc();
    const text = textOf(fleet, "text");
    assertEquals(checkExposition(text, "text"), []);
    assertEquals([...readBack(text, "text", "c_total")], [[keyOf(x, y), 1]]);
  }),
);
