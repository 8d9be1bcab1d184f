/**
 * Finds the series of a family whose values have not changed for a while.
 *
 * @module
 */
// CONTROL PLANE
import { labelSetKey } from "../model/label_values.ts";
import type { LabelValues } from "../model/samples.ts";

/** The family whose series are looked at. */
export interface ExpiringFamily {
  /** After how many seconds without a change a series is idle. */
  readonly ttlSeconds: number;
  /** How many numbers each series has. */
  readonly stride: number;
  /** Whether each worker has series of its own, told apart by the last label. */
  readonly perWorker: boolean;
  /** The label values of a series by its number. */
  labelsOf(index: number): LabelValues;
}

/** What a family's series were at the last pass, and when they last changed. The collector's thread only. */
export class IdleSeries {
  readonly #family: ExpiringFamily;
  readonly #ttlMs: number;
  readonly #stride: number;
  /** By the series' number in its family. */
  #values: Float64Array = new Float64Array(0);
  /** NaN of a series that was not seen since it began, or began anew. */
  #changedAt: Float64Array = new Float64Array(0);

  readonly #found: LabelValues[] = [];

  constructor(family: ExpiringFamily) {
    this.#family = family;
    this.#ttlMs = family.ttlSeconds * 1000;
    this.#stride = family.stride;
  }

  /**
   * Compares the merged values of a pass with those of the last one.
   *
   * @param order the series' numbers, in the order of `values`
   * @param values `stride` numbers for each series
   * @param now a monotonic clock in milliseconds
   * @returns places in `order` of the series that are idle
   */
  find(order: ArrayLike<number>, values: Float64Array, now: number): number[] {
    const stride = this.#stride;
    const idle: number[] = [];
    for (let place = 0; place < order.length; place++) {
      const index = order[place];
      if (index >= this.#changedAt.length) this.#grow(index);
      let changed = Number.isNaN(this.#changedAt[index]);
      for (let i = 0; i < stride; i++) {
        const value = values[place * stride + i];
        if (Object.is(this.#values[index * stride + i], value)) continue;
        this.#values[index * stride + i] = value;
        changed = true;
      }
      if (changed) this.#changedAt[index] = now;
      else if (now - this.#changedAt[index] >= this.#ttlMs) idle.push(place);
    }
    return idle;
  }

  /** Finds the idle series of a pass, as {@linkcode IdleSeries.find} does, and keeps their label values. */
  note(order: ArrayLike<number>, values: Float64Array, now: number): void {
    const places = this.find(order, values, now);
    if (places.length === 0) return;
    const idle = places.map((place) => this.#family.labelsOf(order[place]));
    this.#found.push(...(this.#family.perWorker ? this.#idleEverywhere(order, idle) : idle));
  }

  /** The label values of the idle series that were noted since the last call. They are to be removed. */
  take(): LabelValues[] {
    return this.#found.splice(0);
  }

  /** Of series that are kept apart by worker, those that are idle in all workers: a removal takes them from all. */
  #idleEverywhere(order: ArrayLike<number>, idle: readonly LabelValues[]): LabelValues[] {
    const keyOf = (labels: LabelValues) => labelSetKey(labels.slice(0, -1));
    const left = new Map<string, number>();
    for (let place = 0; place < order.length; place++) {
      const key = keyOf(this.#family.labelsOf(order[place]));
      left.set(key, (left.get(key) ?? 0) + 1);
    }
    return idle.filter((labels) => {
      const key = keyOf(labels);
      left.set(key, left.get(key)! - 1);
      return left.get(key) === 0;
    });
  }

  /** A series that is hidden has its whole time to live when it comes back, also if its value is the one it had. */
  forgetHidden(visible: Uint8Array): void {
    for (let index = 0; index < visible.length; index++) if (visible[index] === 0) this.forget(index);
  }

  /** Forgets a series that is not there any more, or begins anew: its next value is a change, whatever it was before. */
  forget(index: number): void {
    if (index < this.#changedAt.length) this.#changedAt[index] = NaN;
  }

  #grow(index: number): void {
    const count = Math.max(64, 2 * index);
    const values = new Float64Array(count * this.#stride);
    values.set(this.#values);
    const changedAt = new Float64Array(count).fill(NaN);
    changedAt.set(this.#changedAt);
    this.#values = values;
    this.#changedAt = changedAt;
  }
}
