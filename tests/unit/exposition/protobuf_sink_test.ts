import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { parseProtobuf } from "../../../src/exposition/check/parse_protobuf.ts";
import { createProtobufFormat } from "../../../src/exposition/protobuf_sink.ts";
import { bytesOf, chunksOf, EMPTY_NATIVE, TestFamily } from "../../_support/sample_blocks.ts";

const EXEMPLAR = { labels: { id: "x" }, value: 0.25, timestamp: 1.5 };
const NATIVE = { schema: 3, zeroThreshold: 0, maxBuckets: 160, maxZeroThreshold: 0, minResetSeconds: 0 };

Deno.test("createProtobufFormat() writes a gauge byte by byte as the schema says", () => {
  const samples = new TestFamily({ name: "g", help: "H", type: "gauge", unit: "s", labelNames: ["a"] }, [[
    "b",
  ]]).samples([1]);
  // deno-fmt-ignore
  const wanted = Uint8Array.of(
    32,                                       // the length of all that follows
    0x0a, 1, 0x67, 0x12, 1, 0x48, 0x18, 1,    // name "g", help "H", type GAUGE
    0x2a, 1, 0x73,                            // unit "s"
    0x22, 19,                                 // a metric
    0x0a, 6, 0x0a, 1, 0x61, 0x12, 1, 0x62,    // label "a" is "b"
    0x12, 9, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, // gauge value 1
  );
  assertEquals(bytesOf(createProtobufFormat(), [samples]), wanted);
});

Deno.test("createProtobufFormat() leaves families without series out", () => {
  const empty = new TestFamily({ name: "g", type: "gauge", labelNames: ["a"] }, []).samples([]);
  assertEquals(bytesOf(createProtobufFormat(), [empty]).length, 0);
});

Deno.test("createProtobufFormat() puts the blocks of a family into one message", () => {
  const [a, b] = ["1", "2"].map((value) =>
    new TestFamily({ name: "g", type: "gauge", labelNames: ["a"] }, [[value]])
  );
  const format = createProtobufFormat();
  const scrape = () =>
    bytesOf(format, [
      a.samples([1], { last: false }),
      { ...b.samples([2], { first: false }), descriptor: a.descriptor },
    ]);
  scrape();
  const [family, ...others] = parseProtobuf(scrape());
  assertEquals(others, []);
  assertEquals(family.metrics.map(({ labels, value }) => [labels.get("a"), value]), [["1", 1], ["2", 2]]);
});

Deno.test("createProtobufFormat() shows start times and exemplars of counters and buckets", () => {
  const created = Float64Array.of(1520430000.123);
  const counter = new TestFamily({ name: "c_total", type: "counter", exemplars: true });
  const histogram = new TestFamily({ name: "h", type: "histogram", buckets: [1], exemplars: true });
  const families = parseProtobuf(bytesOf(createProtobufFormat(), [
    counter.samples([3], { created, exemplars: new Map([[0, EXEMPLAR]]) }),
    histogram.samples([1, 2, 3], { created, exemplars: new Map([[1, EXEMPLAR]]) }),
  ]));
  const exemplar = { labels: new Map([["id", "x"]]), value: 0.25, timestamp: 1.5 };
  const [c, h] = families.map(({ metrics }) => metrics[0]);
  assertEquals([c.value, c.startTimestamp, c.exemplar], [3, 1520430000.123, exemplar]);
  assertEquals([h.count, h.sum, h.startTimestamp], [2, 3, 1520430000.123]);
  assertEquals(h.buckets, [
    { upperBound: 1, cumulativeCount: 1, exemplar: undefined },
    { upperBound: Infinity, cumulativeCount: 2, exemplar },
  ]);
});

Deno.test("createProtobufFormat() marks an empty native histogram with a span of nothing", () => {
  const family = new TestFamily({ name: "h", type: "histogram", native: NATIVE });
  const [{ metrics: [metric] }] = parseProtobuf(
    bytesOf(createProtobufFormat(), [family.samples([0, 0], { natives: [EMPTY_NATIVE] })]),
  );
  assertEquals(metric.native, {
    schema: 3,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: new Map(),
    negative: new Map(),
    exemplars: [],
  });
});

Deno.test("createProtobufFormat() brings counts and differences beyond 32 bits", () => {
  const count = 2 ** 53 - 1;
  const native = {
    ...EMPTY_NATIVE,
    count,
    schema: -4,
    negativeKeys: Int32Array.of(-3, -2),
    negativeCounts: Float64Array.of(count - 2, 1),
    positiveKeys: Int32Array.of(5),
    positiveCounts: Float64Array.of(1),
    exemplars: [EXEMPLAR, { ...EXEMPLAR, timestamp: 0 }],
  };
  const family = new TestFamily({ name: "h", type: "histogram", native: NATIVE });
  const [{ metrics: [metric] }] = parseProtobuf(
    bytesOf(createProtobufFormat(), [family.samples([count, 0], { natives: [native] })]),
  );
  assertEquals(metric.count, count);
  assertEquals(metric.native?.schema, -4);
  assertEquals(metric.native?.negative, new Map([[-3, count - 2], [-2, 1]]));
  // An exemplar without a timestamp is of no use in a native histogram.
  assertEquals(metric.native?.exemplars.length, 1);
});

Deno.test("createProtobufFormat() hands out the same chunk while nothing changes, native buckets included", () => {
  const family = new TestFamily({ name: "h", type: "histogram", native: NATIVE });
  const format = createProtobufFormat();
  const scrape = (key: number) => {
    const native = {
      ...EMPTY_NATIVE,
      count: 1,
      positiveKeys: Int32Array.of(key),
      positiveCounts: Float64Array.of(1),
    };
    return chunksOf(format, [family.samples([1, 0], { natives: [native] })])[0];
  };
  const first = scrape(4);
  assertStrictEquals(scrape(4), first);
  assertEquals([...parseProtobuf(scrape(5))[0].metrics[0].native!.positive.keys()], [5]);
  assertEquals([...parseProtobuf(first)[0].metrics[0].native!.positive.keys()], [4]);
});

Deno.test("parseProtobuf() refuses a body that is cut, or none", () => {
  const body = bytesOf(createProtobufFormat(), [new TestFamily({ name: "g", type: "gauge" }).samples([1])]);
  for (const cut of [body.subarray(0, body.length - 1), body.subarray(1), Uint8Array.of(5)]) {
    assertThrows(() => parseProtobuf(cut), SyntaxError);
  }
});
