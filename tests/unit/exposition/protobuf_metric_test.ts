import { assertEquals } from "@std/assert";
import { ProtobufFields } from "../../../src/exposition/check/protobuf_reader.ts";
import {
  type MetricSource,
  writeCounter,
  writeExemplar,
  writeHistogram,
  writeSummary,
  writeTimestamp,
} from "../../../src/exposition/protobuf_metric.ts";
import { ProtobufWriter } from "../../../src/exposition/protobuf_writer.ts";
import type { FamilySamples, NativeHistogram } from "../../../src/model/samples.ts";
import { EMPTY_NATIVE, TestFamily } from "../../_support/sample_blocks.ts";

/** What was written, as fields. */
function fieldsOf(write: (out: ProtobufWriter) => void): ProtobufFields {
  const out = new ProtobufWriter();
  write(out);
  return new ProtobufFields(out.bytes.toBytes());
}

function sourceOf(samples: FamilySamples, series = 0): MetricSource {
  return { descriptor: samples.descriptor, samples, series, escaping: "allow-utf-8" };
}

const NATIVE: NativeHistogram = { ...EMPTY_NATIVE, schema: 2 };

function nativeHistogram(native: Partial<NativeHistogram>): ProtobufFields {
  const samples = new TestFamily({ name: "h", type: "histogram" }).samples([0, 0], {
    natives: [{ ...NATIVE, ...native }],
  });
  return fieldsOf((out) => writeHistogram(out, sourceOf(samples))).message(7)!;
}

Deno.test("writeTimestamp() splits seconds into whole ones and nanoseconds", () => {
  const parts = (seconds: number) => {
    const timestamp = fieldsOf((out) => writeTimestamp(out, 3, seconds)).message(3);
    return timestamp && [timestamp.uint(1), timestamp.uint(2)];
  };
  assertEquals(parts(100.25), [100, 250_000_000]);
  assertEquals(parts(5), [5, 0]);
  // A billion nanoseconds would make the timestamp invalid.
  assertEquals(parts(7.9999999999), [8, 0]);
});

Deno.test("writeTimestamp() writes nothing for a moment that is not known", () => {
  for (const seconds of [0, -1, NaN, Infinity]) {
    const out = new ProtobufWriter();
    writeTimestamp(out, 3, seconds);
    assertEquals(out.bytes.length, 0, String(seconds));
  }
});

Deno.test("writeExemplar() escapes the names of its labels by the scheme", () => {
  const exemplar = { labels: { "trace.id": "x" }, value: 0.5, timestamp: 0 };
  const written = fieldsOf((out) => writeExemplar(out, 2, { exemplar, escaping: "underscores" })).message(2)!;
  const [label] = written.messages(1);
  assertEquals([label.string(1), label.string(2)], ["trace_id", "x"]);
  assertEquals([written.double(2), written.message(3)], [0.5, undefined]);
});

Deno.test("writeCounter() takes value, exemplar and start time of its own series", () => {
  const family = new TestFamily({ name: "c_total", type: "counter", labelNames: ["a"] }, [["1"], ["2"]]);
  const samples = family.samples([5, 6], {
    created: Float64Array.of(0, 200),
    exemplars: new Map([[0, { labels: {}, value: 1, timestamp: 1 }]]),
  });
  const [first, second] = [0, 1].map((series) =>
    fieldsOf((out) => writeCounter(out, sourceOf(samples, series))).message(3)!
  );
  assertEquals([first.double(1), first.message(2)?.double(2), first.message(3)], [5, 1, undefined]);
  assertEquals([second.double(1), second.message(2), second.message(3)?.uint(1)], [6, undefined, 200]);
});

Deno.test("writeSummary() writes count, sum and quantiles from where the samples have them", () => {
  const family = new TestFamily(
    { name: "s", type: "summary", quantiles: [0.5, 0.99], labelNames: ["a"] },
    [["1"], ["2"]],
  );
  const samples = family.samples([9, 9, 9, 9, 1, 2, 30, 4]);
  const summary = fieldsOf((out) => writeSummary(out, sourceOf(samples, 1))).message(4)!;
  assertEquals([summary.uint(1), summary.double(2), summary.message(4)], [4, 30, undefined]);
  assertEquals(summary.messages(3).map((quantile) => [quantile.double(1), quantile.double(2)]), [
    [0.5, 1],
    [0.99, 2],
  ]);
});

