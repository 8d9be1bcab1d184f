/**
 * Writes the cells of gauge histograms, which lie in memory as those of classic histograms do. Reading is
 * the same too.
 *
 * @module
 */
// DATA PLANE
import {
  HISTOGRAM_COPIES64,
  HISTOGRAM_COUNTS64,
  HISTOGRAM_LAST32,
  HISTOGRAM_LAST_UNKNOWN,
  HISTOGRAM_SUM64,
  histogramCopy64,
} from "../layout/histogram_cell.ts";
import { restoreHistogram } from "./histogram_cell.ts";
import type { Slab } from "./slab.ts";

/**
 * Counts a value in, or out again. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param bounds upper bounds in ascending order, without +Inf
 * @param value any number but NaN
 * @param by 1 to count it in, -1 to count it out
 * @returns false, and nothing is changed, if the value's bucket has nothing to be counted out
 */
export function shiftGaugeHistogram(
  slab: Slab,
  cell32: number,
  bounds: Float64Array,
  value: number,
  by: 1 | -1,
): boolean {
  const { i32, f64 } = slab;
  const boundCount = bounds.length;
  let bucket = 0;
  while (bucket < boundCount && value > bounds[bucket]) bucket++;
  const copyA64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const copyB64 = copyA64 + histogramCopy64(boundCount + 1);
  const odd = (i32[cell32] & 1) !== 0;
  const active64 = odd ? copyB64 : copyA64;
  const inactive64 = odd ? copyA64 : copyB64;
  const count = f64[active64 + HISTOGRAM_COUNTS64 + bucket] + by;
  if (count < 0) return false;
  let last = i32[cell32 + HISTOGRAM_LAST32];
  if (last < 0) last = restoreHistogram(slab, cell32, boundCount + 1);
  f64[inactive64 + HISTOGRAM_COUNTS64 + last] = f64[active64 + HISTOGRAM_COUNTS64 + last];
  // WHY: before the bucket changes, so that it is known even if the update is not completed.
  i32[cell32 + HISTOGRAM_LAST32] = bucket;
  f64[inactive64 + HISTOGRAM_COUNTS64 + bucket] = count;
  f64[inactive64 + HISTOGRAM_SUM64] = f64[active64 + HISTOGRAM_SUM64] + by * value;
  // ORDER: publishes sum and bucket in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
  return true;
}

/**
 * Replaces all that a gauge histogram counts. Owner thread only.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param content the count of each bucket by itself, +Inf last, and the sum of the values
 */
export function setGaugeHistogram(
  slab: Slab,
  cell32: number,
  content: { readonly counts: Float64Array; readonly sum: number },
): void {
  const { i32, f64 } = slab;
  const { counts, sum } = content;
  const inactive = (i32[cell32] & 1) ^ 1;
  const copy64 = (cell32 >>> 1) + HISTOGRAM_COPIES64 + inactive * histogramCopy64(counts.length);
  // WHY: from here on the copies differ in several buckets, whether the update is completed or not.
  i32[cell32 + HISTOGRAM_LAST32] = HISTOGRAM_LAST_UNKNOWN;
  f64[copy64 + HISTOGRAM_SUM64] = sum;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    f64[copy64 + HISTOGRAM_COUNTS64 + bucket] = counts[bucket];
  }
  // ORDER: publishes the whole copy in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
}
