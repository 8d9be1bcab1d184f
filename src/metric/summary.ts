/**
 * Summaries.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import type { Labels } from "../model/label_values.ts";
import { addToSketch } from "../slab/sketch.ts";
import type { SketchPlan } from "../slab/sketch_plan.ts";
import type { Slab } from "../slab/slab.ts";
import { addToTotals } from "../slab/summary_cell.ts";
import { planCell } from "./cell_plan.ts";
import type { BoundChild } from "./family.ts";
import type { CollectOption, CommonOptions } from "./metric.ts";
import { defaultRegisterer } from "./registerer.ts";
import { TimedMetric } from "./timed_metric.ts";
import { startTimer, timed } from "./timer.ts";
import type { WallClock } from "./wall_clock.ts";

/** What a summary's definition may say. */
export type SummaryOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<Summary<LabelName>>
  & Pick<DefinitionOptions, "quantiles" | "relativeError" | "windowSeconds">;

/** What the children of one summary share. */
interface SummaryParts {
  readonly name: string;
  readonly plan: SketchPlan;
  readonly clock: WallClock;
}

/**
 * One series of a summary, bound to its place in memory. Owner thread only.
 *
 * @example Bound once, used often
 * ```ts
 * import { Registry, Summary } from "promslab";
 *
 * const sizes = new Summary({
 *   name: "job_bytes",
 *   help: "Size of jobs.",
 *   labelNames: ["queue"],
 *   quantiles: [0.5, 0.99],
 *   registry: new Registry(),
 * });
 * sizes.labels({ queue: "urgent" }).observe(512);
 * ```
 */
export class SummaryChild implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #plan: SketchPlan;
  readonly #clock: WallClock;
  readonly #name: string;

  /** Made by {@linkcode Summary.labels}. @internal */
  constructor(slab: Slab, cell32: number, parts: SummaryParts) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#plan = parts.plan;
    this.#clock = parts.clock;
    this.#name = parts.name;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  /**
   * Adds a value to the sum and the count, visible together, and to what the quantiles are told from. Allocates nothing.
   *
   * @param value any number but NaN
   * @throws {RangeError} If the value is NaN or no number; nothing is counted then
   */
  observe(value: number): void {
    if (typeof value !== "number" || value !== value) refuse(this.#name, value);
    const plan = this.#plan;
    if (plan.hasSketch) {
      const slot = plan.hasWindow ? plan.slotOf(this.#clock.coarseMs()) : 0;
      addToSketch(this.#slab, this.#cell32, plan, value, slot);
    }
    addToTotals(this.#slab, this.#cell32, value);
  }

  /** Starts to measure; the returned function observes the elapsed seconds and returns them. */
  startTimer(): () => number {
    return startTimer((seconds) => this.observe(seconds));
  }

  /** Does a piece of work and observes the seconds that it took; see {@linkcode TimedMetric.time}. */
  time<Result>(work: () => Result): Result {
    return timed(this.startTimer(), work);
  }
}

/**
 * Sum and count of what was observed, and on demand its quantiles: over all workers together, within a stated relative
 * error, over a window of time that slides. Owner thread only. Where servers are to be compared or quantiles to be
 * chosen later, use a histogram instead: quantiles cannot be aggregated any further.
 *
 * @example Quantiles of the last ten minutes
 * ```ts
 * import { Summary } from "promslab";
 *
 * const seconds = new Summary({
 *   name: "app_query_duration_seconds",
 *   help: "How long queries took.",
 *   quantiles: [0.5, 0.9, 0.99],
 * });
 * seconds.observe(0.012);
 * ```
 */
export class Summary<LabelName extends string = never> extends TimedMetric<LabelName, SummaryChild> {
  readonly #parts: SummaryParts;

  /**
   * Defines a summary.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: SummaryOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("summary", options);
    const { shape, sketch } = planCell(descriptor);
    super({ descriptor, shape, registry: options.registry, reuse, collect: options.collect });
    const { clock } = options.registry ?? defaultRegisterer();
    this.#parts = { name: descriptor.name, plan: sketch!, clock };
  }

  /**
   * The summary of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(
    options: SummaryOptions<LabelName>,
  ): Summary<LabelName> {
    return new Summary(options, true);
  }

  /**
   * Observes a value of the summary without labels; see {@linkcode SummaryChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or the summary has labels
   */
  observe(value: number): void;
  /**
   * Observes a value of one series; see {@linkcode SummaryChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or a label is missing or unknown
   */
  observe(labels: Labels<LabelName>, value: number): void;
  observe(first: number | Labels<LabelName>, second?: number): void {
    const value = typeof first === "object" ? second : first;
    if (typeof value !== "number" || value !== value) refuse(this.name, value);
    (typeof first === "object" ? this.labels(first) : this.ownChild()).observe(value);
  }

  /** @internal */
  protected override bind(cell32: number): SummaryChild {
    return new SummaryChild(this.family.slab, cell32, this.#parts);
  }
}

function refuse(name: string, value: unknown): never {
  throw new RangeError(
    `Cannot observe with summary "${name}": wanted a number that is not NaN, given ${givenText(value)}`,
  );
}
