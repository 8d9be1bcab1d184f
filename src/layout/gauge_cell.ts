/**
 * The cell of a gauge series: two copies of {whole, value, stamp}, selected by bit 0 of `sequence`.
 *
 * Bit 1 of `sequence` says what the active copy's number is: its `whole` if set, else its `value`. Where it is set, the
 * next whole number that an Int32 holds is one plain store to the active copy's `whole`. Every other number fills the
 * inactive copy, then flips; but while no other thread has the memory, one that follows another of its kind is a plain
 * store to the active copy's `value`. Stamped gauges and commits flip always.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:gauge_cell>
// offset  size  view  field     writer                ordering                             meaning
// ------  ----  ----  --------  --------------------  -----------------------------------  ----------------------------------------------------------------------------
//      0     4  i32   sequence  owner; readers add 0  Atomics.add AFTER the inactive copy  0: never set; bit 0: active copy; bit 1: its number is `whole`; above: flips
//      4     4  i32   wholeA    owner                 plain                                whole number from -(2 ** 31) to 2 ** 31 - 1
//      8     4  i32   wholeB    owner                 plain
//     12     4  -     reserved  nobody                zero                                 alignment
//     16     8  f64   valueA    owner                 plain, before sequence               any number
//     24     8  f64   stampA    owner                 plain, before sequence               mostrecent: ticket of the set; latest: the caller's version
//     32     8  f64   valueB    owner                 plain, before sequence
//     40     8  f64   stampB    owner                 plain, before sequence
// total 48 bytes
// </layout>

/** Layout of a gauge cell. */
export const GAUGE_CELL = defineLayout({
  name: "gauge_cell",
  title: "Gauge cell",
  bytes: 48,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "0: never set; bit 0: active copy; bit 1: its number is `whole`; above: flips" },
    { field: "wholeA", size: 4, view: "i32", writer: "owner", ordering: "plain", meaning: "whole number from -(2 ** 31) to 2 ** 31 - 1" },
    { field: "wholeB", size: 4, view: "i32", writer: "owner", ordering: "plain", meaning: "" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "valueA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "any number" },
    { field: "stampA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "mostrecent: ticket of the set; latest: the caller's version" },
    { field: "valueB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "stampB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
  ],
});

/** From a cell's `sequence` to copy A's `whole`, in elements of 32 bits; copy B's is one further. */
export const GAUGE_WHOLE32 = toIndex32(GAUGE_CELL.at.wholeA - GAUGE_CELL.at.sequence);
/** From a cell's start to copy A's `value`, in elements of 64 bits; its `stamp` is one further. */
export const GAUGE_VALUE64 = toIndex64(GAUGE_CELL.at.valueA);
/** From copy A to copy B, in elements of 64 bits. */
export const GAUGE_COPY64 = toIndex64(GAUGE_CELL.at.valueB - GAUGE_CELL.at.valueA);
/** The bit of `sequence` that selects the copy. */
export const GAUGE_COPY_BIT = 1;
/** The bit of `sequence` that says that the active copy's number is its `whole`. */
export const GAUGE_WHOLE_BIT = 2;
/** One flip, as `sequence` counts them. */
export const GAUGE_FLIP = 4;
