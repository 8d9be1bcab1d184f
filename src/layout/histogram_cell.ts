/**
 * The cell of a classic histogram series: two copies of {step, sum, counts}, selected by the parity of `sequence`
 * (a seqcount latch).
 *
 * The copies follow the head, first A, then B; each is the step that a step-scoped observation belongs to (else unused),
 * the sum, and one count per bucket, +Inf last, all Float64.
 * There is no count of observations: it is the sum of the buckets.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:histogram_cell>
// offset  size  view  field       writer                          ordering                             meaning
// ------  ----  ----  ----------  ------------------------------  -----------------------------------  -------------------------------------------------------------------------------------
//      0     4  i32   sequence    owner; readers add 0            Atomics.add AFTER the inactive copy  parity selects the active copy: even A, odd B
//      4     4  i32   lastBucket  owner, read by the owner alone  plain                                bucket of the last observation, which the inactive copy lacks; -1 if it may lack more
// total 8 bytes
// </layout>

/** Layout of a histogram cell's head; two copies of `2 + buckets` Float64 follow. */
export const HISTOGRAM_CELL = defineLayout({
  name: "histogram_cell",
  title: "Histogram cell",
  bytes: 8,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "parity selects the active copy: even A, odd B" },
    { field: "lastBucket", size: 4, view: "i32", writer: "owner, read by the owner alone", ordering: "plain", meaning: "bucket of the last observation, which the inactive copy lacks; -1 if it may lack more" },
  ],
});

/** From a cell's start to its first copy, in elements of 64 bits. */
export const HISTOGRAM_COPIES64 = toIndex64(HISTOGRAM_CELL.bytes);
/** From a copy to its sum, in elements of 64 bits; the step comes before it. */
export const HISTOGRAM_SUM64 = 1;
/** From a copy to its first count, in elements of 64 bits. */
export const HISTOGRAM_COUNTS64 = 2;
/** From a cell's `sequence` to its `lastBucket`, in elements of 32 bits. */
export const HISTOGRAM_LAST32 = toIndex32(HISTOGRAM_CELL.at.lastBucket);
/** The `lastBucket` of a cell whose inactive copy may lack more than one observation. */
export const HISTOGRAM_LAST_UNKNOWN = -1;

/** Size of one copy in elements of 64 bits, for the given number of buckets, +Inf included. */
export function histogramCopy64(bucketCount: number): number {
  return HISTOGRAM_COUNTS64 + bucketCount;
}

/** Size in bytes of a histogram cell with the given number of buckets, +Inf included. */
export function histogramCellBytes(bucketCount: number): number {
  return HISTOGRAM_CELL.bytes + 2 * 8 * histogramCopy64(bucketCount);
}
