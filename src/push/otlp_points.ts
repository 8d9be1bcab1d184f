/**
 * Data points of OTLP out of one series' values.
 *
 * @module
 */
// CONTROL PLANE
import type { Exemplar, FamilySamples, NativeHistogram } from "../model/samples.ts";
import type {
  OtlpAttribute,
  OtlpBuckets,
  OtlpDouble,
  OtlpExemplar,
  OtlpExponentialPoint,
  OtlpHistogramPoint,
  OtlpNumberPoint,
  OtlpPoint,
  OtlpSummaryPoint,
} from "./otlp_types.ts";

const TRACE_ID = /^[0-9a-f]{32}$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;

/** One series of a block, on its way. */
export class PointMaker {
  readonly #samples: FamilySamples;
  readonly #series: number;
  readonly #point: OtlpPoint;

  /** @param timeUnixNano when the values were read */
  constructor(samples: FamilySamples, { series, timeUnixNano }: { series: number; timeUnixNano: string }) {
    const { descriptor, block, created } = samples;
    this.#samples = samples;
    this.#series = series;
    const own = block.labelNames.map((name, i): [string, string] => [name, block.series[series][i]]);
    const startSeconds = created?.[series] ?? 0;
    this.#point = {
      attributes: attributesOf([...Object.entries(descriptor.constLabels), ...own]),
      ...(startSeconds > 0 && { startTimeUnixNano: nanos(startSeconds) }),
      timeUnixNano,
    };
  }

  /** A point of a sum, or of a gauge, which has no start. */
  number(kind: "sum" | "gauge"): OtlpNumberPoint {
    const { startTimeUnixNano: _start, ...gauge } = this.#point;
    const exemplars = this.#exemplars();
    return {
      ...(kind === "sum" ? this.#point : gauge),
      asDouble: double(this.#value(0)),
      ...(exemplars.length > 0 && { exemplars }),
    };
  }

  /** One point for each state, as OpenMetrics shows them. */
  states(): OtlpNumberPoint[] {
    const { name, states } = this.#samples.descriptor;
    return states.map((state, i) => ({
      ...this.#point,
      attributes: [...this.#point.attributes, attribute(name, state)],
      asDouble: this.#value(i),
    }));
  }

  /** A point of a classic histogram. */
  histogram(): OtlpHistogramPoint {
    const { buckets } = this.#samples.descriptor;
    const exemplars = this.#exemplars();
    const bucketCounts = [...buckets, Infinity].map((_, i) =>
      String(this.#value(i) - (i > 0 ? this.#value(i - 1) : 0))
    );
    return {
      ...this.#point,
      count: String(this.#value(buckets.length)),
      // WHY: a sum may go down where negative values are observed, and OTLP wants it left out then.
      ...(!(buckets[0] < 0) && { sum: double(this.#value(buckets.length + 1)) }),
      bucketCounts,
      explicitBounds: buckets,
      ...(exemplars.length > 0 && { exemplars }),
    };
  }

  /** A point of a native histogram. Observations of NaN are in no bucket, so they are not counted. */
  exponential(native: NativeHistogram): OtlpExponentialPoint {
    const positive = bucketsOf(native.positiveKeys, native.positiveCounts);
    const negative = bucketsOf(native.negativeKeys, native.negativeCounts);
    const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
    const count = native.zeroCount + total(native.positiveCounts) + total(native.negativeCounts);
    const exemplars = native.exemplars.map(exemplarOf);
    return {
      ...this.#point,
      count: String(count),
      ...(negative === undefined && { sum: double(native.sum) }),
      scale: native.schema,
      zeroCount: String(native.zeroCount),
      zeroThreshold: native.zeroThreshold,
      ...(positive && { positive }),
      ...(negative && { negative }),
      ...(exemplars.length > 0 && { exemplars }),
    };
  }

  /** A point of a summary. */
  summary(): OtlpSummaryPoint {
    const { quantiles } = this.#samples.descriptor;
    return {
      ...this.#point,
      count: String(this.#value(quantiles.length + 1)),
      sum: double(this.#value(quantiles.length)),
      quantileValues: quantiles.map((quantile, i) => ({ quantile, value: double(this.#value(i)) })),
    };
  }

  #value(column: number): number {
    const { values, stride } = this.#samples;
    return values[this.#series * stride + column];
  }

  #exemplars(): OtlpExemplar[] {
    const { exemplars, stride } = this.#samples;
    const found: OtlpExemplar[] = [];
    for (let column = 0; exemplars !== undefined && column < stride; column++) {
      const exemplar = exemplars.get(this.#series * stride + column);
      if (exemplar !== undefined) found.push(exemplarOf(exemplar));
    }
    return found;
  }
}

/** Labels as attributes; an empty value is no label. */
export function attributesOf(labels: Iterable<readonly [string, string]>): OtlpAttribute[] {
  return [...labels].filter(([, value]) => value !== "").map(([name, value]) => attribute(name, value));
}

/** Seconds since the Unix epoch as nanoseconds. */
export function nanos(seconds: number): string {
  return String(BigInt(Math.round(seconds * 1e6)) * 1000n);
}

function attribute(key: string, stringValue: string): OtlpAttribute {
  return { key, value: { stringValue } };
}

/** A double in JSON. */
function double(value: number): OtlpDouble {
  return Number.isFinite(value) ? value : String(value);
}

/** Sparse buckets side by side. Ours have the index of their upper bound, those of OTLP that of the lower one. */
function bucketsOf(keys: Int32Array, counts: Float64Array): OtlpBuckets | undefined {
  if (keys.length === 0) return undefined;
  const bucketCounts = new Array<string>(keys[keys.length - 1] - keys[0] + 1).fill("0");
  keys.forEach((key, i) => bucketCounts[key - keys[0]] = String(counts[i]));
  return { offset: keys[0] - 1, bucketCounts };
}

function exemplarOf({ labels, value, timestamp }: Exemplar): OtlpExemplar {
  const { trace_id: traceId = "", span_id: spanId = "", ...others } = labels;
  const isTrace = TRACE_ID.test(traceId);
  const isSpan = SPAN_ID.test(spanId);
  return {
    filteredAttributes: attributesOf([
      ...Object.entries(others),
      ...(isTrace ? [] : [["trace_id", traceId] as const]),
      ...(isSpan ? [] : [["span_id", spanId] as const]),
    ]),
    timeUnixNano: nanos(timestamp),
    asDouble: double(value),
    ...(isTrace && { traceId }),
    ...(isSpan && { spanId }),
  };
}
