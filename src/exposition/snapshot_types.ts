/**
 * The elements of a snapshot, and how to ask for them.
 *
 * @module
 */

/** What every element of a snapshot has. */
export interface SnapshotBase {
  /** The family's name, a counter's without `_total`. */
  readonly name: string;
  /** Label values by name, sorted by name; constant labels among them, empty values left out. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A counter's series. */
export interface CounterSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "counter";
  /** The value of all workers together. */
  readonly value: number;
}

/** A series of a gauge, or of a family of unknown type. */
export interface GaugeSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "gauge";
  /** The value of all workers together. */
  readonly value: number;
}

/** How many observations are not above a bound. */
export interface SnapshotBucket {
  /** The upper bound; `Infinity` in the last bucket. */
  readonly le: number;
  /** Observations up to the bound: cumulative. */
  readonly count: number;
}

/** A histogram's series; a gauge histogram's if `gauge` is true. */
export interface HistogramSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "histogram";
  /** How many observations there were. */
  readonly count: number;
  /** The sum of the observed values, in the family's unit. */
  readonly sum: number;
  /** By ascending bound, the last one `Infinity`. A histogram with native buckets only has just that one. */
  readonly buckets: readonly SnapshotBucket[];
  /** Whether the counts can go down. */
  readonly gauge: boolean;
}

/** A summary's series. */
export interface SummarySnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "summary";
  /** How many observations there were. */
  readonly count: number;
  /** The sum of the observed values, in the family's unit. */
  readonly sum: number;
  /** By ascending quantile; the value is NaN without recent observations. */
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[];
}

/** Counters that differ in one label whose values are positions 0, 1, 2 and so on. */
export interface VectorSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "vector";
  /** By position; 0 where there is no series. */
  readonly values: readonly number[];
}

/** An info's series: what it says is in the labels. */
export interface InfoSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "info";
}

/** A stateset's series. */
export interface StateSetSnapshot extends SnapshotBase {
  /** Tells the elements apart. */
  readonly kind: "stateset";
  /** Whether each state is on, by its name. */
  readonly states: Readonly<Record<string, boolean>>;
}

/** One element of a snapshot, told apart by `kind`. */
export type SeriesSnapshot =
  | CounterSnapshot
  | GaugeSnapshot
  | HistogramSnapshot
  | SummarySnapshot
  | VectorSnapshot
  | InfoSnapshot
  | StateSetSnapshot;

/** Which series are wanted; all of them without any condition, and those that meet all conditions otherwise. */
export interface SnapshotQuery {
  /** What the name begins with. */
  readonly prefix?: string;
  /** Families by name, a counter's with or without `_total`. */
  readonly names?: readonly string[];
  /** Label values that the series must have; an empty value stands for a label that the series does not have. */
  readonly labels?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Counters to be taken as vectors: the label that holds the position, by family name. Default: vLLM's accepted
   * draft tokens by position.
   */
  readonly vectors?: Readonly<Record<string, string>>;
}
