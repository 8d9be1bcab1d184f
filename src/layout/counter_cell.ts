/**
 * The cell of a counter series: two copies of {low, high, float}, selected by the parity of `sequence`.
 *
 * The value is `high * 2 ** 31 + low + float` of the active copy. An integer increment that does not carry is one plain
 * store to the active copy's `low`. A carry or a float increment fills the inactive copy, then flips. The two `low` words
 * lie in the head of the cell's page, at places that follow from the cell's own.
 *
 * @module
 */
import { COUNTER_PAGE, IN_PAGE_MASK32, PAGE_MASK32 } from "./cell_page.ts";
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:counter_cell>
// offset  size  view  field     writer                ordering                             meaning
// ------  ----  ----  --------  --------------------  -----------------------------------  -----------------------------------------------------------
//      0     4  i32   sequence  owner; readers add 0  Atomics.add AFTER the inactive copy  flips so far; parity selects the active copy: even A, odd B
//      4     4  i32   highA     owner                 plain, before sequence               integer part divided by 2 ** 31
//      8     4  i32   highB     owner                 plain, before sequence
//     12     4  -     reserved  nobody                zero                                 alignment
//     16     8  f64   floatA    owner                 plain, before sequence               sum of the increments that were not integers
//     24     8  f64   floatB    owner                 plain, before sequence
// total 32 bytes
// </layout>

/** Layout of a counter cell. */
export const COUNTER_CELL = defineLayout({
  name: "counter_cell",
  title: "Counter cell",
  bytes: 32,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "flips so far; parity selects the active copy: even A, odd B" },
    { field: "highA", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "integer part divided by 2 ** 31" },
    { field: "highB", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "floatA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "sum of the increments that were not integers" },
    { field: "floatB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
  ],
});

/** What follows a counter in its cell, an exemplar, is padded so that the next cell is aligned to this. */
export const COUNTER_ALIGNMENT: number = COUNTER_CELL.bytes;

/** `2 ** 3` elements of 32 bits are one counter's cell. */
const CELL_SHIFT32 = 3;

/** From copy A's `low` to copy B's, in elements of 32 bits. */
export const COUNTER_LOW_COPY32 = toIndex32(COUNTER_PAGE.at.lowsB - COUNTER_PAGE.at.lowsA);
/** The same as a power of two, by which the parity of `sequence` is shifted. */
export const COUNTER_LOW_COPY_SHIFT = Math.log2(COUNTER_LOW_COPY32);

/** Copy A's `low` of the counter at a cell, both as elements of the slab's Int32Array. */
export function counterLow32(cell32: number): number {
  return (cell32 & PAGE_MASK32) + ((cell32 & IN_PAGE_MASK32) >>> CELL_SHIFT32);
}

/** From a cell's `sequence` to copy A's `high`, in elements of 32 bits; copy B's is one further. */
export const COUNTER_HIGH32 = toIndex32(COUNTER_CELL.at.highA - COUNTER_CELL.at.sequence);
/** From a cell's start to copy A's `float`, in elements of 64 bits; copy B's is one further. */
export const COUNTER_FLOAT64 = toIndex64(COUNTER_CELL.at.floatA);
/** `low` counts modulo this; a carry adds one to `high`. */
export const COUNTER_LOW_RANGE = 2 ** 31;
