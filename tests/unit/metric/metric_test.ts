import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { GaugeHistogram } from "../../../src/metric/gauge_histogram.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { StateSet } from "../../../src/metric/state_set.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { readSamples } from "../../../src/testing/sample_values.ts";
import { Fleet } from "../../_support/fleet.ts";

const KINDS = {
  counter: {
    name: "a_total",
    define: (options: never) => new Counter(options),
    samples: (value: number) => [["a_total", value]],
  },
  gauge: {
    name: "a",
    define: (options: never) => new Gauge(options),
    samples: (value: number) => [["a", value]],
  },
  histogram: {
    name: "a",
    define: (options: never) => new Histogram(options),
    samples: (
      value: number,
    ) => [['a_bucket{le="9"}', value], ['a_bucket{le="+Inf"}', value], ["a_sum", value]],
  },
  summary: {
    name: "a",
    define: (options: never) => new Summary(options),
    samples: (value: number) => [["a_sum", value], ["a_count", value]],
  },
} as const;

for (const [kind, { name, define, samples }] of Object.entries(KINDS)) {
  Deno.test(`Metric: an empty label set, and no label values, are the one series of a ${kind} without labels`, () => {
    const fleet = new Fleet();
    const metric = define({ name, help: "A.", buckets: [9], registry: fleet.main } as never);
    const count = (child: object) =>
      "inc" in child ? (child as Counter).inc() : (child as Summary).observe(1);
    count(metric);
    count(metric.labels());
    count(metric.labels({}));
    assertStrictEquals(metric.labels({}), metric.labels());
    const found = fleet.scrape();
    for (const [sample, value] of samples(3)) assertEquals(found.get(String(sample)), value, String(sample));
    metric.reset();
    count(metric.labels());
    for (const [sample, value] of samples(1)) assertEquals(fleet.scrape().get(String(sample)), value);
    const unknown = `Cannot find series of "${name}": wanted labels {}, given unknown label "x"`;
    assertThrows(() => metric.labels({ x: "1" } as never), TypeError, unknown);
    assertThrows(
      () => metric.labels("1"),
      TypeError,
      `Cannot find series of "${name}": wanted no labels, given 1`,
    );
  });

  Deno.test(`Metric: a ${kind} wants a registry that is one`, () => {
    for (const [registry, given] of [[{}, "object"], [5, "5"], ["x", '"x"']]) {
      assertThrows(
        () => define({ name, help: "A.", registry } as never),
        TypeError,
        `Cannot define "${name}": wanted a Registry as registry, given ${given}`,
      );
    }
  });
}

Deno.test("metrics make no series by a call that throws", () => {
  const registry = new Registry();
  const common = { help: "H.", registry, labelNames: ["x"] } as const;
  const counter = new Counter({ name: "c_total", exemplars: true, ...common });
  const histogram = new Histogram({ name: "h", buckets: [1], ...common });
  const native = new Histogram({ name: "n", native: true, exemplars: true, ...common });
  const gauge = new Gauge({ name: "g", mode: "latest", ...common });
  const recent = new Gauge({ name: "r", mode: "mostrecent", ...common });
  const states = new StateSet({ name: "s", states: ["on"], ...common });
  const ages = new GaugeHistogram({ name: "a", buckets: [1], ...common });
  const labels = { x: "1" };
  const calls: (() => void)[] = [
    () => counter.inc(labels, 1, { exemplar: { "bad-name": "1" } }),
    () => counter.inc(labels, -1, { exemplar: { a: "1" } }),
    () => histogram.observe(labels, 1, { exemplar: { a: "1" } }),
    () => native.observe(labels, 1, { exemplar: { a: "1" }, timestamp: NaN }),
    () => gauge.set(labels, 1),
    () => gauge.inc(labels),
    () => gauge.setToCurrentTime(labels),
    () => recent.trackInProgress(labels, () => {}),
    () => states.set(labels, "off" as "on"),
    () => states.set(labels, ["on", "off"] as "on"[]),
    () => ages.observe(labels, NaN),
    () => ages.forget(labels, 1),
    () => ages.set(labels, [1, NaN]),
    () => ages.set(labels, 7 as unknown as number[]),
  ];
  for (const call of calls) {
    assertThrows(call, Error, "Cannot ", String(call));
    assertEquals([...readSamples(new Collector(registry)).keys()], [], String(call));
  }
});

Deno.test("Histogram.observe() keeps the exemplar of a labelled series with native buckets", () => {
  const registry = new Registry();
  const options = {
    name: "n",
    help: "N.",
    native: true,
    exemplars: true,
    labelNames: ["x"],
    registry,
  } as const;
  new Histogram(options).observe({ x: "1" }, 7, { exemplar: { a: "n" }, timestamp: 6 });
  const [{ natives }] = [...new Collector(registry).blocks()];
  assertEquals(natives?.[0].exemplars, [{ labels: { a: "n" }, value: 7, timestamp: 6 }]);
  assertEquals([natives?.[0].count, natives?.[0].sum], [1, 7]);
});

Deno.test("GaugeHistogram.forget() finds a series however its labels are given, and the overflow series", () => {
  const registry = new Registry();
  const options = {
    name: "a",
    help: "A.",
    labelNames: ["x", "y"],
    buckets: [1],
    maxSeries: 1,
    registry,
  } as const;
  const ages = new GaugeHistogram(options);
  const count = (labels: string) => readSamples(new Collector(registry)).get(`a_gcount{${labels}}`);
  ages.observe({ x: 1, y: true }, 0.5);
  ages.observe({ x: 1, y: true }, 0.6);
  ages.forget({ y: "true", x: "1" }, 0.5);
  assertEquals(count('x="1",y="true"'), 1);
  ages.observe({ x: 2, y: 2 }, 0.5);
  ages.observe({ x: 3, y: 3 }, 0.5);
  ages.forget({ x: 3, y: 3 }, 0.5);
  assertEquals(count('x="_overflow",y="_overflow"'), 1);
  assertThrows(() => ages.forget({ x: 1 } as never, 1), TypeError, '"y" is missing');
});
