/**
 * The cell of a gauge series: two copies of {value, stamp}, selected by the parity of `sequence`.
 *
 * @module
 */
import { defineLayout, toIndex64 } from "./layout.ts";

// <layout:gauge_cell>
// offset  size  view  field     writer                ordering                             meaning
// ------  ----  ----  --------  --------------------  -----------------------------------  -----------------------------------------------------------
//      0     4  i32   sequence  owner; readers add 0  Atomics.add AFTER the inactive copy  0: never set; parity selects the active copy: even A, odd B
//      4     4  -     reserved  nobody                zero                                 alignment
//      8     8  f64   valueA    owner                 plain, before sequence               value
//     16     8  f64   stampA    owner                 plain, before sequence               mostrecent: ticket of the set; latest: the caller's version
//     24     8  f64   valueB    owner                 plain, before sequence
//     32     8  f64   stampB    owner                 plain, before sequence
// total 40 bytes
// </layout>

/** Layout of a gauge cell. */
export const GAUGE_CELL = defineLayout({
  name: "gauge_cell",
  title: "Gauge cell",
  bytes: 40,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "0: never set; parity selects the active copy: even A, odd B" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "valueA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "value" },
    { field: "stampA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "mostrecent: ticket of the set; latest: the caller's version" },
    { field: "valueB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "stampB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
  ],
});

/** From a cell's start to copy A's `value`, in elements of 64 bits; its `stamp` is one further. */
export const GAUGE_VALUE64 = toIndex64(GAUGE_CELL.at.valueA);
/** From copy A to copy B, in elements of 64 bits. */
export const GAUGE_COPY64 = toIndex64(GAUGE_CELL.at.valueB - GAUGE_CELL.at.valueA);
