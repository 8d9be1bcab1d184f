/**
 * The cell of a summary series: its totals, and, if the summary has quantiles, a sketch of the observed values.
 *
 * The totals are two copies of {sum, count}, selected by the parity of `sequence`. The sketch counts values in bins that
 * grow by a factor. Bins lie in chunks of 64 neighbouring ones, of which a series takes as many as its values need, and
 * each bin is there once for each area; an area holds what was observed in one slot of time. A bin is one plain word that
 * is never older than before: quantiles are estimates and need not agree with the totals to the last observation.
 *
 * Behind the head follow, all 32 bits wide: the index, in which the owner finds chunks; the ids of the chunks in the
 * order of their first use, published by `chunkCount`; the slot of each area; three special bins and a reserved one for
 * each area; and the chunks, each with its bins area by area. A sketch without slots has one area, and after its special
 * bins and chunks as many words again, which count how often the bins have reached 2 ** 30.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:summary_cell>
// offset  size  view  field       writer                ordering                             meaning
// ------  ----  ----  ----------  --------------------  -----------------------------------  -----------------------------------------------------------
//      0     4  i32   sequence    owner; readers add 0  Atomics.add AFTER the inactive copy  parity selects the active copy of the totals: even A, odd B
//      4     4  i32   chunkCount  owner                 Atomics.store AFTER the chunk's id   how many chunks are in use
//      8     8  f64   sumA        owner                 plain, before sequence               sum of all observations
//     16     8  f64   countA      owner                 plain, before sequence               number of all observations
//     24     8  f64   sumB        owner                 plain, before sequence
//     32     8  f64   countB      owner                 plain, before sequence
//     40     8  -     reserved    nobody                zero                                 alignment of the sketch
// total 48 bytes
// </layout>

/** Layout of a summary cell's head; the sketch follows. */
export const SUMMARY_CELL = defineLayout({
  name: "summary_cell",
  title: "Summary cell",
  bytes: 48,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "parity selects the active copy of the totals: even A, odd B" },
    { field: "chunkCount", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store AFTER the chunk's id", meaning: "how many chunks are in use" },
    { field: "sumA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "sum of all observations" },
    { field: "countA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "number of all observations" },
    { field: "sumB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "countB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "reserved", size: 8, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment of the sketch" },
  ],
});

/** From a cell's `sequence` to `chunkCount`, in elements of 32 bits. */
export const SUMMARY_CHUNK_COUNT32 = toIndex32(SUMMARY_CELL.at.chunkCount);
/** From a cell's start to copy A's `sum`, in elements of 64 bits; its `count` is one further. */
export const SUMMARY_SUM64 = toIndex64(SUMMARY_CELL.at.sumA);
/** From copy A to copy B, in elements of 64 bits. */
export const SUMMARY_COPY64 = toIndex64(SUMMARY_CELL.at.sumB - SUMMARY_CELL.at.sumA);

/** How many bins a chunk has, and how many bits of a bin's key tell its place in the chunk. */
export const CHUNK_BINS = 64;
export const CHUNK_BITS = 6;

/** The special bins of an area: what has no logarithm. */
export const SPECIAL_BIN = { ZERO: 0, POSITIVE_INFINITY: 1, NEGATIVE_INFINITY: 2 } as const;
/** How many words an area has for them. */
export const SPECIAL_BINS = 4;

/** Where the parts of a sketch lie, from the cell's `sequence` in elements of 32 bits. */
export interface SketchParts {
  /** How many elements the index has, a power of two. */
  readonly indexSize: number;
  /** By how many bits a hash of 32 bits is shifted to the right to give an element of the index. */
  readonly indexShift: number;
  readonly index32: number;
  readonly chunkIds32: number;
  readonly slots32: number;
  readonly specials32: number;
  readonly chunks32: number;
  /** From a bin to the word that counts its overflows; 0 if there is none. */
  readonly overflows32: number;
  /** Size of the whole cell in bytes. */
  readonly cellBytes: number;
}

/**
 * Lays out the cell of a summary with quantiles.
 *
 * @param chunkCount the most chunks
 * @param areaCount how many areas there are; 1 for a sketch without slots
 */
export function layOutSketch(chunkCount: number, areaCount: number): SketchParts {
  let indexShift = 29;
  // WHY: half of the index stays empty, so that a search ends soon.
  while (2 ** (32 - indexShift) < 2 * chunkCount) indexShift--;
  const indexSize = 2 ** (32 - indexShift);
  const index32 = toIndex32(SUMMARY_CELL.bytes);
  const chunkIds32 = index32 + indexSize;
  const slots32 = chunkIds32 + chunkCount;
  const specials32 = slots32 + areaCount;
  const chunks32 = specials32 + areaCount * SPECIAL_BINS;
  const binWords = areaCount * SPECIAL_BINS + chunkCount * areaCount * CHUNK_BINS;
  const overflows32 = areaCount === 1 ? binWords : 0;
  const words = specials32 + binWords + overflows32;
  return {
    indexSize,
    indexShift,
    index32,
    chunkIds32,
    slots32,
    specials32,
    chunks32,
    overflows32,
    cellBytes: 4 * (words + (words & 1)),
  };
}
