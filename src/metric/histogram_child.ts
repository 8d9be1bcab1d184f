/**
 * What callers hold of a histogram's series.
 *
 * @module
 */
// DATA PLANE
import { givenText } from "../model/given_text.ts";
import { observeHistogram } from "../slab/histogram_cell.ts";
import { classicBucketOf, observeNative } from "../slab/native_cell.ts";
import type { NativePlan } from "../slab/native_plan.ts";
import type { Slab } from "../slab/slab.ts";
import type { ExemplarKeeper, UpdateOptions } from "./exemplar_keeper.ts";
import type { CellHolder } from "./family.ts";
import type { TimedChild } from "./timed_metric.ts";
import { type EndTimer, startTimer, timed } from "./timer.ts";

/** One series of a histogram, bound to its place in memory. Owner thread only. */
export interface HistogramChild extends TimedChild {
  /**
   * Counts a value in its bucket and adds it to the sum, both visible together. Allocates nothing.
   *
   * @param value any number; NaN only if there are native buckets, where it counts in none but spoils the sum
   * @param options an exemplar that stands for this observation
   * @throws {RangeError} If the value is NaN or no number; nothing is counted then
   * @throws {TypeError | RangeError} If the exemplar is not valid; nothing is counted then
   */
  observe(value: number, options?: UpdateOptions): void;
  /** Starts to measure; the returned function observes the elapsed seconds, with an exemplar if it is given one, and returns them. */
  startTimer(): EndTimer;
}

/** What the children of one histogram share. */
export interface HistogramParts {
  readonly name: string;
  readonly bounds: Float64Array;
  readonly keeper: ExemplarKeeper;
  /** Present if there are native buckets. */
  readonly native: NativePlan | undefined;
}

// WHY: two classes, because engines make good code of an observation only while it is small.

/** A series with classic buckets alone. */
export class ClassicChild implements HistogramChild, CellHolder {
  readonly #slab: Slab;
  #cell32: number;
  readonly #bounds: Float64Array;
  readonly #parts: HistogramParts;

  constructor(slab: Slab, cell32: number, parts: HistogramParts) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#bounds = parts.bounds;
    this.#parts = parts;
  }

  rebind(cell32: number): void {
    this.#cell32 = cell32;
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
    return this.#parts.name;
  }

  /** @internal */
  get bounds(): Float64Array {
    return this.#bounds;
  }

  observe(value: number, options?: UpdateOptions): void {
    if (typeof value !== "number" || value !== value) refuseObservation(this.#parts.name, value);
    if (options !== undefined) this.#observeExample(value, options);
    else observeHistogram(this.#slab, this.#cell32, this.#bounds, value);
  }

  #observeExample(value: number, options: UpdateOptions): void {
    const { bounds, keeper } = this.#parts;
    const keeps = keeper.prepare(options);
    observeHistogram(this.#slab, this.#cell32, bounds, value);
    if (keeps) keeper.store(this.#slab, this.#cell32, { value, slot: classicBucketOf(bounds, value) });
  }

  startTimer(): EndTimer {
    return timerOf(this);
  }

  time<Result>(work: () => Result): Result {
    return timed(timerOf(this), work);
  }
}

/** A series with native buckets. */
export class NativeChild implements HistogramChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #plan: NativePlan;
  readonly #parts: HistogramParts;

  constructor(slab: Slab, cell32: number, plan: NativePlan, parts: HistogramParts) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#plan = plan;
    this.#parts = parts;
  }

  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  observe(value: number, options?: UpdateOptions): void {
    if (typeof value !== "number") refuseObservation(this.#parts.name, value);
    if (options !== undefined) this.#observeExample(value, options);
    else observeNative(this.#slab, this.#cell32, this.#plan, value);
  }

  #observeExample(value: number, options: UpdateOptions): void {
    const { bounds, keeper } = this.#parts;
    const keeps = keeper.prepare(options);
    observeNative(this.#slab, this.#cell32, this.#plan, value);
    if (keeps) keeper.store(this.#slab, this.#cell32, { value, slot: classicBucketOf(bounds, value) });
  }

  startTimer(): EndTimer {
    return timerOf(this);
  }

  time<Result>(work: () => Result): Result {
    return timed(timerOf(this), work);
  }
}

function timerOf(child: HistogramChild): EndTimer {
  return startTimer((seconds, options) => child.observe(seconds, options));
}

/** @throws {RangeError} Always: the value cannot be observed */
export function refuseObservation(name: string, value: unknown): never {
  throw new RangeError(
    `Cannot observe with histogram "${name}": wanted a number that is not NaN, given ${givenText(value)}`,
  );
}
