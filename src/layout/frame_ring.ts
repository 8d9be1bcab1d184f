/**
 * A ring of frames between two threads: one writes, one reads.
 *
 * @module
 */
import { defineLayout, toIndex32 } from "./layout.ts";

// <layout:frame_ring>
// offset  size  view  field      writer             ordering                                meaning
// ------  ----  ----  ---------  -----------------  --------------------------------------  --------------------------------------------------
//      0     4  i32   written    the ring's writer  Atomics.store AFTER the frame           words ever written, modulo 2^32
//      4   124  -     reserved0  nobody             zero                                    keeps the two threads' words two cache lines apart
//    128     4  i32   read       the ring's reader  Atomics.store AFTER the frame was used  words ever read, modulo 2^32
//    132   124  -     reserved1  nobody             zero                                    pad to two cache lines
// total 256 bytes = 4 cache lines
// </layout>

/** Layout of a ring's header. The data follow: a power of two of 32-bit words, each frame its length and its words. */
export const FRAME_RING = defineLayout({
  name: "frame_ring",
  title: "Frame ring header",
  bytes: 256,
  // deno-fmt-ignore
  fields: [
    { field: "written", size: 4, view: "i32", writer: "the ring's writer", ordering: "Atomics.store AFTER the frame", meaning: "words ever written, modulo 2^32" },
    { field: "reserved0", size: 124, view: "-", writer: "nobody", ordering: "zero", meaning: "keeps the two threads' words two cache lines apart" },
    { field: "read", size: 4, view: "i32", writer: "the ring's reader", ordering: "Atomics.store AFTER the frame was used", meaning: "words ever read, modulo 2^32" },
    { field: "reserved1", size: 124, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
  ],
});

/** Elements of the header in the ring's Int32Array. */
export const RING32 = {
  written: toIndex32(FRAME_RING.at.written),
  read: toIndex32(FRAME_RING.at.read),
  data: toIndex32(FRAME_RING.bytes),
} as const;
