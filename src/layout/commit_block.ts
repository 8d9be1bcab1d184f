/**
 * The commits of one slab: which cells the last ones moved, and whether one is under way.
 *
 * A commit moves several cells, each from one copy to the other. Before the first of them moves, the commit's slot
 * names them all with the sequence that each has, which says which copy of the cell is the one from before. Then
 * `sequence` turns odd, the cells move, `sequence` turns even. While it is odd, and for ever if the owner ended there, a
 * reader takes the named cells' copies from before. Slots are used in turn, so that a reader which was at it for a
 * while learns which cells it must look at again.
 *
 * @module
 */
import { defineLayout, roundUp, toIndex32 } from "./layout.ts";

/** How many commits are remembered; a power of two. */
export const COMMIT_SLOTS = 64;

/** The most cells of one commit. */
export const COMMIT_CELLS_MAX = 31;

// <layout:commit_block>
// offset  size  view  field     writer                ordering                                     meaning
// ------  ----  ----  --------  --------------------  -------------------------------------------  ----------------------------------------------------
//      0     4  i32   sequence  owner; readers add 0  Atomics.add before and after the cells move  twice the commits so far; odd while one is under way
//      4    60  -     reserved  nobody                zero                                         pad to one cache line
// total 64 bytes = 1 cache line
// </layout>

/** Layout of the block's head; the slots follow. */
export const COMMIT_BLOCK = defineLayout({
  name: "commit_block",
  title: "Commit block",
  bytes: 64,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add before and after the cells move", meaning: "twice the commits so far; odd while one is under way" },
    { field: "reserved", size: 60, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to one cache line" },
  ],
});

// <layout:commit_slot>
// offset  size  view  field      writer  ordering                meaning
// ------  ----  ----  ---------  ------  ----------------------  --------------------------------------------------------------------------------------------
//      0     4  i32   cellCount  owner   plain, before sequence  how many cells the commit moves
//      4     4  -     reserved   nobody  zero                    alignment
//      8   248  i32   cells      owner   plain, before sequence  of each cell its place, as an element of the slab's Int32Array, and its sequence from before
// total 256 bytes = 4 cache lines
// </layout>

/** Layout of a slot: commit `k` uses slot `k` modulo their number. */
export const COMMIT_SLOT = defineLayout({
  name: "commit_slot",
  title: "Commit slot",
  bytes: 256,
  // deno-fmt-ignore
  fields: [
    { field: "cellCount", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "how many cells the commit moves" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "cells", size: 248, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "of each cell its place, as an element of the slab's Int32Array, and its sequence from before" },
  ],
});

/** Size of the whole block in bytes. */
export const COMMIT_BLOCK_BYTES = roundUp(COMMIT_BLOCK.bytes + COMMIT_SLOTS * COMMIT_SLOT.bytes, 4096);

/** Elements from the block's start: the first slot, and how far the next one is. */
export const COMMIT32 = {
  slots: toIndex32(COMMIT_BLOCK.bytes),
  slotSize: toIndex32(COMMIT_SLOT.bytes),
  cellCount: toIndex32(COMMIT_SLOT.at.cellCount),
  cells: toIndex32(COMMIT_SLOT.at.cells),
} as const;
