/**
 * Changes of a native histogram's cell that touch many of its words: fewer buckets, a reset.
 *
 * Each fills the inactive copy wholly, then flips, then brings the other copy and the index up to date. Whoever is
 * stopped in between leaves the active copy as it was or as it is meant to be.
 *
 * @module
 */
// DATA PLANE
import {
  NATIVE_CELL32,
  NATIVE_COPY32,
  NATIVE_COPY64,
  NATIVE_COUNT,
  NATIVE_LAST_RESET64,
} from "../layout/native_cell.ts";
import { codeOf, indexStart, isNegativeCode, keyOfCode } from "./native_code.ts";
import { coarserKey, MIN_SCHEMA, upperBoundOf } from "./native_key.ts";
import type { NativeDraft, NativePlan } from "./native_plan.ts";
import type { Slab } from "./slab.ts";

/** Copies the active copy to the inactive one and makes the index anew. Owner thread only. */
export function restoreInactive(slab: Slab, cell32: number, plan: NativePlan): void {
  const { i32 } = slab;
  const { copies32, copy32, codes32, indexShift, indexMask } = plan;
  const active = i32[cell32] & 1;
  const active32 = cell32 + copies32 + active * copy32;
  const inactive32 = cell32 + copies32 + (active ^ 1) * copy32;
  for (let i = 0; i < copy32; i++) i32[inactive32 + i] = i32[active32 + i];
  const index32 = cell32 + NATIVE_CELL32.index;
  for (let i = 0; i <= indexMask; i++) i32[index32 + i] = 0;
  const bucketCount = i32[active32 + NATIVE_COPY32.bucketCount];
  for (let entry = 0; entry < bucketCount; entry++) {
    let at = indexStart(i32[active32 + codes32 + entry], indexShift);
    while (i32[index32 + at] !== 0) at = (at + 1) & indexMask;
    i32[index32 + at] = entry + 1;
  }
  i32[cell32 + NATIVE_CELL32.lastBucket] = 0;
  i32[cell32 + NATIVE_CELL32.lastCount] = NATIVE_COUNT.ZERO;
}

/** Adds an empty bucket to a cell that has room for it. Owner thread only. */
export function insertBucket(slab: Slab, cell32: number, plan: NativePlan, code: number): void {
  const { i32, f64 } = slab;
  const { copies32, copy32, counts64, codes32 } = plan;
  const active = i32[cell32] & 1;
  const active32 = cell32 + copies32 + active * copy32;
  const inactive32 = cell32 + copies32 + (active ^ 1) * copy32;
  const active64 = active32 >>> 1;
  const inactive64 = inactive32 >>> 1;
  // WHY: the inactive copy lacks the last observation.
  const last64 = counts64 + i32[cell32 + NATIVE_CELL32.lastCount];
  f64[inactive64 + last64] = f64[active64 + last64];
  if (plan.classicCount > 0) {
    const lastBucket64 = NATIVE_COPY64.classic + i32[cell32 + NATIVE_CELL32.lastBucket];
    f64[inactive64 + lastBucket64] = f64[active64 + lastBucket64];
  }
  f64[inactive64 + NATIVE_COPY64.sum] = f64[active64 + NATIVE_COPY64.sum];
  // WHY: beyond its number of buckets nobody reads the active copy, so it gets the bucket in the same go.
  const entry = i32[active32 + NATIVE_COPY32.bucketCount];
  i32[active32 + codes32 + entry] = code;
  i32[inactive32 + codes32 + entry] = code;
  f64[active64 + counts64 + NATIVE_COUNT.FIRST + entry] = 0;
  f64[inactive64 + counts64 + NATIVE_COUNT.FIRST + entry] = 0;
  const index32 = cell32 + NATIVE_CELL32.index;
  let at = indexStart(code, plan.indexShift);
  while (i32[index32 + at] !== 0 && i32[index32 + at] <= entry) at = (at + 1) & plan.indexMask;
  i32[index32 + at] = entry + 1;
  i32[inactive32 + NATIVE_COPY32.bucketCount] = entry + 1;
  // ORDER: publishes the bucket in one step; pairs with readNative() (litmus: native flip).
  Atomics.add(i32, cell32, 1);
}

/**
 * Makes room for one bucket more in a cell that is full, as client_golang does: by a reset if the last one is long
 * enough ago, else by a wider zero bucket if that is allowed, else by joining buckets two by two. The bucket is then
 * there with count 0, or part of another one. Owner thread only.
 *
 * @param code the bucket that found no room
 */
export function makeRoom(slab: Slab, cell32: number, plan: NativePlan, code: number): void {
  const { i32 } = slab;
  const { minResetSeconds, maxBuckets } = plan;
  if (minResetSeconds > 0) {
    if (i32[cell32 + NATIVE_CELL32.resetScheduled] === 0 && isResetDue(slab, cell32, plan)) {
      resetNative(slab, cell32, plan);
      return;
    }
    i32[cell32 + NATIVE_CELL32.resetScheduled] = 1;
  }
  const draft = loadDraft(slab, cell32, plan);
  draft.codes[draft.size] = code;
  draft.counts[draft.size++] = 0;
  while (draft.size > maxBuckets) {
    if (widen(draft, plan, plan.maxZeroThreshold)) continue;
    if (plan.schema - draft.reduced > MIN_SCHEMA) joinBuckets(draft, plan);
    // WHY: memory is bounded, so at the coarsest schema the zero bucket takes what has no room.
    else widen(draft, plan, Infinity);
  }
  publishDraft(slab, cell32, plan);
}

