/**
 * Writes and reads the totals of summaries.
 *
 * @module
 */
// DATA PLANE
import { SUMMARY_COPY64, SUMMARY_SUM64 } from "../layout/summary_cell.ts";
import type { Slab } from "./slab.ts";

/**
 * Adds to the totals. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param value what to add to the sum
 * @param count of how many observations that is the sum
 */
export function addToTotals(slab: Slab, cell32: number, value: number, count = 1): void {
  const { i32, f64 } = slab;
  const odd = i32[cell32] & 1;
  const first64 = (cell32 >>> 1) + SUMMARY_SUM64;
  const active64 = first64 + odd * SUMMARY_COPY64;
  const inactive64 = first64 + (odd ^ 1) * SUMMARY_COPY64;
  f64[inactive64] = f64[active64] + value;
  f64[inactive64 + 1] = f64[active64 + 1] + count;
  // ORDER: publishes sum and count in one step; pairs with readTotals() (litmus: summary flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * Reads the totals: the sum to `out[at]`, the count behind it. Any thread.
 *
 * @returns whether they are valid; if not, the owner moved the cell under the read
 */
export function readTotals(slab: Slab, cell32: number, out: Float64Array, at: number): boolean {
  const { i32, f64 } = slab;
  // ORDER: before the copy's plain loads; pairs with the flip in addToTotals() (litmus: summary flip).
  const sequence = Atomics.load(i32, cell32);
  const copy64 = (cell32 >>> 1) + SUMMARY_SUM64 + (sequence & 1) * SUMMARY_COPY64;
  out[at] = f64[copy64];
  out[at + 1] = f64[copy64 + 1];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: summary flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}
