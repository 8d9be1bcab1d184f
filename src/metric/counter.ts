/**
 * Counters.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import type { Labels } from "../model/label_values.ts";
import { addToCounter, addWhole, counterLow32 } from "../slab/counter_cell.ts";
import type { Slab } from "../slab/slab.ts";
import { planCell } from "./cell_plan.ts";
import { ExemplarKeeper, type UpdateOptions } from "./exemplar_keeper.ts";
import { type CollectOption, type CommonOptions, Metric } from "./metric.ts";
import { whenOver } from "./when_over.ts";
import type { BoundChild } from "./family.ts";

/** What a counter's definition may say. The name ends in `_total`. */
export type CounterOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<Counter<LabelName>>
  & Pick<DefinitionOptions, "exemplars">;

/** Which failures {@linkcode Counter.countErrors} counts. */
export interface CountErrorsOptions {
  /** Whether a failure is to be counted; all are unless told otherwise. */
  readonly only?: (error: unknown) => boolean;
}

/**
 * One series of a counter, bound to its place in memory. Owner thread only.
 *
 * @example Bound once, used often
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab";
 *
 * const jobs = new Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["queue"], registry: new Registry() });
 * const urgent = jobs.labels({ queue: "urgent" });
 * urgent.inc();
 * urgent.inc(2);
 * assertEquals(jobs.labels("urgent"), urgent);
 * ```
 */
export class CounterChild implements BoundChild {
  readonly #slab: Slab;
  /** The slab's, at hand. */
  readonly #i32: Int32Array;
  #cell32: number;
  /** What follows from the cell's place, kept because an increment has no time to compute it. */
  #low32: number;
  readonly #name: string;
  readonly #keeper: ExemplarKeeper;

  /** Made by {@linkcode Counter.labels}. @internal */
  constructor(slab: Slab, cell32: number, of: { name: string; keeper: ExemplarKeeper }) {
    this.#slab = slab;
    this.#i32 = slab.i32;
    this.#cell32 = cell32;
    this.#low32 = counterLow32(cell32);
    this.#name = of.name;
    this.#keeper = of.keeper;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
    this.#low32 = counterLow32(cell32);
  }

  /** @internal */
  get slab(): Slab {
    return this.#slab;
  }

  /** @internal */
  get cell32(): number {
    return this.#cell32;
  }

  /** @internal */
  get name(): string {
    return this.#name;
  }

