/**
 * The one block of memory that all threads of a server share for writing.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

// <layout:control_block>
// offset  size  view  field     writer       ordering     meaning
// ------  ----  ----  --------  -----------  -----------  ------------------------------------------------------------------------------------------------
//      0     8  i64   ticket    every owner  Atomics.add  last ticket drawn; orders the sets of mostrecent gauges over all threads
//      8     4  i32   nextSlot  every owner  Atomics.add  next free worker slot, where threads find each other without a parent
//     12     4  i32   removals  every owner  Atomics.add  removals so far, where threads find each other without a parent; series made later are not meant
//     16   112  -     reserved  nobody       zero         pad to two cache lines
// total 128 bytes = 2 cache lines
// </layout>

/** Layout of the control block. */
export const CONTROL_BLOCK = defineLayout({
  name: "control_block",
  title: "Control block",
  bytes: 128,
  // deno-fmt-ignore
  fields: [
    { field: "ticket", size: 8, view: "i64", writer: "every owner", ordering: "Atomics.add", meaning: "last ticket drawn; orders the sets of mostrecent gauges over all threads" },
    { field: "nextSlot", size: 4, view: "i32", writer: "every owner", ordering: "Atomics.add", meaning: "next free worker slot, where threads find each other without a parent" },
    { field: "removals", size: 4, view: "i32", writer: "every owner", ordering: "Atomics.add", meaning: "removals so far, where threads find each other without a parent; series made later are not meant" },
    { field: "reserved", size: 112, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
  ],
});

/** Element of the block's BigInt64Array that holds the ticket. */
export const TICKET64 = toIndex64(CONTROL_BLOCK.at.ticket);

/** Element of the block's Int32Array that holds the next free slot. */
export const NEXT_SLOT32 = toIndex32(CONTROL_BLOCK.at.nextSlot);

/** Element of the block's Int32Array that counts the removals. */
export const REMOVALS32 = toIndex32(CONTROL_BLOCK.at.removals);
