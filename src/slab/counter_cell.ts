/**
 * Writes and reads counter cells.
 *
 * @module
 */
// DATA PLANE
import { PAGE_MASK32 } from "../layout/cell_page.ts";
import {
  COUNTER_CELL,
  COUNTER_FLOAT64,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY_SHIFT,
  COUNTER_LOW_RANGE,
  counterLow32,
} from "../layout/counter_cell.ts";
import type { Slab } from "./slab.ts";

export { counterLow32 };

/**
 * Adds a whole number to a counter, if it does not carry: nearly every update there is. Owner thread only. Allocates
 * nothing.
 *
 * @param i32 the owner's slab; handles that keep it at hand save a load
 * @param cell32 the cell's `sequence` as an element of `i32`
 * @param lowA32 what {@linkcode counterLow32} says of the cell; who keeps it saves 1.3 ns in V8
 * @param amount what to add
 * @returns false, and nothing is changed, if it takes {@linkcode flipCounter} to add the amount
 */
export function addWhole(i32: Int32Array, cell32: number, lowA32: number, amount: number): boolean {
  // WHY: the amount itself is tested, not the sum, in which a small fraction would drown.
  if ((amount | 0) === amount && amount >= 0) {
    const low32 = lowA32 + ((i32[cell32] & 1) << COUNTER_LOW_COPY_SHIFT);
    const low = (i32[low32] + amount) | 0;
    // WHY: low counts modulo 2 ** 31, so what carries is negative as an Int32.
    if (low >= 0) {
      i32[low32] = low;
      return true;
    }
  }
  return false;
}

/**
 * Adds to a counter. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param amount what to add
 * @returns false, and nothing is changed, if `amount` is not a number from 0 to Infinity
 */
export function addToCounter(slab: Slab, cell32: number, amount: number): boolean {
  return addWhole(slab.i32, cell32, counterLow32(cell32), amount) || flipCounter(slab, cell32, amount);
}

/**
 * Adds to a counter by way of the other copy, as carries and fractions must and commits want. Owner thread only.
 *
 * @returns false, and nothing is changed, if `amount` is not a number from 0 to Infinity
 */
export function flipCounter(slab: Slab, cell32: number, amount: number): boolean {
  if (typeof amount !== "number" || !(amount >= 0)) return false;
  const { i32, f64 } = slab;
  const active = i32[cell32] & 1;
  const inactive = active ^ 1;
  const cell64 = cell32 >>> 1;
  const low32 = counterLow32(cell32);
  let low = i32[low32 + (active << COUNTER_LOW_COPY_SHIFT)];
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
  i32[low32 + (inactive << COUNTER_LOW_COPY_SHIFT)] = low;
  i32[cell32 + COUNTER_HIGH32 + inactive] = high;
  f64[cell64 + COUNTER_FLOAT64 + inactive] = float;
  // ORDER: publishes the inactive copy in one step; pairs with readCounter() (litmus: counter flip).
  Atomics.add(i32, cell32, 1);
  // ORDER: even again, pairs with the validation in readCounterPage() (litmus: counter page).
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
  const low = i32[counterLow32(cell32) + (active << COUNTER_LOW_COPY_SHIFT)];
  const high = i32[cell32 + COUNTER_HIGH32 + active];
  const float = f64[(cell32 >>> 1) + COUNTER_FLOAT64 + active];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: counter flip).
  if (Atomics.add(i32, cell32, 0) !== sequence) return -1;
  return high * COUNTER_LOW_RANGE + low + float;
}

/**
 * A counter as it was under an earlier sequence, while a commit that moved it is under way. Any thread; valid if the
 * slab's commits did not move meanwhile.
 */
export function counterBefore({ i32, f64 }: Slab, cell32: number, sequence: number): number {
  const copy = sequence & 1;
  return i32[cell32 + COUNTER_HIGH32 + copy] * COUNTER_LOW_RANGE +
    i32[counterLow32(cell32) + (copy << COUNTER_LOW_COPY_SHIFT)] +
    f64[(cell32 >>> 1) + COUNTER_FLOAT64 + copy];
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
    for (let k = from; k < to; k++) out[k - from] = i32[counterLow32(cells[k])];
  } else {
    for (let k = from; k < to; k++) {
      const cell32 = cells[k];
      const active = i32[cell32] & 1;
      out[k - from] = i32[cell32 + COUNTER_HIGH32 + active] * COUNTER_LOW_RANGE +
        i32[counterLow32(cell32) + (active << COUNTER_LOW_COPY_SHIFT)] +
        f64[(cell32 >>> 1) + COUNTER_FLOAT64 + active];
    }
  }
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next flip (litmus: counter page).
  return Atomics.add(i32, page32, 0) === flips;
}

