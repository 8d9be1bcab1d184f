import { assertEquals } from "@std/assert";
import { attributesOf, nanos, PointMaker } from "../../../src/push/otlp_points.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

const TIME = { series: 0, timeUnixNano: "5" };

Deno.test("nanos() keeps microseconds of today", () => {
  assertEquals(nanos(1_700_000_000.123456), "1700000000123456000");
  assertEquals(nanos(0), "0");
});

Deno.test("attributesOf() leaves empty values out", () => {
  assertEquals(attributesOf([["a", "1"], ["b", ""]]), [{ key: "a", value: { stringValue: "1" } }]);
});

Deno.test("PointMaker.number() has a start for sums only, and words for numbers that JSON lacks", () => {
  const family = new TestFamily({ name: "a", type: "gauge", labelNames: ["x"], constLabels: { zone: "z" } }, [
    ["1"],
    ["2"],
  ]);
  const samples = family.samples([NaN, -Infinity], { created: Float64Array.of(0, 3) });
  const attributes = ["z", "2"].map((stringValue, i) => ({ key: ["zone", "x"][i], value: { stringValue } }));
  const second = new PointMaker(samples, { series: 1, timeUnixNano: "5" });
  assertEquals(second.number("sum"), {
    attributes,
    startTimeUnixNano: "3000000000",
    timeUnixNano: "5",
    asDouble: "-Infinity",
  });
  assertEquals(second.number("gauge"), { attributes, timeUnixNano: "5", asDouble: "-Infinity" });
  assertEquals(new PointMaker(samples, TIME).number("sum").asDouble, "NaN");
});

Deno.test("PointMaker.histogram() counts bucket by bucket, and has no sum that may go down", () => {
  const of = (buckets: number[]) =>
    new PointMaker(new TestFamily({ name: "h", type: "histogram", buckets }).samples([1, 3, 7, 2.5]), TIME)
      .histogram();
  const point = { attributes: [], timeUnixNano: "5", count: "7", bucketCounts: ["1", "2", "4"] };
  assertEquals(of([1, 2]), { ...point, sum: 2.5, explicitBounds: [1, 2] });
  assertEquals(of([-1, 2]), { ...point, explicitBounds: [-1, 2] });
});

Deno.test("PointMaker.exponential() has dense buckets, one index lower", () => {
  const native = {
    schema: 3,
    zeroThreshold: 0.5,
    zeroCount: 2,
    count: 9,
    sum: 4,
    positiveKeys: Int32Array.of(-2, 1),
    positiveCounts: Float64Array.of(3, 1),
    negativeKeys: new Int32Array(),
    negativeCounts: new Float64Array(),
    exemplars: [{
      labels: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "short", user: "u" },
      value: 1,
      timestamp: 2,
    }],
  };
  const samples = new TestFamily({ name: "n", type: "histogram" }).samples([9, 4], { natives: [native] });
  assertEquals(new PointMaker(samples, TIME).exponential(native), {
    attributes: [],
    timeUnixNano: "5",
    count: "6",
    sum: 4,
    scale: 3,
    zeroCount: "2",
    zeroThreshold: 0.5,
    positive: { offset: -3, bucketCounts: ["3", "0", "0", "1"] },
    exemplars: [{
      filteredAttributes: attributesOf([["user", "u"], ["span_id", "short"]]),
      timeUnixNano: "2000000000",
      asDouble: 1,
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    }],
  });
});

Deno.test("PointMaker.summary() and states() show what the columns hold", () => {
  const summary = new TestFamily({ name: "s", type: "summary", quantiles: [0.5, 0.9] });
  assertEquals(new PointMaker(summary.samples([1, NaN, 10, 4]), TIME).summary(), {
    attributes: [],
    timeUnixNano: "5",
    count: "4",
    sum: 10,
    quantileValues: [{ quantile: 0.5, value: 1 }, { quantile: 0.9, value: "NaN" }],
  });
  const states = new TestFamily({ name: "f", type: "stateset", states: ["on", "off"] });
  assertEquals(
    new PointMaker(states.samples([0, 1]), TIME).states().map((
      { attributes, asDouble },
    ) => [attributes, asDouble]),
    [[attributesOf([["f", "on"]]), 0], [attributesOf([["f", "off"]]), 1]],
  );
});
