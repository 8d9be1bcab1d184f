/**
 * Writes and reads the cells of classic histograms.
 *
 * @module
 */
// DATA PLANE
import { HISTOGRAM_COPIES64, HISTOGRAM_LAST32 } from "../layout/histogram_cell.ts";
import type { Slab } from "./slab.ts";

/**
 * Observes a value: adds one to the first bucket whose bound is not below it, and the value to the sum.
 * Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param observation upper bounds in ascending order, without +Inf, and the value, which is not NaN
 */
export function observeHistogram(slab: Slab, cell32: number, bounds: Float64Array, value: number): void {
  const { i32, f64 } = slab;
  const boundCount = bounds.length;
  let bucket = 0;
  while (bucket < boundCount && value > bounds[bucket]) bucket++;
  const copyA64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const copyB64 = copyA64 + boundCount + 2;
  const odd = (i32[cell32] & 1) !== 0;
  const active64 = odd ? copyB64 : copyA64;
  const inactive64 = odd ? copyA64 : copyB64;
  // WHY: the inactive copy lacks exactly the last observation, so bringing forward its bucket makes it current.
  const last = i32[cell32 + HISTOGRAM_LAST32];
  f64[inactive64 + 1 + last] = f64[active64 + 1 + last];
  f64[inactive64 + 1 + bucket] = f64[active64 + 1 + bucket] + 1;
  f64[inactive64] = f64[active64] + value;
  i32[cell32 + HISTOGRAM_LAST32] = bucket;
  // ORDER: publishes sum and bucket in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * Reads one histogram: the count of each bucket by itself, +Inf last, then the sum. Any thread.
 *
 * @param slab the slab to read
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param out where the `bucketCount + 1` values go, from `at` on
 * @returns whether the values are valid; if not, the owner moved the cell under the read
 */
export function readHistogram(
  slab: Slab,
  cell32: number,
  into: { readonly out: Float64Array; at: number; bucketCount: number },
): boolean {
  const { i32, f64 } = slab;
  const { out, at, bucketCount } = into;
  // ORDER: before the copy's plain loads; pairs with the flip in observeHistogram() (litmus: histogram flip).
  const sequence = Atomics.load(i32, cell32);
  const copy64 = (cell32 >>> 1) + HISTOGRAM_COPIES64 + (sequence & 1) * (bucketCount + 1);
  for (let bucket = 0; bucket < bucketCount; bucket++) out[at + bucket] = f64[copy64 + 1 + bucket];
  out[at + bucketCount] = f64[copy64];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: histogram flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}
