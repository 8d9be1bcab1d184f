/**
 * The binary format back to families and metrics.
 *
 * @module
 */
// CONTROL PLANE
import type { MetricType } from "../../model/metric_type.ts";
import type { ParsedExemplar } from "./parsed.ts";
import { type ProtobufFields, readDelimited } from "./protobuf_reader.ts";

/** A `MetricFamily`. */
export interface ProtobufFamily {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  /** The help text, or the empty string. */
  readonly help: string;
  /** The unit, or the empty string. */
  readonly unit: string;
  /** The type; there is neither info nor stateset in this format. */
  readonly type: MetricType;
  /** One metric for each label set. */
  readonly metrics: readonly ProtobufMetric[];
}

/** A `Metric`: labels and what the type has. */
export interface ProtobufMetric {
  /** The labels in their order. */
  readonly labels: ReadonlyMap<string, string>;
  /** The value of a counter, gauge or untyped. */
  readonly value?: number;
  /** The exemplar of a counter. */
  readonly exemplar?: ParsedExemplar;
  /** Summaries and histograms: how many observations there were. */
  readonly count?: number;
  /** Summaries and histograms: their sum, in the family's unit. */
  readonly sum?: number;
  /** Summaries: the values by quantile. */
  readonly quantiles?: ReadonlyMap<number, number>;
  /** Histograms: the classic buckets, +Inf among them only if it has an exemplar. */
  readonly buckets?: readonly ProtobufBucket[];
  /** Histograms with native buckets. */
  readonly native?: ProtobufNative;
  /** Seconds since the Unix epoch. */
  readonly startTimestamp?: number;
}

/** A classic bucket. */
export interface ProtobufBucket {
  /** The largest value that falls into the bucket. */
  readonly upperBound: number;
  /** How many observations are in this bucket or a lower one. */
  readonly cumulativeCount: number;
  /** The exemplar of the bucket, if there is one. */
  readonly exemplar?: ParsedExemplar;
}

/** Native buckets, spans and differences resolved. */
export interface ProtobufNative {
  /** The resolution, 8 to -4. */
  readonly schema: number;
  /** The largest absolute value in the zero bucket. */
  readonly zeroThreshold: number;
  /** How many observations are in the zero bucket. */
  readonly zeroCount: number;
  /** Counts by bucket index above zero, those of empty buckets within a span too. */
  readonly positive: ReadonlyMap<number, number>;
  /** Counts by bucket index below zero. */
  readonly negative: ReadonlyMap<number, number>;
  /** The exemplars of the whole histogram. */
  readonly exemplars: readonly ParsedExemplar[];
}

/** The enum `MetricType`, in its order. */
const TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "summary",
  "unknown",
  "histogram",
  "gaugehistogram",
];

/**
 * Reads a body of delimited `MetricFamily` messages.
 *
 * @throws {SyntaxError} If the body is cut, or is no such stream
 *
 * @example An empty body has no family
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseProtobuf } from "promslab/exposition";
 *
 * assertEquals(parseProtobuf(new Uint8Array()), []);
 * ```
 */
export function parseProtobuf(body: Uint8Array): readonly ProtobufFamily[] {
  return readDelimited(body).map((family) => {
    const typeNumber = family.uint(3) ?? 0;
    const type = TYPES[typeNumber];
    if (type === undefined) {
      throw new SyntaxError(`Cannot read family "${family.string(1)}": its type is ${typeNumber}`);
    }
    return {
      name: family.string(1),
      help: family.string(2),
      unit: family.string(5),
      type,
      metrics: family.messages(4).map(readMetric),
    };
  });
}

function readMetric(metric: ProtobufFields): ProtobufMetric {
  const labels = readLabels(metric);
  const bare = metric.message(2) ?? metric.message(5);
  if (bare !== undefined) return { labels, value: bare.double(1) };
  const counter = metric.message(3);
  if (counter !== undefined) {
    const exemplar = readExemplar(counter.message(2));
    return { labels, value: counter.double(1), exemplar, startTimestamp: readTimestamp(counter.message(3)) };
  }
  const summary = metric.message(4);
  if (summary !== undefined) {
    const quantiles = summary.messages(3).map((quantile) =>
      [quantile.double(1)!, quantile.double(2)!] as const
    );
    return {
      labels,
      count: summary.uint(1),
      sum: summary.double(2),
      quantiles: new Map(quantiles),
      startTimestamp: readTimestamp(summary.message(4)),
    };
  }
  const histogram = metric.message(7);
  return histogram === undefined ? { labels } : { labels, ...readHistogram(histogram) };
}

function readHistogram(histogram: ProtobufFields): Omit<ProtobufMetric, "labels"> {
  return {
    count: histogram.uint(1),
    sum: histogram.double(2),
    buckets: histogram.messages(3).map((bucket) => ({
      upperBound: bucket.double(2)!,
      cumulativeCount: bucket.uint(1) ?? 0,
      exemplar: readExemplar(bucket.message(3)),
    })),
    native: readNative(histogram),
    startTimestamp: readTimestamp(histogram.message(15)),
  };
}

/** A histogram has native buckets if it has a span, or something in or around zero. */
function readNative(histogram: ProtobufFields): ProtobufNative | undefined {
  const zeroThreshold = histogram.double(6) ?? 0;
  const zeroCount = histogram.uint(7) ?? 0;
  const negativeSpans = histogram.messages(9);
  const positiveSpans = histogram.messages(12);
  const spanCount = negativeSpans.length + positiveSpans.length;
  if (spanCount === 0 && zeroThreshold === 0 && zeroCount === 0) return undefined;
  return {
    schema: histogram.sint(5) ?? 0,
    zeroThreshold,
    zeroCount,
    negative: readSpans(negativeSpans, histogram.sints(10)),
    positive: readSpans(positiveSpans, histogram.sints(13)),
    exemplars: histogram.messages(16).map((exemplar) => readExemplar(exemplar)!),
  };
}

function readSpans(spans: readonly ProtobufFields[], deltas: readonly number[]): Map<number, number> {
  // WHY: first, as a broken body may say that a span has billions of buckets.
  const spanned = spans.reduce((sum, span) => sum + (span.uint(2) ?? 0), 0);
  if (spanned !== deltas.length) {
    throw new SyntaxError(`Cannot match ${deltas.length} buckets with spans over ${spanned}`);
  }
  const counts = new Map<number, number>();
  let key = 0;
  let count = 0;
  let next = 0;
  for (const span of spans) {
    key += span.sint(1) ?? 0;
    for (let i = span.uint(2) ?? 0; i > 0; i--) {
      count += deltas[next++];
      counts.set(key++, count);
    }
  }
  return counts;
}

function readExemplar(exemplar: ProtobufFields | undefined): ParsedExemplar | undefined {
  if (exemplar === undefined) return undefined;
  return {
    labels: readLabels(exemplar),
    value: exemplar.double(2) ?? 0,
    timestamp: readTimestamp(exemplar.message(3)),
  };
}

function readLabels(message: ProtobufFields): Map<string, string> {
  return new Map(message.messages(1).map((pair) => [pair.string(1), pair.string(2)]));
}

function readTimestamp(timestamp: ProtobufFields | undefined): number | undefined {
  return timestamp === undefined ? undefined : (timestamp.uint(1) ?? 0) + (timestamp.uint(2) ?? 0) / 1e9;
}
