import { assertEquals, assertThrows } from "@std/assert";
import { parseProtobuf } from "../../../../src/exposition/check/parse_protobuf.ts";
import { ProtobufWriter } from "../../../../src/exposition/protobuf_writer.ts";

type Fill = (out: ProtobufWriter) => void;

function message(out: ProtobufWriter, field: number, fill: Fill): void {
  const start = out.begin(field);
  fill(out);
  out.end(start);
}

/** A body of one family with one metric. */
function bodyOf(typeNumber: number, metric: Fill): Uint8Array {
  const out = new ProtobufWriter();
  message(out, 1, (out) => {
    out.string(1, "a");
    out.string(2, "Help.");
    out.uint(3, typeNumber);
    message(out, 4, metric);
    out.string(5, "seconds");
  });
  // What stands before each message of a stream is its length without a tag.
  return out.bytes.toBytes().subarray(1);
}

function metricOf(typeNumber: number, metric: Fill) {
  return parseProtobuf(bodyOf(typeNumber, metric))[0].metrics[0];
}

/** A histogram with spans over positive buckets and the differences of their counts. */
function withSpans(spans: readonly (readonly [offset: number, length: number])[], deltas: readonly number[]) {
  return metricOf(4, (out) =>
    message(out, 7, (out) => {
      for (const [offset, length] of spans) {
        message(out, 12, (out) => {
          out.sint(1, offset);
          out.uint(2, length);
        });
      }
      for (const delta of deltas) out.sint(13, delta);
    })).native;
}

Deno.test("parseProtobuf() gives the metadata of a family", () => {
  const [{ name, help, unit, type }, ...others] = parseProtobuf(bodyOf(1, () => {}));
  assertEquals([name, help, unit, type, others], ["a", "Help.", "seconds", "gauge", []]);
});

Deno.test("parseProtobuf() knows the types by the schema's numbers, and refuses others", () => {
  const types = [0, 1, 2, 3, 4, 5].map((number) => parseProtobuf(bodyOf(number, () => {}))[0].type);
  assertEquals(types, ["counter", "gauge", "summary", "unknown", "histogram", "gaugehistogram"]);
  assertThrows(
    () => parseProtobuf(bodyOf(6, () => {})),
    SyntaxError,
    'Cannot read family "a": its type is 6',
  );
});

Deno.test("parseProtobuf() reads a type that is left out as the first, which is counter", () => {
  assertEquals(parseProtobuf(Uint8Array.of(3, 0x0a, 1, 0x61))[0].type, "counter");
});

Deno.test("parseProtobuf() reads labels in their order", () => {
  const { labels } = metricOf(1, (out) => {
    for (const name of ["z", "b"]) {
      message(out, 1, (out) => {
        out.string(1, name);
        out.string(2, `${name}'s value`);
      });
    }
  });
  assertEquals([...labels], [["z", "z's value"], ["b", "b's value"]]);
});

Deno.test("parseProtobuf() finds the value of a gauge and of an untyped metric", () => {
  assertEquals(metricOf(1, (out) => message(out, 2, (out) => out.double(1, -1.5))).value, -1.5);
  assertEquals(metricOf(3, (out) => message(out, 5, (out) => out.double(1, NaN))).value, NaN);
});

Deno.test("parseProtobuf() joins seconds and nanoseconds of a start time", () => {
  const { startTimestamp } = metricOf(0, (out) =>
    message(out, 3, (out) => {
      out.double(1, 1);
      message(out, 3, (out) => {
        out.uint(1, 100);
        out.uint(2, 250_000_000);
      });
    }));
  assertEquals(startTimestamp, 100.25);
});

Deno.test("parseProtobuf() reads the quantiles of a summary", () => {
  const metric = metricOf(2, (out) =>
    message(out, 4, (out) => {
      out.uint(1, 3);
      out.double(2, 4.5);
      for (const [quantile, value] of [[0.5, 1], [0.9, 2]]) {
        message(out, 3, (out) => {
          out.double(1, quantile);
          out.double(2, value);
        });
      }
    }));
  assertEquals([metric.count, metric.sum, metric.quantiles], [3, 4.5, new Map([[0.5, 1], [0.9, 2]])]);
});

Deno.test("parseProtobuf() reads a number that is left out as 0, as writers leave it out", () => {
  const { buckets, startTimestamp } = metricOf(4, (out) =>
    message(out, 7, (out) => {
      message(out, 3, (out) => {
        out.double(2, 0.5);
        message(out, 3, () => {});
      });
      message(out, 15, () => {});
    }));
  const exemplar = { labels: new Map(), value: 0, timestamp: undefined };
  assertEquals(buckets, [{ upperBound: 0.5, cumulativeCount: 0, exemplar }]);
  assertEquals(startTimestamp, 0);
});

Deno.test("parseProtobuf() adds up differences, over gaps and below the index 0", () => {
  assertEquals(withSpans([[-2, 2], [3, 1]], [5, -5, 7])?.positive, new Map([[-2, 5], [-1, 0], [3, 7]]));
});

Deno.test("parseProtobuf() tells a histogram without native buckets from an empty native one", () => {
  assertEquals(withSpans([], []), undefined);
  assertEquals(withSpans([[0, 0]], [])?.positive, new Map());
  const zeroBucket = metricOf(4, (out) => message(out, 7, (out) => out.uint(7, 2))).native;
  assertEquals([zeroBucket?.zeroCount, zeroBucket?.schema], [2, 0]);
});

Deno.test("parseProtobuf() refuses spans over more or fewer buckets than there are, however many they say", () => {
  const wanted = "Cannot match 1 buckets with spans over";
  assertThrows(() => withSpans([[0, 2]], [1]), SyntaxError, `${wanted} 2`);
  assertThrows(() => withSpans([[0, 0]], [1]), SyntaxError, `${wanted} 0`);
  // Reading bucket by bucket would take minutes and all memory.
  assertThrows(() => withSpans([[0, 2 ** 32 - 1]], [1]), SyntaxError, `${wanted} ${2 ** 32 - 1}`);
});

Deno.test("parseProtobuf() refuses a name that is not UTF-8", () => {
  assertThrows(() => parseProtobuf(Uint8Array.of(3, 0x0a, 1, 0xff)), SyntaxError, "it is not UTF-8");
});
