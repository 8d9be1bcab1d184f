/**
 * The cell of a histogram with native buckets: a head, an index that only the owner reads, and two copies of all else,
 * selected by the parity of `sequence`.
 *
 * A copy is its head, the count of each classic bucket, +Inf last (none if the histogram has no classic buckets), the
 * counts, and the codes of the native buckets. Counts 0 and 1 are those of the zero bucket and of NaN; count `2 + e` is
 * that of native bucket `e`, whose code tells its key and sign. Native buckets stand in the order of their first
 * observation. What a copy's head says of schema and zero threshold is relative to the definition, so that zeroed
 * memory is a valid cell. There is no count of observations: it is the sum of the counts.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:native_cell>
// offset  size  view  field           writer                          ordering                             meaning
// ------  ----  ----  --------------  ------------------------------  -----------------------------------  ---------------------------------------------------------------------------------------
//      0     4  i32   sequence        owner; readers add 0            Atomics.add AFTER the inactive copy  parity selects the active copy: even A, odd B
//      4     4  i32   lastCount       owner, read by the owner alone  plain                                the count that the inactive copy lacks; -1: it lacks everything, and the index is stale
//      8     4  i32   lastBucket      owner, read by the owner alone  plain                                the classic bucket that the inactive copy lacks
//     12     4  i32   resetScheduled  owner, read by the owner alone  plain                                1: buckets were widened or joined, to be undone by a reset
//     16     8  f64   lastReset       owner, read by the owner alone  plain                                seconds since the Unix epoch; 0: never
// total 24 bytes
// </layout>

/** Layout of a native cell's head; the index and two copies follow. */
export const NATIVE_CELL = defineLayout({
  name: "native_cell",
  title: "Native histogram cell",
  bytes: 24,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "parity selects the active copy: even A, odd B" },
    { field: "lastCount", size: 4, view: "i32", writer: "owner, read by the owner alone", ordering: "plain", meaning: "the count that the inactive copy lacks; -1: it lacks everything, and the index is stale" },
    { field: "lastBucket", size: 4, view: "i32", writer: "owner, read by the owner alone", ordering: "plain", meaning: "the classic bucket that the inactive copy lacks" },
    { field: "resetScheduled", size: 4, view: "i32", writer: "owner, read by the owner alone", ordering: "plain", meaning: "1: buckets were widened or joined, to be undone by a reset" },
    { field: "lastReset", size: 8, view: "f64", writer: "owner, read by the owner alone", ordering: "plain", meaning: "seconds since the Unix epoch; 0: never" },
  ],
});

// <layout:native_copy>
// offset  size  view  field        writer  ordering                meaning
// ------  ----  ----  -----------  ------  ----------------------  ------------------------------------------------------
//      0     8  f64   sum          owner   plain, before sequence  sum of all observations
//      8     8  f64   widened      owner   plain, before sequence  the zero threshold if it was widened, else 0
//     16     8  f64   created      owner   plain, before sequence  seconds since the Unix epoch of the last reset, else 0
//     24     4  i32   reduced      owner   plain, before sequence  by how much the schema was reduced
//     28     4  i32   bucketCount  owner   plain, before sequence  how many native buckets there are
//     32     4  i32   resets       owner   plain, before sequence  how often the series was reset
//     36     4  -     reserved     nobody  zero                    alignment
// total 40 bytes
// </layout>

/** Layout of the head of each copy. */
export const NATIVE_COPY = defineLayout({
  name: "native_copy",
  title: "Copy of a native histogram cell",
  bytes: 40,
  // deno-fmt-ignore
  fields: [
    { field: "sum", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "sum of all observations" },
    { field: "widened", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "the zero threshold if it was widened, else 0" },
    { field: "created", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "seconds since the Unix epoch of the last reset, else 0" },
    { field: "reduced", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "by how much the schema was reduced" },
    { field: "bucketCount", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "how many native buckets there are" },
    { field: "resets", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "how often the series was reset" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
  ],
});

/** From a cell's `sequence`, in elements of 32 bits. */
export const NATIVE_CELL32 = {
  lastCount: toIndex32(NATIVE_CELL.at.lastCount),
  lastBucket: toIndex32(NATIVE_CELL.at.lastBucket),
  resetScheduled: toIndex32(NATIVE_CELL.at.resetScheduled),
  /** The first element of the index. */
  index: toIndex32(NATIVE_CELL.bytes),
} as const;

/** From a cell's start to `lastReset`, in elements of 64 bits. */
export const NATIVE_LAST_RESET64 = toIndex64(NATIVE_CELL.at.lastReset);

/** From a copy's start, in elements of 64 bits. */
export const NATIVE_COPY64 = {
  sum: toIndex64(NATIVE_COPY.at.sum),
  widened: toIndex64(NATIVE_COPY.at.widened),
  created: toIndex64(NATIVE_COPY.at.created),
  /** The first classic count. */
  classic: toIndex64(NATIVE_COPY.bytes),
} as const;

/** From a copy's start, in elements of 32 bits. */
export const NATIVE_COPY32 = {
  reduced: toIndex32(NATIVE_COPY.at.reduced),
  bucketCount: toIndex32(NATIVE_COPY.at.bucketCount),
  resets: toIndex32(NATIVE_COPY.at.resets),
} as const;

/** Counts that come before those of the native buckets. */
export const NATIVE_COUNT = {
  ZERO: 0,
  NAN: 1,
  /** That of the first native bucket. */
  FIRST: 2,
} as const;

/** Where the parts of a native cell lie. */
export interface NativeCellParts {
  /** How many elements the index has, a power of two. */
  readonly indexSize: number;
  /** By how many bits a hash of 32 bits is shifted to the right to give an element of the index. */
  readonly indexShift: number;
  /** From a cell's `sequence` to copy A, in elements of 32 bits. */
  readonly copies32: number;
  /** Size of a copy in elements of 32 bits, an even number. */
  readonly copy32: number;
  /** From a copy's start to its first count, in elements of 64 bits. */
  readonly counts64: number;
  /** From a copy's start to its first code, in elements of 32 bits. */
  readonly codes32: number;
  /** Size of the whole cell. */
  readonly cellBytes: number;
}

/**
 * Lays out a native cell.
 *
 * @param classicCount number of classic buckets, +Inf included; 0 if there are none
 * @param maxBuckets the most native buckets
 */
export function layOutNativeCell(classicCount: number, maxBuckets: number): NativeCellParts {
  let indexShift = 29;
  // WHY: a third of the index stays empty, so that a search ends soon.
  while (2 ** (33 - indexShift) < 3 * maxBuckets) indexShift--;
  const indexSize = 2 ** (32 - indexShift);
  const copies32 = NATIVE_CELL32.index + indexSize;
  const counts64 = NATIVE_COPY64.classic + classicCount;
  const codes32 = 2 * (counts64 + NATIVE_COUNT.FIRST + maxBuckets);
  const copy32 = codes32 + maxBuckets + (maxBuckets & 1);
  return {
    indexSize,
    indexShift,
    copies32,
    copy32,
    counts64,
    codes32,
    cellBytes: 4 * (copies32 + 2 * copy32),
  };
}
