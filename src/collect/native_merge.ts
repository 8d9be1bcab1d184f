/**
 * Native buckets of several workers become those of one histogram, exactly: what comes out is what one thread would
 * have that made all the observations at the resolution of the result.
 *
 * @module
 */
// CONTROL PLANE
import { isNegativeCode, keyOfCode } from "../slab/native_code.ts";
import { codeOf } from "../slab/native_code.ts";
import { coarserKey, keyOf, upperBoundOf } from "../slab/native_key.ts";

/** The native buckets of one histogram in no particular order; some counts may be 0. */
export interface NativeState {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** How many of the codes and counts are used. */
  readonly size: number;
  readonly codes: Int32Array;
  readonly counts: Float64Array;
}

/** The buckets of one sign, ascending by key, none of them empty. */
export interface SortedBuckets {
  readonly keys: Int32Array;
  readonly counts: Float64Array;
}

/** Native buckets in order. */
export interface MergedNative {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: SortedBuckets;
  readonly negative: SortedBuckets;
}

/**
 * Merges native buckets: at the coarsest schema of all and with the widest zero bucket. If that one cuts through a
 * bucket that is not empty, it is widened to the bucket's end, as nobody knows which side its observations are on.
 *
 * @param states at least one
 */
export function mergeNatives(states: readonly NativeState[]): MergedNative {
  let schema = states[0].schema;
  for (const state of states) schema = Math.min(schema, state.schema);
  const zeroThreshold = commonThreshold(states);
  let zeroCount = 0;
  for (const state of states) zeroCount += state.zeroCount + countWithin(state, zeroThreshold);
  const of = { schema, zeroThreshold };
  return { ...of, zeroCount, positive: addUp(states, of, false), negative: addUp(states, of, true) };
}

/** The state that merged buckets are when they are merged again. */
export function stateOf(merged: MergedNative): NativeState {
  const { schema, zeroThreshold, zeroCount, positive, negative } = merged;
  const codes = [
    ...Array.from(positive.keys, (key) => codeOf(key, false)),
    ...Array.from(negative.keys, (key) => codeOf(key, true)),
  ];
  const counts = Float64Array.of(...positive.counts, ...negative.counts);
  return { schema, zeroThreshold, zeroCount, size: codes.length, codes: Int32Array.from(codes), counts };
}

/**
 * What a histogram has more than it had earlier.
 *
 * @param earlier the same histogram some time ago: at most as coarse, its zero bucket at most as wide
 */
export function subtractNative(state: NativeState, earlier: NativeState): NativeState {
  const { schema, zeroThreshold, size, codes } = state;
  const before = new Map<number, number>();
  let zeroCount = state.zeroCount - earlier.zeroCount;
  for (let i = 0; i < earlier.size; i++) {
    if (isWithin(earlier, i, zeroThreshold)) {
      zeroCount -= earlier.counts[i];
      continue;
    }
    const key = coarserKey(keyOfCode(earlier.codes[i]), earlier.schema - schema);
    const code = codeOf(key, isNegativeCode(earlier.codes[i]));
    before.set(code, (before.get(code) ?? 0) + earlier.counts[i]);
  }
  const counts = state.counts.slice(0, size);
  for (let i = 0; i < size; i++) counts[i] -= before.get(codes[i]) ?? 0;
  return { schema, zeroThreshold, zeroCount, size, codes, counts };
}

/** The widest zero threshold, wider still where it would cut through a bucket. */
function commonThreshold(states: readonly NativeState[]): number {
  let threshold = 0;
  for (const state of states) threshold = Math.max(threshold, state.zeroThreshold);
  for (let settled = false; !settled;) {
    settled = true;
    for (const state of states) {
      // WHY: with the threshold that a state has itself, its bucket around it holds only what lies beyond.
      if (state.zeroThreshold === threshold) continue;
      const cut = keyOf(threshold, state.schema);
      const end = upperBoundOf(cut, state.schema);
      if (end === threshold || !hasKey(state, cut)) continue;
      threshold = end;
      settled = false;
    }
  }
  return threshold;
}

function hasKey({ size, codes, counts }: NativeState, key: number): boolean {
  for (let i = 0; i < size; i++) if (keyOfCode(codes[i]) === key && counts[i] !== 0) return true;
  return false;
}

/** Whether a bucket of a state lies within a zero bucket that is wider than the state's own. */
function isWithin(state: NativeState, i: number, zeroThreshold: number): boolean {
  return state.zeroThreshold < zeroThreshold &&
    keyOfCode(state.codes[i]) <= keyOf(zeroThreshold, state.schema);
}

function countWithin(state: NativeState, zeroThreshold: number): number {
  if (state.zeroThreshold === zeroThreshold) return 0;
  const cut = keyOf(zeroThreshold, state.schema);
  let count = 0;
  for (let i = 0; i < state.size; i++) if (keyOfCode(state.codes[i]) <= cut) count += state.counts[i];
  return count;
}

/** Counts by key minus the least key; all 0 between two uses. */
let dense = new Float64Array(1024);

function addUp(
  states: readonly NativeState[],
  of: { readonly schema: number; readonly zeroThreshold: number },
  negative: boolean,
): SortedBuckets {
  let least = Infinity;
  let greatest = -Infinity;
  const each = (visit: (key: number, count: number) => void) => {
    for (const state of states) {
      const steps = state.schema - of.schema;
      const cut = state.zeroThreshold < of.zeroThreshold ? keyOf(of.zeroThreshold, state.schema) : -Infinity;
      for (let i = 0; i < state.size; i++) {
        const code = state.codes[i];
        const key = keyOfCode(code);
        if (state.counts[i] === 0 || isNegativeCode(code) !== negative || key <= cut) continue;
        visit(coarserKey(key, steps), state.counts[i]);
      }
    }
  };
  each((key) => {
    if (key < least) least = key;
    if (key > greatest) greatest = key;
  });
  if (least > greatest) return { keys: new Int32Array(0), counts: new Float64Array(0) };
  const span = greatest - least + 1;
  if (dense.length < span) dense = new Float64Array(2 * span);
  let size = 0;
  each((key, count) => {
    if (dense[key - least] === 0) size++;
    dense[key - least] += count;
  });
  const keys = new Int32Array(size);
  const counts = new Float64Array(size);
  for (let i = 0, at = 0; at < size; i++) {
    if (dense[i] === 0) continue;
    keys[at] = least + i;
    counts[at++] = dense[i];
    dense[i] = 0;
  }
  return { keys, counts };
}
