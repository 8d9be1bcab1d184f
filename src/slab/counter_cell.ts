/**
 * Writes and reads counter cells.
 *
 * @module
 */
// DATA PLANE
import { PAGE_MASK32 } from "../layout/cell_page.ts";
import { COUNTER_FLOAT64, COUNTER_HIGH32, COUNTER_LOW32, COUNTER_LOW_RANGE } from "../layout/counter_cell.ts";
import type { Slab } from "./slab.ts";

/**
 * Adds to a counter. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param amount what to add
 * @returns false, and nothing is changed, if `amount` is not a number from 0 to Infinity
 */
export function addToCounter(slab: Slab, cell32: number, amount: number): boolean {
  // WHY: the amount itself is tested, not the sum, in which a small fraction would drown.
  if ((amount | 0) === amount && amount >= 0) {
    const i32 = slab.i32;
    const low32 = cell32 + COUNTER_LOW32 + (i32[cell32] & 1);
    const low = (i32[low32] + amount) | 0;
    // WHY: low counts modulo 2 ** 31, so what carries is negative as an Int32.
    if (low >= 0) {
      i32[low32] = low;
      return true;
    }
  }
  return flipCounter(slab, cell32, amount);
}

/** The increments that touch more than one word: carries and fractions. */
function flipCounter(slab: Slab, cell32: number, amount: number): boolean {
  if (typeof amount !== "number" || !(amount >= 0)) return false;
  const { i32, f64 } = slab;
  const active = i32[cell32] & 1;
  const inactive = active ^ 1;
  const cell64 = cell32 >>> 1;
  let low = i32[cell32 + COUNTER_LOW32 + active];
  let high = i32[cell32 + COUNTER_HIGH32 + active];
  let float = f64[cell64 + COUNTER_FLOAT64 + active];
  if (amount <= Number.MAX_SAFE_INTEGER && Number.isInteger(amount)) {
    low += amount;
    const carry = Math.floor(low / COUNTER_LOW_RANGE);
    low -= carry * COUNTER_LOW_RANGE;
    high += carry;
  } else {
    float += amount;
  }
  if (high > COUNTER_LOW_RANGE - 1) {
    // WHY: beyond 2 ** 62 a Float64 does not tell single increments apart anyway.
    float += high * COUNTER_LOW_RANGE;
    high = 0;
  }
  const page32 = cell32 & PAGE_MASK32;
  // ORDER: odd before the first store, so that a reader of the whole page sees that cells move (litmus: counter page).
  Atomics.add(i32, page32, 1);
  i32[cell32 + COUNTER_LOW32 + inactive] = low;
  i32[cell32 + COUNTER_HIGH32 + inactive] = high;
  f64[cell64 + COUNTER_FLOAT64 + inactive] = float;
  // ORDER: publishes the inactive copy in one step; pairs with readCounter() (litmus: counter flip).
  Atomics.add(i32, cell32, 1);
  // ORDER: even again, pairs with the validation in readCounters() (litmus: counter page).
  // WHY: 0 means that no cell of the page ever flipped, so the count of flips skips it when it wraps.
  Atomics.add(i32, page32, i32[page32] === -1 ? 3 : 1);
  return true;
}

/**
 * Reads one counter, validated by its own sequence. Any thread.
 *
 * @returns the value, or -1 if the owner moved the cell under the read
 */
export function readCounter(slab: Slab, cell32: number): number {
  const { i32, f64 } = slab;
  // ORDER: before the copy's plain loads; pairs with the flip in flipCounter() (litmus: counter flip).
  const sequence = Atomics.load(i32, cell32);
  const active = sequence & 1;
  const low = i32[cell32 + COUNTER_LOW32 + active];
  const high = i32[cell32 + COUNTER_HIGH32 + active];
  const float = f64[(cell32 >>> 1) + COUNTER_FLOAT64 + active];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: counter flip).
  if (Atomics.add(i32, cell32, 0) !== sequence) return -1;
  return high * COUNTER_LOW_RANGE + low + float;
}

/**
 * Reads a run of counters of one page, validated by the page's `flips` alone. Any thread.
 *
 * @param slab the slab to read
 * @param run cells as elements of `slab.i32`, and the elements `from` to `to` (exclusive) of it, all on one page
 * @param out where the values go, from element 0
 * @returns whether the values are valid; if not, read the cells one by one
 */
export function readCounterPage(
  slab: Slab,
  run: { readonly cells: Int32Array; from: number; to: number },
  out: Float64Array,
): boolean {
  const { i32, f64 } = slab;
  const { cells, from, to } = run;
  const page32 = cells[from] & PAGE_MASK32;
  // ORDER: before the plain loads; pairs with the adds in flipCounter() (litmus: counter page).
  const flips = Atomics.load(i32, page32);
  if ((flips & 1) !== 0) return false;
  if (flips === 0) {
    // WHY: no cell of this page ever flipped, so all values are in copy A's low words.
    for (let k = from; k < to; k++) out[k - from] = i32[cells[k] + COUNTER_LOW32];
  } else {
    for (let k = from; k < to; k++) {
      const cell32 = cells[k];
      const active = i32[cell32] & 1;
      out[k - from] = i32[cell32 + COUNTER_HIGH32 + active] * COUNTER_LOW_RANGE +
        i32[cell32 + COUNTER_LOW32 + active] + f64[(cell32 >>> 1) + COUNTER_FLOAT64 + active];
    }
  }
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next flip (litmus: counter page).
  return Atomics.add(i32, page32, 0) === flips;
}
