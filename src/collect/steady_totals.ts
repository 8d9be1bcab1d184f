/**
 * Keeps totals from shrinking by rounding.
 *
 * @module
 */
// CONTROL PLANE

import type { Descriptor } from "../model/descriptor.ts";
import { strideOf } from "../model/samples.ts";

/**
 * What rounding may take from a sum, as a share of it: thousands of additions come nowhere near. A total that shrinks by
 * more was made to, by a removal or by negative observations.
 */
const ROUNDING = 2 ** -40;

/**
 * The last totals of a family's series. The sum of fractions depends on the order of addition, which changes when a
 * worker ends or counts its first fraction; to whoever reads it, a total that came out a bit smaller would be a counter
 * that began anew. The collector's thread only.
 */
export class SteadyTotals {
  readonly #stride: number;
  readonly #column: number;
  /** By the series' number in its family. */
  #last: Float64Array = new Float64Array(0);

  /** @param of how many numbers a series has, and which of them is the total that may hold fractions */
  constructor(of: { stride: number; column: number }) {
    this.#stride = of.stride;
    this.#column = of.column;
  }

  /**
   * Replaces totals that shrank by rounding with those of the last pass.
   *
   * @param order the series' numbers, in the order of `values`
   * @param values as many numbers for each series as the family has
   */
  hold(order: ArrayLike<number>, values: Float64Array): void {
    for (let place = 0, at = this.#column; place < order.length; place++, at += this.#stride) {
      values[at] = this.holdOne(order[place], values[at]);
    }
  }

  /**
   * The same for one total.
   *
   * @returns the total, or that of the last pass
   */
  holdOne(index: number, total: number): number {
    const before = this.#last[index];
    const missing = before - total;
    if (missing > 0 && missing <= before * ROUNDING && missing < Infinity) return before;
    this.#last[index] = total;
    return total;
  }

  /** Makes room for a number of series. */
  reserve(seriesCount: number): void {
    if (seriesCount <= this.#last.length) return;
    const last = new Float64Array(Math.max(64, 2 * seriesCount));
    last.set(this.#last);
    this.#last = last;
  }

  /** Forgets a series, whose number may go to another. */
  forget(index: number): void {
    if (index < this.#last.length) this.#last[index] = 0;
  }
}

/** Which number of a series is a total that may hold fractions and never shrinks. */
export function totalColumn(descriptor: Descriptor): number | undefined {
  switch (descriptor.type) {
    case "counter":
    case "summary":
      return 0;
    case "histogram":
      return strideOf(descriptor) - 1;
    default:
      return undefined;
  }
}
