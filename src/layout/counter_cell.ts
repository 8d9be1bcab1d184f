/**
 * The cell of a counter series: two copies of {low, high, float}, selected by the parity of `sequence`.
 *
 * The value is `high * 2 ** 31 + low + float` of the active copy. An integer increment that does not carry is one plain
 * store to the active copy's `low`. A carry or a float increment fills the inactive copy, then flips.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:counter_cell>
// offset  size  view  field     writer                ordering                             meaning
// ------  ----  ----  --------  --------------------  -----------------------------------  -----------------------------------------------------------
//      0     4  i32   sequence  owner; readers add 0  Atomics.add AFTER the inactive copy  flips so far; parity selects the active copy: even A, odd B
//      4     4  i32   lowA      owner                 plain                                integer part modulo 2 ** 31
//      8     4  i32   lowB      owner                 plain
//     12     4  i32   highA     owner                 plain, before sequence               integer part divided by 2 ** 31
//     16     4  i32   highB     owner                 plain, before sequence
//     20     4  -     reserved  nobody                zero                                 alignment
//     24     8  f64   floatA    owner                 plain, before sequence               sum of the increments that were not integers
//     32     8  f64   floatB    owner                 plain, before sequence
// total 40 bytes
// </layout>

/** Layout of a counter cell. */
export const COUNTER_CELL = defineLayout({
  name: "counter_cell",
  title: "Counter cell",
  bytes: 40,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "flips so far; parity selects the active copy: even A, odd B" },
    { field: "lowA", size: 4, view: "i32", writer: "owner", ordering: "plain", meaning: "integer part modulo 2 ** 31" },
    { field: "lowB", size: 4, view: "i32", writer: "owner", ordering: "plain", meaning: "" },
    { field: "highA", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "integer part divided by 2 ** 31" },
    { field: "highB", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "floatA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "sum of the increments that were not integers" },
    { field: "floatB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
  ],
});

/** From a cell's `sequence` to copy A's `low`, in elements of 32 bits; copy B's is one further. */
export const COUNTER_LOW32 = toIndex32(COUNTER_CELL.at.lowA - COUNTER_CELL.at.sequence);
/** From a cell's `sequence` to copy A's `high`, in elements of 32 bits; copy B's is one further. */
export const COUNTER_HIGH32 = toIndex32(COUNTER_CELL.at.highA - COUNTER_CELL.at.sequence);
/** From a cell's start to copy A's `float`, in elements of 64 bits; copy B's is one further. */
export const COUNTER_FLOAT64 = toIndex64(COUNTER_CELL.at.floatA);
/** `low` counts modulo this; a carry adds one to `high`. */
export const COUNTER_LOW_RANGE = 2 ** 31;
