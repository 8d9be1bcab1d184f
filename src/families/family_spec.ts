/**
 * Families as data: what a set of metric families is, before any registry knows of it. Tables of specs are
 * what the definitions, the reference pages, the dashboards and the conformance tests are made from.
 *
 * @module
 */
import type { MergeMode } from "../model/metric_type.ts";

/** Which thread writes a family's series; it decides how the values of several threads merge. */
export type FamilyOwner =
  /** The API worker that owns the request: counters and histograms add up. */
  | "request"
  /** The engine's own thread, and no other: its gauges are the state of that engine. */
  | "engine";

/** Whether a family is part of the current set, needs a feature, or is an older name. */
export type FamilyStatus = "current" | "optional" | "deprecated";

/** Upper bounds of a histogram; `"tokens"` stands for the 1-2-5 series up to the model's context length. */
export type BucketSpec = readonly number[] | "tokens";

/** What all kinds of families have. */
export interface FamilySpecBase<L extends string> {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  readonly owner: FamilyOwner;
  readonly status: FamilyStatus;
  /** The feature without which the family cannot move and is not defined. */
  readonly feature?: string;
  /** Label values that exist from the start, at zero. */
  readonly children?: Readonly<Partial<Record<L, readonly string[]>>>;
}

/** A counter's definition. */
export interface CounterSpec<L extends string = string> extends FamilySpecBase<L> {
  readonly type: "counter";
}

/** A gauge's definition. */
export interface GaugeSpec<L extends string = string> extends FamilySpecBase<L> {
  readonly type: "gauge";
  readonly mode: MergeMode;
}

/** A histogram's definition. */
export interface HistogramSpec<L extends string = string> extends FamilySpecBase<L> {
  readonly type: "histogram";
  readonly buckets: BucketSpec;
}

/** A summary's definition: sum and count, without quantiles. */
export interface SummarySpec<L extends string = string> extends FamilySpecBase<L> {
  readonly type: "summary";
}

/** The definition of one family. */
export type FamilySpec<L extends string = string> =
  | CounterSpec<L>
  | GaugeSpec<L>
  | HistogramSpec<L>
  | SummarySpec<L>;

/** What a row of a table may say beside name and help. */
export interface SpecOptions<L extends string> {
  readonly labels?: readonly L[];
  readonly owner?: FamilyOwner;
  readonly status?: FamilyStatus;
  readonly feature?: string;
  readonly children?: Readonly<Partial<Record<L, readonly string[]>>>;
}

/** The row of a counter. */
export function counterSpec<const L extends string = never>(
  name: string,
  help: string,
  options: SpecOptions<L> = {},
): CounterSpec<L> {
  return { type: "counter", ...base(name, help, options) };
}

/** The row of a gauge; without a mode its workers' values add up while they live. */
export function gaugeSpec<const L extends string = never>(
  name: string,
  help: string,
  options: SpecOptions<L> & { readonly mode?: MergeMode } = {},
): GaugeSpec<L> {
  return { type: "gauge", mode: options.mode ?? "livesum", ...base(name, help, options) };
}

/** The row of a histogram. */
export function histogramSpec<const L extends string = never>(
  name: string,
  help: string,
  options: SpecOptions<L> & { readonly buckets: BucketSpec },
): HistogramSpec<L> {
  return { type: "histogram", buckets: options.buckets, ...base(name, help, options) };
}

/** The row of a summary. */
export function summarySpec<const L extends string = never>(
  name: string,
  help: string,
  options: SpecOptions<L> = {},
): SummarySpec<L> {
  return { type: "summary", ...base(name, help, options) };
}

/** The bounds of a histogram of token counts: 1, 2, 5, 10, 20, 50 and so on, at most `maxTokens`. */
export function tokenBuckets(maxTokens: number): number[] {
  const bounds: number[] = [];
  for (let decade = 1; decade <= maxTokens; decade *= 10) {
    for (const step of [1, 2, 5]) {
      if (step * decade <= maxTokens) bounds.push(step * decade);
    }
  }
  return bounds;
}

function base<L extends string>(name: string, help: string, options: SpecOptions<L>): FamilySpecBase<L> {
  const { labels = [], owner = "request", status = "current", feature, children } = options;
  return { name, help, labelNames: labels, owner, status, feature, children };
}
