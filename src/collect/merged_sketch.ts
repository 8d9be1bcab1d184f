/**
 * What several workers observed in a window of time, and its quantiles.
 *
 * @module
 */
// CONTROL PLANE
import { CHUNK_BINS, SPECIAL_BIN } from "../slab/sketch.ts";
import type { AreaReading } from "../slab/sketch.ts";
import { isNegativeCode, keyOfCode } from "../slab/native_code.ts";
import type { SketchPlan } from "../slab/sketch_plan.ts";

/** Counts of values in bins that grow by a factor, from any number of readings. */
export class MergedSketch {
  /** How many values were counted. */
  count = 0;
  #zero = 0;
  #positiveInfinity = 0;
  #negativeInfinity = 0;
  readonly #chunks: Map<number, Float64Array> = new Map();

  /** Adds what one area of a cell holds. */
  add({ specials, chunkCount, chunkIds, bins }: AreaReading): void {
    this.#addSpecials(
      specials[SPECIAL_BIN.ZERO],
      specials[SPECIAL_BIN.POSITIVE_INFINITY],
      specials[SPECIAL_BIN.NEGATIVE_INFINITY],
    );
    for (let chunk = 0; chunk < chunkCount; chunk++) {
      this.#addChunk(chunkIds[chunk], bins, chunk * CHUNK_BINS);
    }
  }

  /** Adds another sketch. */
  addSketch(other: MergedSketch): void {
    this.#addSpecials(other.#zero, other.#positiveInfinity, other.#negativeInfinity);
    for (const [id, bins] of other.#chunks) this.#addChunk(id, bins, 0);
  }

  /**
   * The values below which given shares of all values lie.
   *
   * @param quantiles shares from 0 to 1, ascending
   * @param plan tells which value a bin stands for
   * @param out takes a value for each quantile from `at` on; NaN if there are no values
   */
  quantiles(quantiles: readonly number[], plan: SketchPlan, out: { values: Float64Array; at: number }): void {
    const { values, at } = out;
    if (this.count === 0) {
      values.fill(NaN, at, at + quantiles.length);
      return;
    }
    let found = 0;
    let below = 0;
    const take = (count: number, value: number) => {
      below += count;
      // WHY: the value in question has so many others before it that they are the wanted share of all others.
      while (found < quantiles.length && below > quantiles[found] * (this.count - 1)) {
        values[at + found++] = value;
      }
    };
    take(this.#negativeInfinity, -Infinity);
    const ids = [...this.#chunks.keys()];
    const negative = ids.filter(isNegativeCode).sort((a, b) => keyOfCode(b) - keyOfCode(a));
    for (const id of negative) this.#walk(id, plan, take);
    take(this.#zero, 0);
    const positive = ids.filter((id) => !isNegativeCode(id)).sort((a, b) => keyOfCode(a) - keyOfCode(b));
    for (const id of positive) this.#walk(id, plan, take);
    take(this.#positiveInfinity, Infinity);
    // WHY: the product of a share near 1 and a huge count may be rounded up to the count.
    while (found < quantiles.length) values[at + found] = values[at + found++ - 1];
  }

  /** Goes through the bins of a chunk, in the order of their values. */
  #walk(id: number, plan: SketchPlan, take: (count: number, value: number) => void): void {
    const bins = this.#chunks.get(id)!;
    const first = keyOfCode(id) * CHUNK_BINS;
    const negative = isNegativeCode(id);
    for (let i = 0; i < CHUNK_BINS; i++) {
      const bin = negative ? CHUNK_BINS - 1 - i : i;
      if (bins[bin] === 0) continue;
      const magnitude = plan.valueOf(first + bin);
      take(bins[bin], negative ? -magnitude : magnitude);
    }
  }

  #addSpecials(zero: number, positiveInfinity: number, negativeInfinity: number): void {
    this.#zero += zero;
    this.#positiveInfinity += positiveInfinity;
    this.#negativeInfinity += negativeInfinity;
    this.count += zero + positiveInfinity + negativeInfinity;
  }

  #addChunk(id: number, counts: Float64Array, from: number): void {
    let bins = this.#chunks.get(id);
    if (bins === undefined) {
      bins = new Float64Array(CHUNK_BINS);
      this.#chunks.set(id, bins);
    }
    for (let bin = 0; bin < CHUNK_BINS; bin++) {
      bins[bin] += counts[from + bin];
      this.count += counts[from + bin];
    }
  }
}
