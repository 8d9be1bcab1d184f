/**
 * Merged counters that stay as they are from pass to pass, but for what moved.
 *
 * @module
 */
// CONTROL PLANE
import type { RetiredColumn } from "./retired_column.ts";
import type { SteadyTotals } from "./steady_totals.ts";

/** What {@linkcode KeptTotals} works on. The arrays belong to the family. */
export interface KeptTotalsParts {
  /** Numbers of the visible series, in the order of the output. */
  readonly order: ArrayLike<number>;
  /** The family's output, in that order. */
  readonly values: Float64Array;
  /** How many series each block has, but for the last. */
  readonly perBlock: number;
  /** What ended workers left; it does not change while the totals are of the same columns. */
  readonly retired: RetiredColumn;
  readonly steady: SteadyTotals | undefined;
}

/**
 * The output of a family whose workers have counted whole numbers only. Made anew with the columns' totals; between two
 * passes nobody else writes to the values. One thread only.
 */
export class KeptTotals {
  readonly #parts: KeptTotalsParts;
  /** By the series' number: its place in the output, -1 if it has none. */
  readonly #places: Int32Array;
  /** The totals that the output shows, by the series' number. */
  readonly #shown: Float64Array;
  /** By block: when a value of it moved last. */
  readonly #moved: Float64Array;

  /**
   * @param totals of the workers, by the series' number
   * @param pass a number that is larger with each pass
   */
  constructor(parts: KeptTotalsParts, totals: Float64Array, pass: number) {
    const { order, perBlock } = parts;
    this.#parts = parts;
    this.#shown = totals.slice();
    this.#places = new Int32Array(totals.length).fill(-1);
    this.#moved = new Float64Array(Math.max(1, Math.ceil(order.length / perBlock))).fill(pass);
    for (let place = 0; place < order.length; place++) {
      this.#places[order[place]] = place;
      this.#put(order[place], totals[order[place]]);
    }
  }

  /** By block: the pass in which a value of it moved last. */
  get moved(): Float64Array {
    return this.#moved;
  }

  /**
   * Brings the output up to date.
   *
   * @param totals of the workers, by the series' number
   * @param moved the first series and the end of each run whose totals may have moved since the last call
   * @param pass the number of this pass
   */
  update(totals: Float64Array, moved: readonly number[], pass: number): void {
    const { perBlock } = this.#parts;
    const shown = this.#shown;
    const places = this.#places;
    for (let run = 0; run < moved.length; run += 2) {
      for (let index = moved[run], end = moved[run + 1]; index < end; index++) {
        const total = totals[index];
        if (total === shown[index]) continue;
        shown[index] = total;
        if (places[index] < 0) continue;
        this.#put(index, total);
        this.#moved[Math.trunc(places[index] / perBlock)] = pass;
      }
    }
  }

  #put(index: number, total: number): void {
    const { retired, steady, values } = this.#parts;
    const place = this.#places[index];
    if (retired.count === 0) {
      values[place] = total;
      return;
    }
    const left = index < retired.count && retired.positions[index] >= 0 ? retired.values[index] : 0;
    values[place] = steady?.holdOne(index, left + total) ?? left + total;
  }
}