Deno.test("writeHistogram() leaves the bucket +Inf to the count, unless it has an exemplar", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [1, 2] });
  const bounds = (samples: FamilySamples) =>
    fieldsOf((out) => writeHistogram(out, sourceOf(samples))).message(7)!.messages(3)
      .map((bucket) => [bucket.double(2), bucket.uint(1), bucket.message(3)?.double(2)]);
  assertEquals(bounds(family.samples([3, 4, 5, 6])), [[1, 3, undefined], [2, 4, undefined]]);
  const exemplars = new Map([[2, { labels: {}, value: 7, timestamp: 1 }]]);
  assertEquals(bounds(family.samples([3, 4, 5, 6], { exemplars })), [
    [1, 3, undefined],
    [2, 4, undefined],
    [Infinity, 5, 7],
  ]);
});

Deno.test("writeHistogram() takes count and sum from behind the classic buckets", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [1], labelNames: ["a"] }, [["1"], [
    "2",
  ]]);
  const samples = family.samples([9, 9, 9, 3, 4, 5]);
  const histogram = fieldsOf((out) => writeHistogram(out, sourceOf(samples, 1))).message(7)!;
  assertEquals([histogram.uint(1), histogram.double(2)], [4, 5]);
});

Deno.test("writeHistogram() gives a start time to a histogram, and none to a gauge histogram", () => {
  const startOf = (type: "histogram" | "gaugehistogram") => {
    const samples = new TestFamily({ name: "h", type }).samples([1, 2], { created: Float64Array.of(100) });
    return fieldsOf((out) => writeHistogram(out, sourceOf(samples))).message(7)!.message(15)?.uint(1);
  };
  assertEquals([startOf("histogram"), startOf("gaugehistogram")], [100, undefined]);
});

Deno.test("writeHistogram() takes count and sum from where the native buckets come from", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [1] });
  const natives = [{ ...NATIVE, count: 7, sum: 70 }];
  const histogram = fieldsOf((out) => writeHistogram(out, sourceOf(family.samples([5, 6, 60], { natives }))))
    .message(7)!;
  assertEquals([histogram.uint(1), histogram.double(2)], [7, 70]);
  assertEquals(histogram.messages(3).map((bucket) => bucket.uint(1)), [5]);
});

Deno.test("writeHistogram() writes each bucket's count as the difference from the one before it", () => {
  const histogram = nativeHistogram({
    zeroThreshold: 0.5,
    zeroCount: 4,
    positiveKeys: Int32Array.of(-3, -2, 0, 10),
    positiveCounts: Float64Array.of(5, 3, 3, 8),
    negativeKeys: Int32Array.of(1),
    negativeCounts: Float64Array.of(2),
  });
  const spans = (field: number) => histogram.messages(field).map((span) => [span.sint(1), span.uint(2)]);
  assertEquals([histogram.sint(5), histogram.double(6), histogram.uint(7)], [2, 0.5, 4]);
  assertEquals(spans(12), [[-3, 4], [9, 1]]);
  assertEquals(histogram.sints(13), [5, -2, -3, 3, 5]);
  assertEquals([spans(9), histogram.sints(10)], [[[1, 1]], [2]]);
});

Deno.test("writeHistogram() marks an empty native histogram, and only that, with a span of nothing", () => {
  const spanCount = (native: Partial<NativeHistogram>) => nativeHistogram(native).messages(12).length;
  assertEquals(spanCount({}), 1);
  assertEquals(spanCount({ zeroThreshold: 0.1 }), 0);
  assertEquals(spanCount({ zeroCount: 1 }), 0);
  assertEquals(spanCount({ negativeKeys: Int32Array.of(1), negativeCounts: Float64Array.of(1) }), 0);
});

Deno.test("writeHistogram() leaves out native exemplars without a timestamp, which readers refuse", () => {
  const histogram = nativeHistogram({
    exemplars: [{ labels: {}, value: 1, timestamp: 0 }, { labels: {}, value: 2, timestamp: 9 }],
  });
  assertEquals(histogram.messages(16).map((exemplar) => exemplar.double(2)), [2]);
});
