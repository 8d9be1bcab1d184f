/**
 * Pages of value cells. Pages are taken from the slab's end downwards.
 *
 * A page of counters starts with one word that the owner brackets around every wrap and float increment, so that a
 * reader validates a whole page of plain reads with two atomic operations. The words that integer increments go to lie
 * together behind it, so that a scrape reads four bytes a counter and not a cell.
 *
 * @module
 */
import { defineLayout, toIndex32 } from "./layout.ts";

/** Size of a page in bytes; pages start at multiples of it. */
export const PAGE_BYTES = 4096;

// <layout:counter_page>
// offset  size  view  field      writer                ordering                                meaning
// ------  ----  ----  ---------  --------------------  --------------------------------------  --------------------------------------------------------------------
//      0     4  i32   flips      owner; readers add 0  Atomics.add before and after each flip  odd while a cell of the page flips its copies, 0 while none ever did
//      4   124  -     reservedA  nobody                zero                                    where the head itself would have low words
//    128   384  i32   lowsA      owner                 plain                                   for each 32 bytes of cells: copy A's integer part modulo 2 ** 31
//    512   128  -     reservedB  nobody                zero
//    640   384  i32   lowsB      owner                 plain                                   the same for copy B
// total 1024 bytes = 16 cache lines
// </layout>

/** Layout of a counter page's head; counter cells follow, aligned to their size. */
export const COUNTER_PAGE = defineLayout({
  name: "counter_page",
  title: "Head of a counter page",
  bytes: 1024,
  // deno-fmt-ignore
  fields: [
    { field: "flips", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add before and after each flip", meaning: "odd while a cell of the page flips its copies, 0 while none ever did" },
    { field: "reservedA", size: 124, view: "-", writer: "nobody", ordering: "zero", meaning: "where the head itself would have low words" },
    { field: "lowsA", size: 384, view: "i32", writer: "owner", ordering: "plain", meaning: "for each 32 bytes of cells: copy A's integer part modulo 2 ** 31" },
    { field: "reservedB", size: 128, view: "-", writer: "nobody", ordering: "zero", meaning: "" },
    { field: "lowsB", size: 384, view: "i32", writer: "owner", ordering: "plain", meaning: "the same for copy B" },
  ],
});

/** Masks an index into the slab's Int32Array down to its page's first element, where `flips` lies. */
export const PAGE_MASK32 = ~(toIndex32(PAGE_BYTES) - 1);
/** Masks an index into the slab's Int32Array down to its place within its page. */
export const IN_PAGE_MASK32 = ~PAGE_MASK32;
