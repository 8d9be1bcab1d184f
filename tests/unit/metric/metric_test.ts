import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
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
