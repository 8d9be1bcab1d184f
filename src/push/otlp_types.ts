/**
 * The messages of OTLP metrics as JSON has them: 64-bit integers are strings, numbers that JSON lacks are too.
 *
 * @module
 */
// CONTROL PLANE

/** A double: a number, or `"NaN"`, `"Infinity"`, `"-Infinity"`. */
export type OtlpDouble = number | string;

/** A label. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

/** What all data points have. */
export interface OtlpPoint {
  readonly attributes: readonly OtlpAttribute[];
  /** When the series began to count; left out where that is not known. */
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
}

/** An example that stands for an observation. */
export interface OtlpExemplar {
  readonly filteredAttributes: readonly OtlpAttribute[];
  readonly timeUnixNano: string;
  readonly asDouble: OtlpDouble;
  /** 16 bytes in hexadecimal digits. */
  readonly traceId?: string;
  /** 8 bytes in hexadecimal digits. */
  readonly spanId?: string;
}

/** A point of a sum or gauge. */
export interface OtlpNumberPoint extends OtlpPoint {
  readonly asDouble: OtlpDouble;
  readonly exemplars?: readonly OtlpExemplar[];
}

/** A point of a histogram: counts bucket by bucket, not cumulative. */
export interface OtlpHistogramPoint extends OtlpPoint {
  readonly count: string;
  readonly sum?: OtlpDouble;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
  readonly exemplars?: readonly OtlpExemplar[];
}

/** Neighbouring buckets: the first one has the index `offset`, and bucket `i` is `(base ** i, base ** (i + 1)]`. */
export interface OtlpBuckets {
  readonly offset: number;
  readonly bucketCounts: readonly string[];
}

/** A point of a native histogram. */
export interface OtlpExponentialPoint extends OtlpPoint {
  readonly count: string;
  readonly sum?: OtlpDouble;
  readonly scale: number;
  readonly zeroCount: string;
  readonly zeroThreshold: number;
  readonly positive?: OtlpBuckets;
  readonly negative?: OtlpBuckets;
  readonly exemplars?: readonly OtlpExemplar[];
}

/** A point of a summary. */
export interface OtlpSummaryPoint extends OtlpPoint {
  readonly count: string;
  readonly sum: OtlpDouble;
  readonly quantileValues: readonly { readonly quantile: number; readonly value: OtlpDouble }[];
}

/** `AGGREGATION_TEMPORALITY_CUMULATIVE`: values count from the start time on. */
export const CUMULATIVE = 2;

/** One family; exactly one of the last five is there. */
export interface OtlpMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: OtlpNumberPoint[] };
  readonly sum?: {
    readonly dataPoints: OtlpNumberPoint[];
    readonly aggregationTemporality: typeof CUMULATIVE;
    readonly isMonotonic: boolean;
  };
  readonly histogram?: {
    readonly dataPoints: OtlpHistogramPoint[];
    readonly aggregationTemporality: typeof CUMULATIVE;
  };
  readonly exponentialHistogram?: {
    readonly dataPoints: OtlpExponentialPoint[];
    readonly aggregationTemporality: typeof CUMULATIVE;
  };
  readonly summary?: { readonly dataPoints: OtlpSummaryPoint[] };
}

/** `ExportMetricsServiceRequest`, with one resource and one scope. */
export interface OtlpRequest {
  readonly resourceMetrics: readonly [{
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeMetrics: readonly [{
      readonly scope: { readonly name: string };
      readonly metrics: readonly OtlpMetric[];
    }];
  }];
}
