/**
 * Histograms.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import type { Labels } from "../model/label_values.ts";
import { observeHistogram } from "../slab/histogram_cell.ts";
import { classicBucketOf, observeNative } from "../slab/native_cell.ts";
import { planCell } from "./cell_plan.ts";
import { ExemplarKeeper, type UpdateOptions } from "./exemplar_keeper.ts";
import {
  ClassicChild,
  type HistogramChild,
  type HistogramParts,
  NativeChild,
  refuseObservation,
} from "./histogram_child.ts";
import type { CollectOption, CommonOptions } from "./metric.ts";
import { defaultRegisterer } from "./registerer.ts";
import { TimedMetric } from "./timed_metric.ts";

export type { HistogramChild } from "./histogram_child.ts";

/** What a histogram's definition may say. */
export type HistogramOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<Histogram<LabelName>>
  & Pick<DefinitionOptions, "buckets" | "native" | "exemplars">;

/**
 * How a value is distributed: durations, sizes. Counts observations in buckets by upper bound, and sums them up.
 * Owner thread only; the scrape adds up the workers.
 *
 * @example Durations
 * ```ts
 * import { Histogram } from "promslab";
 *
 * const seconds = new Histogram({
 *   name: "app_job_duration_seconds",
 *   help: "How long jobs took.",
 *   buckets: [0.1, 1, 10],
 * });
 * const end = seconds.startTimer();
 * end();
 * ```
 */
export class Histogram<LabelName extends string = never> extends TimedMetric<LabelName, HistogramChild> {
  readonly #parts: HistogramParts;

  /**
   * Defines a histogram.
   *
   * @throws {TypeError | RangeError} If the definition is not valid; bounds must be finite and ascending
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: HistogramOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("histogram", options);
    const { clock } = options.registry ?? defaultRegisterer();
    const plan = planCell(descriptor, clock);
    super({ descriptor, shape: plan.shape, registry: options.registry, reuse, collect: options.collect });
    const { name, buckets } = descriptor;
    const keeper = new ExemplarKeeper(plan, `histogram "${name}"`);
    this.#parts = { name, bounds: Float64Array.from(buckets), keeper, native: plan.native };
  }

  /**
   * The histogram of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(
    options: HistogramOptions<LabelName>,
  ): Histogram<LabelName> {
    return new Histogram(options, true);
  }

  /**
   * Observes a value of the histogram without labels; see {@linkcode HistogramChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or NaN where there are no native buckets; or if the histogram has labels
   */
  observe(value: number, options?: UpdateOptions): void;
  /**
   * Observes a value of one series; see {@linkcode HistogramChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or NaN where there are no native buckets; or if a label is missing or unknown
   */
  observe(labels: Labels<LabelName>, value: number, options?: UpdateOptions): void;
  observe(first: number | Labels<LabelName>, second?: number | UpdateOptions, third?: UpdateOptions): void {
    const { family } = this;
    const labelled = typeof first === "object";
    const value = labelled ? second : first;
    const { bounds, native } = this.#parts;
    if (typeof value !== "number" || (value !== value && native === undefined)) {
      refuseObservation(this.name, value);
    }
    const options = labelled ? third : second as UpdateOptions | undefined;
    if (options !== undefined || native !== undefined) {
      if (labelled && options !== undefined) return this.#observeExample(first, value, options);
      return (labelled ? this.labels(first) : this.ownChild()).observe(value, options);
    }
    observeHistogram(family.slab, labelled ? family.cellOf(first) : this.ownCell(), bounds, value);
  }

  #observeExample(labels: Labels<LabelName>, value: number, options: UpdateOptions): void {
    const { bounds, keeper, native } = this.#parts;
    const { slab } = this.family;
    // WHY: checked before the labels are looked up, so that a refused exemplar makes no series.
    const keeps = keeper.prepare(options);
    const cell32 = this.family.cellOf(labels);
    if (native === undefined) observeHistogram(slab, cell32, bounds, value);
    else observeNative(slab, cell32, native, value);
    if (keeps) keeper.store(slab, cell32, { value, slot: classicBucketOf(bounds, value) });
  }

  /** @internal */
  protected override bind(cell32: number): HistogramChild {
    const { native } = this.#parts;
    const { slab } = this.family;
    if (native === undefined) return new ClassicChild(slab, cell32, this.#parts);
    return new NativeChild(slab, cell32, native, this.#parts);
  }
}