  /**
   * Adds to the series. Allocates nothing.
   *
   * @param value at least 0, default 1
   * @param options an exemplar that stands for this increment
   * @throws {RangeError} If the value is negative, NaN or no number; nothing is counted then
   * @throws {TypeError | RangeError} If the exemplar is not valid; nothing is counted then
   */
  inc(value = 1, options?: UpdateOptions): void {
    // WHY: a bigint or a symbol would make the engine throw an error that names neither counter nor value.
    if (
      options === undefined && typeof value === "number" &&
      addWhole(this.#i32, this.#cell32, this.#low32, value)
    ) {
      return;
    }
    this.#incSlowly(value, options);
  }

  /** Adds what carries or is no whole number, keeps an exemplar, or refuses the value. */
  #incSlowly(value: number, options: UpdateOptions | undefined): void {
    const keeps = options !== undefined && this.#keeper.prepare(options);
    if (typeof value !== "number" || !addToCounter(this.#slab, this.#cell32, value)) {
      refuse(this.#name, value);
    }
    if (keeps) this.#keeper.store(this.#slab, this.#cell32, { value, slot: 0 });
  }

  /** Does a piece of work and counts its failure; see {@linkcode Counter.countErrors}. */
  countErrors<Result>(work: () => Result, { only }: CountErrorsOptions = {}): Result {
    return whenOver(work, (failure) => {
      if (failure !== undefined && (only === undefined || only(failure.error))) this.inc();
    });
  }
}

/**
 * A value that only goes up: requests, errors, bytes. Owner thread only; the scrape adds up the workers.
 *
 * @example Counting
 * ```ts
 * import { Counter } from "promslab";
 *
 * const requests = new Counter({
 *   name: "app_requests_total",
 *   help: "Requests answered.",
 *   labelNames: ["method", "route"],
 * });
 * requests.inc({ method: "GET", route: "/" });
 * const posts = requests.labels({ method: "POST", route: "/" });
 * posts.inc();
 * ```
 */
export class Counter<LabelName extends string = never> extends Metric<LabelName, CounterChild> {
  readonly #keeper: ExemplarKeeper;
  /** The cell of the series without labels, and what follows from its place. */
  #cell32 = 0;
  #low32 = 0;

  /**
   * Defines a counter.
   *
   * @throws {TypeError | RangeError} If the definition is not valid
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: CounterOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("counter", options);
    const plan = planCell(descriptor);
    super({ descriptor, shape: plan.shape, registry: options.registry, reuse, collect: options.collect });
    this.#keeper = new ExemplarKeeper(plan, `counter "${descriptor.name}"`);
  }

  /**
   * The counter of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(
    options: CounterOptions<LabelName>,
  ): Counter<LabelName> {
    return new Counter(options, true);
  }

  /**
   * Adds to the counter without labels.
   *
   * @param value at least 0, default 1
   * @param options an exemplar that stands for this increment
   * @throws {RangeError} If the value is negative, NaN or no number
   * @throws {TypeError} If the counter has labels
   */
  inc(value?: number, options?: UpdateOptions): void;
  /**
   * Adds to one series.
   *
   * @param labels a value for each label name
   * @param value at least 0, default 1
   * @param options an exemplar that stands for this increment
   * @throws {RangeError} If the value is negative, NaN or no number
   * @throws {TypeError} If a label is missing, unknown or not a string, number or boolean
   *
   * @example An increment with the trace that it happened in
   * ```ts
   * import { Counter } from "promslab";
   *
   * const errors = new Counter({
   *   name: "app_errors_total",
   *   help: "Errors.",
   *   labelNames: ["kind"],
   *   exemplars: true,
   * });
   * errors.inc({ kind: "timeout" }, 1, { exemplar: { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" } });
   * ```
   */
  inc(labels: Labels<LabelName>, value?: number, options?: UpdateOptions): void;
  inc(first: number | Labels<LabelName> = 1, second?: number | UpdateOptions, third?: UpdateOptions): void {
    const { family } = this;
    if (typeof first === "object") {
      const value = second === undefined ? 1 : second;
      // WHY: checked before the labels are looked up, so that a refused value makes no series.
      if (typeof value !== "number" || !(value >= 0)) refuse(this.name, value);
      if (third !== undefined) return this.#incExample(first, value, third);
      addToCounter(family.slab, family.cellOf(first), value);
    } else if (second !== undefined) {
      this.ownChild().inc(first, second as UpdateOptions);
    } else if (typeof first !== "number" || !this.#addToOwn(first)) {
      refuse(this.name, first);
    }
  }

  #incExample(labels: Labels<LabelName>, value: number, options: UpdateOptions): void {
    const keeper = this.#keeper;
    const { family } = this;
    // WHY: checked before the labels are looked up, so that a refused exemplar makes no series.
    const keeps = keeper.prepare(options);
    const cell32 = family.cellOf(labels);
    addToCounter(family.slab, cell32, value);
    if (keeps) keeper.store(family.slab, cell32, { value, slot: 0 });
  }

  #addToOwn(value: number): boolean {
    const cell32 = this.ownCell();
    // WHY: the family gives the series another cell when it is removed.
    if (cell32 !== this.#cell32) {
      this.#cell32 = cell32;
      this.#low32 = counterLow32(cell32);
    }
    const { slab } = this.family;
    return addWhole(slab.i32, cell32, this.#low32, value) || addToCounter(slab, cell32, value);
  }

  /**
   * Does a piece of work and adds one if it throws, or if the promise that it returned rejects.
   *
   * @param work what is to be done
   * @returns what the work returned
   * @throws what the work throws
   *
   * @example Failed calls
   * ```ts
   * import { Counter } from "promslab";
   *
   * const failures = new Counter({ name: "app_call_failures_total", help: "Calls that failed.", labelNames: ["to"] });
   * const body = await failures.countErrors({ to: "billing" }, async () => await Promise.resolve("paid"));
   * ```
   */
  countErrors<Result>(work: () => Result, options?: CountErrorsOptions): Result;
  /** Does a piece of work and adds one to a series if it fails. */
  countErrors<Result>(labels: Labels<LabelName>, work: () => Result, options?: CountErrorsOptions): Result;
  countErrors<Result>(
    first: Labels<LabelName> | (() => Result),
    second?: (() => Result) | CountErrorsOptions,
    third?: CountErrorsOptions,
  ): Result {
    if (typeof first === "function") return this.ownChild().countErrors(first, second as CountErrorsOptions);
    return this.labels(first).countErrors(second as () => Result, third);
  }

  /** @internal */
  protected override bind(cell32: number): CounterChild {
    return new CounterChild(this.family.slab, cell32, { name: this.name, keeper: this.#keeper });
  }
}

function refuse(name: string, value: unknown): never {
  throw new RangeError(
    `Cannot increment counter "${name}": wanted a number from 0, given ${givenText(value)}`,
  );
}
