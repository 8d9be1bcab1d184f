/**
 * Writes and reads the cells of histograms with native buckets.
 *
 * @module
 */
// DATA PLANE
import { NATIVE_CELL32, NATIVE_COPY32, NATIVE_COPY64, NATIVE_COUNT } from "../layout/native_cell.ts";
import { insertBucket, isResetDue, makeRoom, resetNative, restoreInactive } from "./native_change.ts";
import { codeOf, indexStart } from "./native_code.ts";
import { keyOf } from "./native_key.ts";
import type { NativePlan } from "./native_plan.ts";
import type { Slab } from "./slab.ts";

/**
 * Observes a value: in its native bucket, in its classic one if there are classic buckets, and in the sum, all visible
 * together. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param plan the plan of the histogram's cells
 * @param value any number; NaN is counted in no native bucket and in the classic bucket +Inf
 */
export function observeNative(slab: Slab, cell32: number, plan: NativePlan, value: number): void {
  const { i32, f64 } = slab;
  const { counts64 } = plan;
  const last = i32[cell32 + NATIVE_CELL32.lastCount];
  if (last < 0 || i32[cell32 + NATIVE_CELL32.resetScheduled] !== 0) repair(slab, cell32, plan);
  const odd = (i32[cell32] & 1) !== 0;
  const copyA32 = cell32 + plan.copies32;
  const copyB32 = copyA32 + plan.copy32;
  const active32 = odd ? copyB32 : copyA32;
  const inactive32 = odd ? copyA32 : copyB32;
  const active64 = active32 >>> 1;
  const inactive64 = inactive32 >>> 1;
  const bucketCount = i32[active32 + NATIVE_COPY32.bucketCount];
  const widened = f64[active64 + NATIVE_COPY64.widened];
  const magnitude = value < 0 ? -value : value;
  let count: number = NATIVE_COUNT.ZERO;
  if (magnitude > (widened > 0 ? widened : plan.zeroThreshold)) {
    const key = keyOf(magnitude, plan.schema - i32[active32 + NATIVE_COPY32.reduced]);
    const code = codeOf(key, value < 0);
    let at = indexStart(code, plan.indexShift);
    for (;;) {
      const entry = i32[cell32 + NATIVE_CELL32.index + at] - 1;
      // WHY: what the index says beyond the count was left by an insertion that was not completed.
      if (entry < 0 || entry >= bucketCount) {
        if (bucketCount < plan.maxBuckets) insertBucket(slab, cell32, plan, code);
        else makeRoom(slab, cell32, plan, code);
        return observeNative(slab, cell32, plan, value);
      }
      if (i32[active32 + plan.codes32 + entry] === code) {
        count = NATIVE_COUNT.FIRST + entry;
        break;
      }
      at = (at + 1) & plan.indexMask;
    }
  } else if (value !== value) count = NATIVE_COUNT.NAN;
  // WHY: the inactive copy lacks exactly the last observation, so bringing forward its counts makes it current. Which
  // counts this observation changes is noted before they change, so that it is known even if it is not completed.
  const brought64 = counts64 + i32[cell32 + NATIVE_CELL32.lastCount];
  f64[inactive64 + brought64] = f64[active64 + brought64];
  if (plan.classicCount > 0) {
    const lastBucket64 = NATIVE_COPY64.classic + i32[cell32 + NATIVE_CELL32.lastBucket];
    f64[inactive64 + lastBucket64] = f64[active64 + lastBucket64];
    const bucket = classicBucketOf(plan.bounds, value);
    i32[cell32 + NATIVE_CELL32.lastBucket] = bucket;
    const bucket64 = NATIVE_COPY64.classic + bucket;
    f64[inactive64 + bucket64] = f64[active64 + bucket64] + 1;
  }
  i32[cell32 + NATIVE_CELL32.lastCount] = count;
  f64[inactive64 + counts64 + count] = f64[active64 + counts64 + count] + 1;
  i32[inactive32 + NATIVE_COPY32.bucketCount] = bucketCount;
  f64[inactive64 + NATIVE_COPY64.sum] = f64[active64 + NATIVE_COPY64.sum] + value;
  // ORDER: publishes all of it in one step; pairs with readNative() (litmus: native flip).
  Atomics.add(i32, cell32, 1);
}

