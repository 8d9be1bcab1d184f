/**
 * What a scrape hands to a format: families in blocks of series, value by value in columns.
 * A format sees nothing else, in particular no shared memory, so it can be judged on generated samples.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "./descriptor.ts";

/** One label set: its values, in the order of the {@linkcode SeriesBlock}'s label names. */
export type LabelValues = readonly string[];

/**
 * An immutable run of series of one family. While the same series are visible in the same order, every
 * scrape hands out the same object, so a format may keep what it derived from the labels in a `WeakMap`.
 */
export interface SeriesBlock {
  /** The names, those of the descriptor and then `worker` if the merge mode adds it. Constant labels are not among them. */
  readonly labelNames: readonly string[];
  /** The label sets, sorted by value within the family; all are well-formed strings. */
  readonly series: readonly LabelValues[];
}

/** An example that stands for an observation, as OpenMetrics 1.0 has it. */
export interface Exemplar {
  /** Label names and values; at most 128 code points in sum. */
  readonly labels: Readonly<Record<string, string>>;
  /** The observed value. */
  readonly value: number;
  /** When, in seconds since the Unix epoch. */
  readonly timestamp: number;
}

/** A native histogram's sparse buckets, merged over all workers. */
export interface NativeHistogram {
  /** Resolution, from 8 down to -4: bucket `i` holds `(base ** (i - 1), base ** i]` for base `2 ** (2 ** -schema)`. */
  readonly schema: number;
  /** Observations of at most this absolute value are counted in `zeroCount`. */
  readonly zeroThreshold: number;
  /** Observations in the zero bucket. */
  readonly zeroCount: number;
  /** All observations, NaN included. */
  readonly count: number;
  /** The sum of all observations, in the family's unit. */
  readonly sum: number;
  /** Indexes of the non-empty positive buckets, ascending. */
  readonly positiveKeys: Int32Array;
  /** Observations in each bucket of `positiveKeys`. */
  readonly positiveCounts: Float64Array;
  /** Indexes of the non-empty negative buckets, ascending. */
  readonly negativeKeys: Int32Array;
  /** Observations in each bucket of `negativeKeys`. */
  readonly negativeCounts: Float64Array;
  /** Exemplars, sorted by value. */
  readonly exemplars: readonly Exemplar[];
}

/**
 * One block of one family as one scrape found it. The arrays belong to the collector, which may use them
 * again after the sink returns: a sink copies what it keeps.
 *
 * Series `i` owns `values[i * stride]` to `values[i * stride + stride - 1]`:
 *
 * | type | values of one series | stride |
 * | --- | --- | --- |
 * | counter, gauge, unknown, info | value | 1 |
 * | stateset | 0 or 1 for each of `descriptor.states` | states |
 * | histogram, gaugehistogram | cumulative count for each of `descriptor.buckets`, then of +Inf (which is the count), then the sum | buckets + 2 |
 * | summary | value for each of `descriptor.quantiles`, then sum, then count | quantiles + 2 |
 *
 * A histogram that is native only has `descriptor.buckets` empty (so count, sum) and its buckets in `natives`.
 */
export interface FamilySamples {
  /** The family. */
  readonly descriptor: Descriptor;
  /** Its series, or a run of them. */
  readonly block: SeriesBlock;
  /** Whether this is the family's first block. A family without series is one empty block. */
  readonly first: boolean;
  /** Whether this is the family's last block. */
  readonly last: boolean;
  /** How many values each series has. */
  readonly stride: number;
  /** The values of all series of the block. */
  readonly values: Float64Array;
  /**
   * The state of the values, a number that only tells states apart: while it is the same for the same block, so are the
   * values. Without it they may differ from one scrape to the next.
   */
  readonly version?: number;
  /** When each series began to count, in seconds since the Unix epoch; 0 where that is not known. */
  readonly created?: Float64Array;
  /**
   * Exemplars by `i * stride + column`: a counter's at its value, a histogram's at the bucket it fell in.
   * An exemplar that has not changed since the last scrape is the same object.
   */
  readonly exemplars?: ReadonlyMap<number, Exemplar>;
  /** Native buckets by series, for histograms that have them. */
  readonly natives?: readonly NativeHistogram[];
}

/** Where a scrape goes: a format, the typed snapshot, a test's recorder. */
export interface SampleSink {
  /** Takes the next block. Families come sorted by name, blocks in order, each family's blocks together. */
  samples(block: FamilySamples): void;
}

/** How many values a series of the family has in {@linkcode FamilySamples.values}. */
export function strideOf(descriptor: Descriptor): number {
  switch (descriptor.type) {
    case "histogram":
    case "gaugehistogram":
      return descriptor.buckets.length + 2;
    case "summary":
      return descriptor.quantiles.length + 2;
    case "stateset":
      return descriptor.states.length;
    default:
      return 1;
  }
}
