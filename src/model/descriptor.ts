/**
 * What a family is: name, help, type, labels, and what its type needs besides.
 *
 * @module
 */
import type { MergeMode, MetricType } from "./metric_type.ts";

/** How a native histogram keeps its buckets. */
export interface NativeBuckets {
  /** The schema that a series starts with, 8 to -4. */
  readonly schema: number;
  /** Observations of at most this absolute value go to the zero bucket. */
  readonly zeroThreshold: number;
  /** The most buckets that a series may have before its resolution is reduced. */
  readonly maxBuckets: number;
  /** The widest that the zero bucket may become to keep within `maxBuckets`. */
  readonly maxZeroThreshold: number;
  /** Seconds after which a series over `maxBuckets` may be reset instead; 0 for never. */
  readonly minResetSeconds: number;
}

/** The definition of a family, complete and checked. Two workers that define one name must agree on all of it. */
export interface Descriptor {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly help: string;
  /** Its kind. */
  readonly type: MetricType;
  /** Base unit such as `seconds`, or the empty string. */
  readonly unit: string;
  /** Names of the labels in which its series differ. */
  readonly labelNames: readonly string[];
  /** Labels that every series of the family carries with the same value. */
  readonly constLabels: Readonly<Record<string, string>>;
  /** Gauges (and statesets, infos): how the workers' values merge. Others merge by sum. */
  readonly mode: MergeMode;
  /** Classic histograms: upper bounds, ascending, without +Inf. */
  readonly buckets: readonly number[];
  /** Summaries: the quantiles exposed, ascending, each from 0 to 1. */
  readonly quantiles: readonly number[];
  /** Summaries: the relative error of the quantiles. */
  readonly relativeError: number;
  /** Summaries: over how many seconds the quantiles look back; 0 for ever. */
  readonly windowSeconds: number;
  /** Statesets: the names of the states. */
  readonly states: readonly string[];
  /** Histograms: present if native buckets are kept. */
  readonly native?: NativeBuckets;
  /** Counters and histograms: whether exemplars are kept. */
  readonly exemplars: boolean;
  /** The most series of one worker; label sets beyond it go to the overflow series. */
  readonly maxSeries: number;
  /** Present and true if each worker has series of its own, told apart by the label `worker`. */
  readonly perWorker?: boolean;
  /** Seconds without a change after which a series is removed; 0 for never. */
  readonly ttlSeconds: number;
}