/** The classic bucket of a value; NaN, which no bound is below, is above them all. */
export function classicBucketOf(bounds: Float64Array, value: number): number {
  let bucket = 0;
  while (bucket < bounds.length && !(value <= bounds[bucket])) bucket++;
  return bucket;
}

/** Does what has been put off: the end of a change that was not completed, and a reset that has become due. */
function repair(slab: Slab, cell32: number, plan: NativePlan): void {
  const { i32 } = slab;
  if (i32[cell32 + NATIVE_CELL32.lastCount] < 0) restoreInactive(slab, cell32, plan);
  if (i32[cell32 + NATIVE_CELL32.resetScheduled] !== 0 && isResetDue(slab, cell32, plan)) {
    resetNative(slab, cell32, plan);
  }
}

/** What {@linkcode readNative} found. */
export interface NativeReading {
  sum: number;
  /** When the series was reset, in seconds since the Unix epoch; 0 for never. */
  created: number;
  resets: number;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  nanCount: number;
  /** How many native buckets there are. */
  size: number;
  /** The code of each bucket. */
  readonly codes: Int32Array;
  /** The count of each bucket, some of which may be 0. */
  readonly counts: Float64Array;
  /** The count of each classic bucket by itself, +Inf last. */
  readonly classic: Float64Array;
}

/** A reading with room for the cells of a plan. */
export function newNativeReading(plan: NativePlan): NativeReading {
  const { maxBuckets, schema, zeroThreshold } = plan;
  return {
    sum: 0,
    created: 0,
    resets: 0,
    schema,
    zeroThreshold,
    zeroCount: 0,
    nanCount: 0,
    size: 0,
    codes: new Int32Array(maxBuckets),
    counts: new Float64Array(maxBuckets),
    classic: new Float64Array(plan.classicCount),
  };
}

/** How often a cell was written, modulo 2 ** 32: a cell whose sequence is as before has not changed. Any thread. */
export function nativeSequence(slab: Slab, cell32: number): number {
  // ORDER: a read-modify-write, so that an unchanged sequence stands for the words that were read with it (litmus: native flip).
  return Atomics.add(slab.i32, cell32, 0);
}

/**
 * Reads one histogram. Any thread.
 *
 * @param slab the slab to read
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param plan the plan of the histogram's cells
 * @param into takes the reading; what it holds is of no use if the reading is not valid
 * @returns whether the reading is valid; if not, the owner moved the cell under the read
 */
export function readNative(slab: Slab, cell32: number, plan: NativePlan, into: NativeReading): boolean {
  const { i32, f64 } = slab;
  const { copies32, copy32, counts64, codes32, maxBuckets, schema, zeroThreshold } = plan;
  // ORDER: before the copy's plain loads; pairs with the flips of the owner (litmus: native flip).
  const sequence = Atomics.load(i32, cell32);
  const copyAt32 = cell32 + copies32 + (sequence & 1) * copy32;
  const copyAt64 = copyAt32 >>> 1;
  const counts = copyAt64 + counts64;
  const widened = f64[copyAt64 + NATIVE_COPY64.widened];
  into.sum = f64[copyAt64 + NATIVE_COPY64.sum];
  into.created = f64[copyAt64 + NATIVE_COPY64.created];
  into.resets = i32[copyAt32 + NATIVE_COPY32.resets];
  into.schema = schema - i32[copyAt32 + NATIVE_COPY32.reduced];
  into.zeroThreshold = widened > 0 ? widened : zeroThreshold;
  into.zeroCount = f64[counts + NATIVE_COUNT.ZERO];
  into.nanCount = f64[counts + NATIVE_COUNT.NAN];
  // WHY: what was read is validated only below, so until then it may be anything.
  into.size = Math.min(i32[copyAt32 + NATIVE_COPY32.bucketCount] >>> 0, maxBuckets);
  for (let bucket = 0; bucket < plan.classicCount; bucket++) {
    into.classic[bucket] = f64[copyAt64 + NATIVE_COPY64.classic + bucket];
  }
  for (let entry = 0; entry < into.size; entry++) {
    into.codes[entry] = i32[copyAt32 + codes32 + entry];
    into.counts[entry] = f64[counts + NATIVE_COUNT.FIRST + entry];
  }
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: native flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}
