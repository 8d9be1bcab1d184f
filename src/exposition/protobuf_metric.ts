/**
 * The messages of one series: labels, value, buckets, exemplars.
 * Field numbers are those of `io.prometheus.client`.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { Exemplar, FamilySamples, NativeHistogram } from "../model/samples.ts";
import { escapeLabelName, type EscapingScheme } from "./escape_name.ts";
import { isKnownTime } from "./format.ts";
import { type Span, type SpannedBuckets, toSpans } from "./native_spans.ts";
import type { ProtobufWriter } from "./protobuf_writer.ts";

/** Writes the field `label` of a `Metric`. */
export function writeLabel(out: ProtobufWriter, label: { name: string; value: string }): void {
  const start = out.begin(1);
  out.string(1, label.name);
  out.string(2, label.value);
  out.end(start);
}

/** Writes a `Timestamp` in the given field, if the time is known. */
export function writeTimestamp(out: ProtobufWriter, field: number, seconds: number): void {
  if (!isKnownTime(seconds)) return;
  const start = out.begin(field);
  let whole = Math.floor(seconds);
  let nanos = Math.round((seconds - whole) * 1e9);
  if (nanos === 1e9) {
    whole++;
    nanos = 0;
  }
  out.uint(1, whole);
  out.uint(2, nanos);
  out.end(start);
}

/** Writes an `Exemplar` in the given field. */
export function writeExemplar(
  out: ProtobufWriter,
  field: number,
  what: { exemplar: Exemplar; escaping: EscapingScheme },
): void {
  const start = out.begin(field);
  for (const [name, value] of Object.entries(what.exemplar.labels)) {
    writeLabel(out, { name: escapeLabelName(name, what.escaping), value });
  }
  out.double(2, what.exemplar.value);
  writeTimestamp(out, 3, what.exemplar.timestamp);
  out.end(start);
}

/** Which series' message to write, and how. */
export interface MetricSource {
  readonly descriptor: Descriptor;
  readonly samples: FamilySamples;
  readonly series: number;
  readonly escaping: EscapingScheme;
}

/** Writes the field `counter` of a `Metric`. */
export function writeCounter(out: ProtobufWriter, source: MetricSource): void {
  const { samples, series } = source;
  const start = out.begin(3);
  out.double(1, samples.values[series]);
  const exemplar = samples.exemplars?.get(series);
  if (exemplar !== undefined) writeExemplar(out, 2, { exemplar, escaping: source.escaping });
  writeTimestamp(out, 3, samples.created?.[series] ?? 0);
  out.end(start);
}

/** Writes the field `summary` of a `Metric`. */
export function writeSummary(out: ProtobufWriter, source: MetricSource): void {
  const { descriptor: { quantiles }, samples: { values, stride, created }, series } = source;
  const base = series * stride;
  const start = out.begin(4);
  out.uint(1, values[base + quantiles.length + 1]);
  out.double(2, values[base + quantiles.length]);
  quantiles.forEach((quantile, i) => {
    const quantileStart = out.begin(3);
    out.double(1, quantile);
    out.double(2, values[base + i]);
    out.end(quantileStart);
  });
  writeTimestamp(out, 4, created?.[series] ?? 0);
  out.end(start);
}

/** Writes the field `histogram` of a `Metric`: classic buckets, native ones, or both. */
export function writeHistogram(out: ProtobufWriter, source: MetricSource): void {
  const { descriptor, samples: { values, stride, natives, created }, series } = source;
  const infColumn = series * stride + descriptor.buckets.length;
  const native = natives?.[series];
  const start = out.begin(7);
  // WHY: a scrape fails as a whole if the count is not the sum of the native buckets, so it comes from where they come.
  out.uint(1, native === undefined ? values[infColumn] : native.count);
  out.double(2, native === undefined ? values[infColumn + 1] : native.sum);
  writeBuckets(out, source);
  if (native !== undefined) writeNative(out, native, source.escaping);
  // WHY: what a gauge histogram holds comes and goes, so it does not begin to count.
  if (descriptor.type === "histogram") writeTimestamp(out, 15, created?.[series] ?? 0);
  out.end(start);
}

function writeBuckets(out: ProtobufWriter, source: MetricSource): void {
  const { descriptor: { buckets }, samples: { values, stride, exemplars }, series, escaping } = source;
  const base = series * stride;
  for (let i = 0; i <= buckets.length; i++) {
    const exemplar = exemplars?.get(base + i);
    // WHY: readers derive the bucket of +Inf from the count, so it is there for an exemplar's sake only.
    if (i === buckets.length && exemplar === undefined) return;
    const start = out.begin(3);
    out.uint(1, values[base + i]);
    out.double(2, buckets[i] ?? Infinity);
    if (exemplar !== undefined) writeExemplar(out, 3, { exemplar, escaping });
    out.end(start);
  }
}

function writeNative(out: ProtobufWriter, native: NativeHistogram, escaping: EscapingScheme): void {
  out.sint(5, native.schema);
  out.double(6, native.zeroThreshold);
  out.uint(7, native.zeroCount);
  writeSpans(out, toSpans(native.negativeKeys, native.negativeCounts), { span: 9, delta: 10 });
  writeSpans(out, toSpans(native.positiveKeys, native.positiveCounts), { span: 12, delta: 13 });
  const isEmpty = native.positiveKeys.length === 0 && native.negativeKeys.length === 0 &&
    native.zeroThreshold === 0 && native.zeroCount === 0;
  // WHY: without a span, a threshold or a count in the zero bucket, readers take the histogram for a classic one.
  if (isEmpty) writeSpan(out, 12, { offset: 0, length: 0 });
  for (const exemplar of native.exemplars) {
    if (isKnownTime(exemplar.timestamp)) writeExemplar(out, 16, { exemplar, escaping });
  }
}

interface SpanFields {
  readonly span: number;
  readonly delta: number;
}

/** Writes spans, and the difference of each bucket's count from the last one's. */
function writeSpans(out: ProtobufWriter, { spans, counts }: SpannedBuckets, fields: SpanFields): void {
  for (const span of spans) writeSpan(out, fields.span, span);
  let last = 0;
  for (const count of counts) {
    out.sint(fields.delta, count - last);
    last = count;
  }
}

function writeSpan(out: ProtobufWriter, field: number, span: Span): void {
  const start = out.begin(field);
  out.sint(1, span.offset);
  out.uint(2, span.length);
  out.end(start);
}
