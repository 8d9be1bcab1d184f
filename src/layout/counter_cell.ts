/**
 * The cell of a counter series: two copies of {low, high, float}, selected by the parity of `sequence`.
 *
 * The value is `high * 2 ** 31 + low + float` of the active copy. An integer increment that does not carry is one plain
 * store to the active copy's `low`. A carry or a float increment fills the inactive copy, then flips.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

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