/** Counters of one page that follow each other in memory. */
export interface DensePage {
  readonly i32: Int32Array;
  /** The page's `flips`, as an element of `i32`. */
  readonly page32: number;
  /** Copy A's `low` of the first counter, as an element of `i32`; the others follow. */
  readonly low32: number;
}

/** Size of a counter's cell in elements of 32 bits. */
export const COUNTER_CELL32 = COUNTER_CELL.bytes / 4;

/** Describes a page of counters that follow each other in memory, from the first of them. */
export function densePage(slab: Slab, cell32: number): DensePage {
  return { i32: slab.i32, page32: cell32 & PAGE_MASK32, low32: counterLow32(cell32) };
}

/** One page of each of four slabs; their cells stand for the same series. */
export type FourPages = readonly [DensePage, DensePage, DensePage, DensePage];

/**
 * Adds up the counters of four slabs as long as none on their pages ever flipped. Any thread. Allocates nothing.
 *
 * Four at a time, because a sum is then stored once for four loads.
 *
 * @param pages of each slab one
 * @param count how many cells
 * @param out where the sums go, from element 0
 * @returns whether the sums are valid; if not, read the pages one by one
 */
export function sumCounterPages(pages: FourPages, count: number, out: Float64Array): boolean {
  const [a, b, c, d] = pages;
  const [a32, b32, c32, d32] = [a.i32, b.i32, c.i32, d.i32];
  if (flipsOf(pages) !== 0) return false;
  const fromB = b.low32 - a.low32;
  const fromC = c.low32 - a.low32;
  const fromD = d.low32 - a.low32;
  for (let k = 0, at = a.low32; k < count; k++, at++) {
    out[k] = a32[at] + b32[at + fromB] + c32[at + fromC] + d32[at + fromD];
  }
  return flipsAfter(pages) === 0;
}

/**
 * Whether the counters of four slabs still add up to what they did, and none on their pages ever flipped. Any thread.
 * Allocates nothing, and stores nothing, so that pages that stand still cost their loads alone.
 *
 * @param pages of each slab one
 * @param count how many cells
 * @param sums what the counters added up to
 */
export function addUpAsBefore(pages: FourPages, count: number, sums: Float64Array): boolean {
  const [a, b, c, d] = pages;
  const [a32, b32, c32, d32] = [a.i32, b.i32, c.i32, d.i32];
  if (flipsOf(pages) !== 0) return false;
  const fromB = b.low32 - a.low32;
  const fromC = c.low32 - a.low32;
  const fromD = d.low32 - a.low32;
  for (let k = 0, at = a.low32; k < count; k++, at++) {
    if (a32[at] + b32[at + fromB] + c32[at + fromC] + d32[at + fromD] !== sums[k]) return false;
  }
  return flipsAfter(pages) === 0;
}

/** The `flips` of four pages, combined: 0 if none of them ever flipped. To be called before their cells are read. */
function flipsOf([a, b, c, d]: FourPages): number {
  // ORDER: before the plain loads; pairs with the adds in flipCounter() (litmus: counter page).
  return Atomics.load(a.i32, a.page32) | Atomics.load(b.i32, b.page32) | Atomics.load(c.i32, c.page32) |
    Atomics.load(d.i32, d.page32);
}

/** The same after their cells were read. */
function flipsAfter([a, b, c, d]: FourPages): number {
  // ORDER: read-modify-writes, so that the loads above happen before the owners' next flips (litmus: counter page).
  return Atomics.add(a.i32, a.page32, 0) | Atomics.add(b.i32, b.page32, 0) |
    Atomics.add(c.i32, c.page32, 0) | Atomics.add(d.i32, d.page32, 0);
}

/** Whether any counter of a cell's page has ever carried or counted a fraction. Any thread. */
export function hasFlipped(slab: Slab, cell32: number): boolean {
  // ORDER: a hint for the order of addition; nothing is read by it.
  return Atomics.load(slab.i32, cell32 & PAGE_MASK32) !== 0;
}
