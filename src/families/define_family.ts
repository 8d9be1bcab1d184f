/**
 * From a family as data to a metric that can be written.
 *
 * @module
 */
import { Counter } from "../metric/counter.ts";
import { Gauge } from "../metric/gauge.ts";
import { Histogram } from "../metric/histogram.ts";
import type { Registerer } from "../metric/registerer.ts";
import { Summary } from "../metric/summary.ts";
import { type EngineLabels, withEngineLabels } from "./engine_labels.ts";
import {
  type CounterSpec,
  type GaugeSpec,
  type HistogramSpec,
  type SummarySpec,
  tokenBuckets,
} from "./family_spec.ts";

/** What a definition needs beside its spec. */
export interface DefineOptions {
  /** Default: the thread's own registry. */
  readonly registry?: Registerer;
  /** The context length, for histograms of token counts. */
  readonly tokensMax?: number;
  /** What stands where the spec says `engine`. Default: that. */
  readonly engineLabels?: EngineLabels;
}

/** Defines a counter, or gives the one that is there. */
export function defineCounter<L extends string>(
  spec: CounterSpec<L>,
  options: DefineOptions = {},
): Counter<L> {
  const { name, help } = spec;
  const labelNames = namesOf(spec, options);
  return Counter.getOrCreate<L>({ name, help, labelNames, registry: options.registry });
}

/** Defines a gauge, or gives the one that is there. */
export function defineGauge<L extends string>(spec: GaugeSpec<L>, options: DefineOptions = {}): Gauge<L> {
  const { name, help, mode } = spec;
  const labelNames = namesOf(spec, options);
  return Gauge.getOrCreate<L>({ name, help, labelNames, mode, registry: options.registry });
}

/** Defines a histogram, or gives the one that is there. */
export function defineHistogram<L extends string>(
  spec: HistogramSpec<L>,
  options: DefineOptions = {},
): Histogram<L> {
  const { name, help } = spec;
  const labelNames = namesOf(spec, options);
  const buckets = spec.buckets === "tokens" ? tokenBuckets(options.tokensMax ?? 1) : spec.buckets;
  return Histogram.getOrCreate<L>({ name, help, labelNames, buckets, registry: options.registry });
}

/** Defines a summary without quantiles, or gives the one that is there. */
export function defineSummary<L extends string>(
  spec: SummarySpec<L>,
  options: DefineOptions = {},
): Summary<L> {
  const { name, help, labelNames } = spec;
  return Summary.getOrCreate<L>({ name, help, labelNames, registry: options.registry });
}

/** The label names of a spec; with other labels for the engine, callers give values by position. */
function namesOf<L extends string>(
  spec: { readonly labelNames: readonly L[] },
  options: DefineOptions,
): readonly L[] {
  return withEngineLabels(spec.labelNames, options.engineLabels) as readonly L[];
}
