/**
 * Classic histograms.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import type { Labels } from "../model/label_values.ts";
import { observeHistogram } from "../slab/histogram_cell.ts";
import { classicBucketOf, observeNative } from "../slab/native_cell.ts";
import type { NativePlan } from "../slab/native_plan.ts";
import type { Slab } from "../slab/slab.ts";
import { type CollectOption, type CommonOptions, Metric } from "./metric.ts";
import type { BoundChild } from "./family.ts";
import { planCell } from "./cell_plan.ts";
import { ExemplarKeeper, type UpdateOptions } from "./exemplar_keeper.ts";
import { defaultRegisterer } from "./registerer.ts";
import { type EndTimer, startTimer } from "./timer.ts";
import { whenOver } from "./when_over.ts";

/** What a histogram's definition may say. */
export type HistogramOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<Histogram<LabelName>>
  & Pick<DefinitionOptions, "buckets" | "native" | "exemplars">;

/** What the children of one histogram share. */
interface HistogramParts {
  readonly name: string;
  readonly bounds: Float64Array;
  readonly keeper: ExemplarKeeper;
  /** Present if there are native buckets. */
  readonly native: NativePlan | undefined;
}

/** One series of a histogram, bound to its place in memory. Owner thread only. */
export class HistogramChild implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #bounds: Float64Array;
  readonly #name: string;
  readonly #keeper: ExemplarKeeper;
  readonly #native: NativePlan | undefined;

  /** Made by {@linkcode Histogram.labels}. */
  constructor(slab: Slab, cell32: number, of: HistogramParts) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#bounds = of.bounds;
    this.#name = of.name;
    this.#keeper = of.keeper;
    this.#native = of.native;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  /**
   * Counts a value in its bucket and adds it to the sum, both visible together. Allocates nothing.
   *
   * @param value any number; NaN only if there are native buckets, where it counts in none but spoils the sum
   * @param options an exemplar that stands for this observation
   * @throws {RangeError} If the value is NaN or no number; nothing is counted then
   * @throws {TypeError | RangeError} If the exemplar is not valid; nothing is counted then
   */
  observe(value: number, options?: UpdateOptions): void {
    if (typeof value !== "number" || (value !== value && this.#native === undefined)) {
      refuse(this.#name, value);
    }
    if (options !== undefined) return this.#observeExample(value, options);
    if (this.#native === undefined) observeHistogram(this.#slab, this.#cell32, this.#bounds, value);
    else observeNative(this.#slab, this.#cell32, this.#native, value);
  }

  #observeExample(value: number, options: UpdateOptions): void {
    const keeps = this.#keeper.prepare(options);
    this.observe(value);
    if (keeps) {
      this.#keeper.store(this.#slab, this.#cell32, { value, slot: classicBucketOf(this.#bounds, value) });
    }
  }

  /** Starts to measure; the returned function observes the elapsed seconds and returns them. */
  startTimer(): EndTimer {
    return startTimer((seconds, options) => this.observe(seconds, options));
  }

  /** Does a piece of work and observes the seconds that it took; see {@linkcode Histogram.time}. */
  time<Result>(work: () => Result): Result {
    const end = this.startTimer();
    return whenOver(work, () => end());
  }
}

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
export class Histogram<LabelName extends string = never> extends Metric<LabelName, HistogramChild> {
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

  /** Observes a value of the histogram without labels; see {@linkcode HistogramChild.observe}. */
  observe(value: number, options?: UpdateOptions): void;
  /** Observes a value of one series; see {@linkcode HistogramChild.observe}. */
  observe(labels: Labels<LabelName>, value: number, options?: UpdateOptions): void;
  observe(first: number | Labels<LabelName>, second?: number | UpdateOptions, third?: UpdateOptions): void {
    const { family } = this;
    const labelled = typeof first === "object";
    const value = labelled ? second : first;
    const { bounds, native } = this.#parts;
    if (typeof value !== "number" || (value !== value && native === undefined)) refuse(this.name, value);
    const options = labelled ? third : second as UpdateOptions | undefined;
    if (options !== undefined) {
      return (labelled ? this.labels(first) : this.#ownChild()).observe(value, options);
    }
    const cell = labelled ? family.cellOf(first) : this.ownCell();
    if (native === undefined) observeHistogram(family.slab, cell, bounds, value);
    else observeNative(family.slab, cell, native, value);
  }

  /** Starts to measure; the returned function observes the elapsed seconds, of one series if there are labels. */
  startTimer(labels?: Labels<LabelName>): EndTimer {
    return (labels === undefined ? this.#ownChild() : this.labels(labels)).startTimer();
  }

  /**
   * Does a piece of work and observes the seconds that it took, to the end of its promise if it returned one.
   *
   * @returns what the work returned
   * @throws what the work throws; the time is observed all the same
   */
  time<Result>(work: () => Result): Result;
  /** Does a piece of work and observes in one series the seconds that it took. */
  time<Result>(labels: Labels<LabelName>, work: () => Result): Result;
  time<Result>(first: Labels<LabelName> | (() => Result), second?: () => Result): Result {
    if (typeof first === "function") return this.#ownChild().time(first);
    return this.labels(first).time(second as () => Result);
  }

  #ownChild(): HistogramChild {
    return this.family.childAt(this.ownCell(), (at) => this.bind(at));
  }

  /** @internal */
  protected override bind(cell32: number): HistogramChild {
    return new HistogramChild(this.family.slab, cell32, this.#parts);
  }
}

function refuse(name: string, value: unknown): never {
  throw new RangeError(
    `Cannot observe with histogram "${name}": wanted a number that is not NaN, given ${givenText(value)}`,
  );
}