/** Whether the last reset of a cell is long enough ago for another one. */
export function isResetDue(slab: Slab, cell32: number, plan: NativePlan): boolean {
  const lastReset = slab.f64[(cell32 >>> 1) + NATIVE_LAST_RESET64] || plan.startSeconds;
  return plan.now() - lastReset >= plan.minResetSeconds;
}

/** Empties a cell and gives it its full resolution back. Readers learn of it by its count of resets. Owner thread only. */
export function resetNative(slab: Slab, cell32: number, plan: NativePlan): void {
  const { i32, f64 } = slab;
  const { copies32, copy32 } = plan;
  const active = i32[cell32] & 1;
  const active32 = cell32 + copies32 + active * copy32;
  const inactive32 = cell32 + copies32 + (active ^ 1) * copy32;
  const now = plan.now();
  i32[cell32 + NATIVE_CELL32.lastCount] = -1;
  for (let i = 0; i < copy32; i++) i32[inactive32 + i] = 0;
  i32[inactive32 + NATIVE_COPY32.resets] = i32[active32 + NATIVE_COPY32.resets] + 1;
  f64[(inactive32 >>> 1) + NATIVE_COPY64.created] = now;
  // ORDER: publishes the empty copy in one step; pairs with readNative() (litmus: native flip).
  Atomics.add(i32, cell32, 1);
  f64[(cell32 >>> 1) + NATIVE_LAST_RESET64] = now;
  i32[cell32 + NATIVE_CELL32.resetScheduled] = 0;
  restoreInactive(slab, cell32, plan);
}

function loadDraft(slab: Slab, cell32: number, plan: NativePlan): NativeDraft {
  const { i32, f64 } = slab;
  const { copies32, copy32, counts64, codes32 } = plan;
  const active32 = cell32 + copies32 + (i32[cell32] & 1) * copy32;
  const counts = (active32 >>> 1) + counts64;
  const { draft } = plan;
  draft.size = i32[active32 + NATIVE_COPY32.bucketCount];
  draft.reduced = i32[active32 + NATIVE_COPY32.reduced];
  draft.widened = f64[(active32 >>> 1) + NATIVE_COPY64.widened];
  draft.zeroCount = f64[counts + NATIVE_COUNT.ZERO];
  for (let entry = 0; entry < draft.size; entry++) {
    draft.codes[entry] = i32[active32 + codes32 + entry];
    draft.counts[entry] = f64[counts + NATIVE_COUNT.FIRST + entry];
  }
  return draft;
}

/** Lets the zero bucket take the buckets next to it. Returns false if it would become wider than allowed. */
function widen(draft: NativeDraft, plan: NativePlan, maxZeroThreshold: number): boolean {
  const { codes, counts } = draft;
  let nearest = keyOfCode(codes[0]);
  for (let entry = 1; entry < draft.size; entry++) nearest = Math.min(nearest, keyOfCode(codes[entry]));
  const threshold = upperBoundOf(nearest, plan.schema - draft.reduced);
  if (threshold > maxZeroThreshold) return false;
  let kept = 0;
  for (let entry = 0; entry < draft.size; entry++) {
    if (keyOfCode(codes[entry]) === nearest) {
      draft.zeroCount += counts[entry];
    } else {
      codes[kept] = codes[entry];
      counts[kept++] = counts[entry];
    }
  }
  draft.size = kept;
  draft.widened = threshold;
  return true;
}

/** Goes to the next coarser schema. */
function joinBuckets(draft: NativeDraft, plan: NativePlan): void {
  const { codes, counts, index } = draft;
  const { indexShift, indexMask } = plan;
  index.fill(0);
  let kept = 0;
  for (let entry = 0; entry < draft.size; entry++) {
    const code = codeOf(coarserKey(keyOfCode(codes[entry]), 1), isNegativeCode(codes[entry]));
    let at = indexStart(code, indexShift);
    while (index[at] !== 0 && codes[index[at] - 1] !== code) at = (at + 1) & indexMask;
    if (index[at] !== 0) {
      counts[index[at] - 1] += counts[entry];
    } else {
      codes[kept] = code;
      counts[kept] = counts[entry];
      index[at] = ++kept;
    }
  }
  draft.size = kept;
  draft.reduced++;
}

/** Puts a draft in the place of a cell's native buckets. */
function publishDraft(slab: Slab, cell32: number, plan: NativePlan): void {
  const { i32, f64 } = slab;
  const { copies32, copy32, counts64, codes32 } = plan;
  const { draft } = plan;
  const active = i32[cell32] & 1;
  const active64 = (cell32 + copies32 + active * copy32) >>> 1;
  const inactive32 = cell32 + copies32 + (active ^ 1) * copy32;
  const inactive64 = inactive32 >>> 1;
  i32[cell32 + NATIVE_CELL32.lastCount] = -1;
  // WHY: sum, classic counts and that of NaN stay as they are.
  for (let i = 0; i < counts64 + NATIVE_COUNT.FIRST; i++) f64[inactive64 + i] = f64[active64 + i];
  f64[inactive64 + NATIVE_COPY64.widened] = draft.widened;
  f64[inactive64 + counts64 + NATIVE_COUNT.ZERO] = draft.zeroCount;
  i32[inactive32 + NATIVE_COPY32.reduced] = draft.reduced;
  i32[inactive32 + NATIVE_COPY32.bucketCount] = draft.size;
  for (let entry = 0; entry < draft.size; entry++) {
    i32[inactive32 + codes32 + entry] = draft.codes[entry];
    f64[inactive64 + counts64 + NATIVE_COUNT.FIRST + entry] = draft.counts[entry];
  }
  // ORDER: publishes the whole copy in one step; pairs with readNative() (litmus: native flip).
  Atomics.add(i32, cell32, 1);
  restoreInactive(slab, cell32, plan);
}
