/**
 * Writes and reads the cells of classic histograms.
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
import type { Slab } from "./slab.ts";

/**
 * Observes a value: adds one to the first bucket whose bound is not below it, and the value to the sum.
 * Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param bounds upper bounds in ascending order, without +Inf
 * @param value any number but NaN
 * @param step the step that the observation belongs to, published together with it; see {@linkcode observedStep}
 */
export function observeHistogram(
  slab: Slab,
  cell32: number,
  bounds: Float64Array,
  value: number,
  step = 0,
): void {
  const { i32, f64 } = slab;
  const boundCount = bounds.length;
  let bucket = 0;
  while (bucket < boundCount && value > bounds[bucket]) bucket++;
  const copyA64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const copyB64 = copyA64 + HISTOGRAM_COUNTS64 + boundCount + 1;
  const odd = (i32[cell32] & 1) !== 0;
  const active64 = odd ? copyB64 : copyA64;
  const inactive64 = odd ? copyA64 : copyB64;
  // WHY: the inactive copy lacks exactly the last observation, so bringing forward its bucket makes it current. Which
  // bucket this observation changes is noted before it changes, so that it is known even if it is not completed.
  let last = i32[cell32 + HISTOGRAM_LAST32];
  if (last < 0) last = restoreHistogram(slab, cell32, boundCount + 1);
  f64[inactive64 + HISTOGRAM_COUNTS64 + last] = f64[active64 + HISTOGRAM_COUNTS64 + last];
  i32[cell32 + HISTOGRAM_LAST32] = bucket;
  f64[inactive64 + HISTOGRAM_COUNTS64 + bucket] = f64[active64 + HISTOGRAM_COUNTS64 + bucket] + 1;
  f64[inactive64 + HISTOGRAM_SUM64] = f64[active64 + HISTOGRAM_SUM64] + value;
  f64[inactive64] = step;
  // ORDER: publishes all of it in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * Makes both copies of a histogram the same, where the inactive one lacks more than the last observation, or was filled
 * by an update that was not completed. Owner thread only.
 *
 * @param bucketCount the number of buckets, +Inf included
 * @returns the new `lastBucket`
 */
export function restoreHistogram({ i32, f64 }: Slab, cell32: number, bucketCount: number): number {
  const length64 = histogramCopy64(bucketCount);
  const copies64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const active = i32[cell32] & 1;
  const active64 = copies64 + active * length64;
  f64.copyWithin(copies64 + (active ^ 1) * length64, active64, active64 + length64);
  return i32[cell32 + HISTOGRAM_LAST32] = 0;
}

/**
 * Observes several values in one flip. Owner thread only. Allocates nothing.
 *
 * @param count how many of the values, from the first
 */
export function observeAll(
  slab: Slab,
  cell: { readonly cell32: number; readonly bounds: Float64Array },
  values: readonly number[],
  count: number,
): void {
  const { i32, f64 } = slab;
  const { cell32, bounds } = cell;
  const length64 = histogramCopy64(bounds.length + 1);
  const copies64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const active = i32[cell32] & 1;
  const active64 = copies64 + active * length64;
  const inactive64 = copies64 + (active ^ 1) * length64;
  let last = i32[cell32 + HISTOGRAM_LAST32];
  if (last < 0) last = restoreHistogram(slab, cell32, bounds.length + 1);
  f64[inactive64 + HISTOGRAM_COUNTS64 + last] = f64[active64 + HISTOGRAM_COUNTS64 + last];
  // WHY: from here on the copies differ in several buckets, whether the update is completed or not.
  i32[cell32 + HISTOGRAM_LAST32] = HISTOGRAM_LAST_UNKNOWN;
  f64[inactive64 + HISTOGRAM_SUM64] = f64[active64 + HISTOGRAM_SUM64];
  for (let k = 0; k < count; k++) {
    let bucket = 0;
    while (bucket < bounds.length && values[k] > bounds[bucket]) bucket++;
    f64[inactive64 + HISTOGRAM_COUNTS64 + bucket]++;
    f64[inactive64 + HISTOGRAM_SUM64] += values[k];
  }
  f64[inactive64] = 0;
  // ORDER: publishes all of it in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * Adds many observations at once. Owner thread only.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param counts how many there are in each bucket, +Inf last
 * @param sum their sum
 */
export function addToHistogram(slab: Slab, cell32: number, counts: Float64Array, sum: number): void {
  const { i32, f64 } = slab;
  const copies64 = (cell32 >>> 1) + HISTOGRAM_COPIES64;
  const length64 = histogramCopy64(counts.length);
  const active = i32[cell32] & 1;
  const active64 = copies64 + active * length64;
  const inactive64 = copies64 + (active ^ 1) * length64;
  // WHY: from here on the copies differ in several buckets, whether the update is completed or not.
  i32[cell32 + HISTOGRAM_LAST32] = HISTOGRAM_LAST_UNKNOWN;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const at = HISTOGRAM_COUNTS64 + bucket;
    f64[inactive64 + at] = f64[active64 + at] + counts[bucket];
  }
  f64[inactive64 + HISTOGRAM_SUM64] = f64[active64 + HISTOGRAM_SUM64] + sum;
  f64[inactive64] = 0;
  // ORDER: publishes all of it in one step; pairs with readHistogram() (litmus: histogram flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * The step of the last observation of a histogram whose owner has ended. Any thread, once the owner writes no more.
 *
 * @param bucketCount the number of buckets, +Inf included
 */
export function observedStep(slab: Slab, cell32: number, bucketCount: number): number {
  // ORDER: before the copy's plain load; pairs with the flip in observeHistogram() (litmus: histogram flip).
  const sequence = Atomics.add(slab.i32, cell32, 0);
  return slab.f64[(cell32 >>> 1) + HISTOGRAM_COPIES64 + (sequence & 1) * histogramCopy64(bucketCount)];
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
  const copy64 = (cell32 >>> 1) + HISTOGRAM_COPIES64 + (sequence & 1) * histogramCopy64(bucketCount);
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    out[at + bucket] = f64[copy64 + HISTOGRAM_COUNTS64 + bucket];
  }
  out[at + bucketCount] = f64[copy64 + HISTOGRAM_SUM64];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: histogram flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}

/** A histogram as it was under an earlier sequence, while a commit that moved it is under way; see `counterBefore()`. */
export function histogramBefore(
  { f64 }: Slab,
  cell: { readonly cell32: number; readonly sequence: number },
  into: { readonly out: Float64Array; at: number; bucketCount: number },
): void {
  const { out, at, bucketCount } = into;
  const copy64 = (cell.cell32 >>> 1) + HISTOGRAM_COPIES64 +
    (cell.sequence & 1) * histogramCopy64(bucketCount);
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    out[at + bucket] = f64[copy64 + HISTOGRAM_COUNTS64 + bucket];
  }
  out[at + bucketCount] = f64[copy64 + HISTOGRAM_SUM64];
}
