/**
 * Pages of value cells. Pages are taken from the slab's end downwards.
 *
 * A page of counters starts with one word that the owner brackets around every wrap and float increment, so that a
 * reader validates a whole page of plain reads with two atomic operations.
 *
 * @module
 */
import { defineLayout, toIndex32 } from "./layout.ts";

/** Size of a page in bytes; pages start at multiples of it. */
export const PAGE_BYTES = 4096;

// <layout:counter_page>
// offset  size  view  field     writer                ordering                                meaning
// ------  ----  ----  --------  --------------------  --------------------------------------  --------------------------------------------------------------------
//      0     4  i32   flips     owner; readers add 0  Atomics.add before and after each flip  odd while a cell of the page flips its copies, 0 while none ever did
//      4    60  -     reserved  nobody                zero                                    pad to one cache line
// total 64 bytes = 1 cache line
// </layout>

/** Layout of a counter page's head; counter cells follow. */
export const COUNTER_PAGE = defineLayout({
  name: "counter_page",
  title: "Head of a counter page",
  bytes: 64,
  // deno-fmt-ignore
  fields: [
    { field: "flips", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add before and after each flip", meaning: "odd while a cell of the page flips its copies, 0 while none ever did" },
    { field: "reserved", size: 60, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to one cache line" },
  ],
});

/** Masks an index into the slab's Int32Array down to its page's first element, where `flips` lies. */
export const PAGE_MASK32 = ~(toIndex32(PAGE_BYTES) - 1);
