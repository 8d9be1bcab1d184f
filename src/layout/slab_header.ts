/**
 * The first bytes of every slab: who it is, how far it is filled, whether its owner is alive.
 *
 * Words of different writers lie 128 bytes apart (two cache lines, because of adjacent-line prefetch).
 *
 * @module
 */
import { defineLayout, toIndex32 } from "./layout.ts";

/** The first word of a slab. */
export const SLAB_MAGIC = 0x51ab51ab;

/** Version of all layouts together; a reader refuses any other. */
export const LAYOUT_VERSION = 5;

/** Values of the header's `state`. */
export const SLAB_STATE = {
  /** Made by main, not yet attached. */
  NEW: 0,
  /** Attached by its owner. */
  LIVE: 1,
  /** Its owner said good-bye and will not write any more. */
  CLOSED: 2,
} as const;

/** The slot number in the header of a slab that belongs to the main thread or to a library without workers. */
export const MAIN_SLOT = -1;

// <layout:slab_header>
// offset  size  view  field              writer                ordering                               meaning
// ------  ----  ----  -----------------  --------------------  -------------------------------------  ----------------------------------------------------------------------
//      0     4  i32   magic              creator               plain, before the owner starts         0x51AB51AB
//      4     4  i32   version            creator               plain, before the owner starts         layout version, +1 on any change
//      8     4  i32   slabBytes          creator               plain, before the owner starts         size of the whole slab in bytes
//     12     4  i32   slot               creator               plain, before the owner starts         worker slot, -1 for main
//     16     4  i32   epoch              creator               plain, before the owner starts         incarnation of the slot, from 1
//     20   108  -     reserved0          nobody                zero                                   pad to two cache lines
//    128     4  i32   state              owner                 Atomics.store                          NEW 0 / LIVE 1 / CLOSED 2
//    132     4  i32   beat               owner                 Atomics.add                            heartbeats so far, timed by the reader's own clock
//    136     4  i32   published          owner; readers add 0  Atomics.add                            +1 at each heartbeat and request end, loaded first by readers
//    140     4  i32   directoryEnd       owner                 Atomics.store AFTER the record         bytes from the slab's start to the end of the last directory record
//    144     4  i32   cellsStart         owner                 Atomics.store                          bytes from the slab's start to the lowest cell page
//    148     4  i32   seriesCount        owner                 Atomics.store                          series in the directory
//    152     4  i32   droppedSeries      owner                 Atomics.store                          label sets that went to an overflow series
//    156     4  i32   droppedFamilies    owner                 Atomics.store                          families that found no room
//    160     4  i32   revision           owner; readers add 0  Atomics.add AFTER a record's state     +1 whenever a record was reclaimed or used anew
//    164     4  i32   removalsSeen       owner                 Atomics.store                          removals of the log that the owner has applied
//    168     4  i32   removalsForgotten  owner                 Atomics.store BEFORE a record's state  removals announced here whose records may be used anew
//    172     4  i32   commits            owner                 Atomics.store AFTER the block          bytes from the slab's start to the commit block, 0 while there is none
//    176    80  -     reserved1          nobody                zero                                   pad to two cache lines
//    256     4  i32   fence              supervisor            Atomics.store                          1: the owner should write no more
//    260   124  -     reserved2          nobody                zero                                   pad to two cache lines
// total 384 bytes = 6 cache lines
// </layout>

/** Layout of the slab header. */
export const SLAB_HEADER = defineLayout({
  name: "slab_header",
  title: "Slab header",
  bytes: 384,
  // deno-fmt-ignore
  fields: [
    { field: "magic", size: 4, view: "i32", writer: "creator", ordering: "plain, before the owner starts", meaning: "0x51AB51AB" },
    { field: "version", size: 4, view: "i32", writer: "creator", ordering: "plain, before the owner starts", meaning: "layout version, +1 on any change" },
    { field: "slabBytes", size: 4, view: "i32", writer: "creator", ordering: "plain, before the owner starts", meaning: "size of the whole slab in bytes" },
    { field: "slot", size: 4, view: "i32", writer: "creator", ordering: "plain, before the owner starts", meaning: "worker slot, -1 for main" },
    { field: "epoch", size: 4, view: "i32", writer: "creator", ordering: "plain, before the owner starts", meaning: "incarnation of the slot, from 1" },
    { field: "reserved0", size: 108, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
    { field: "state", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "NEW 0 / LIVE 1 / CLOSED 2" },
    { field: "beat", size: 4, view: "i32", writer: "owner", ordering: "Atomics.add", meaning: "heartbeats so far, timed by the reader's own clock" },
    { field: "published", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add", meaning: "+1 at each heartbeat and request end, loaded first by readers" },
    { field: "directoryEnd", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store AFTER the record", meaning: "bytes from the slab's start to the end of the last directory record" },
    { field: "cellsStart", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "bytes from the slab's start to the lowest cell page" },
    { field: "seriesCount", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "series in the directory" },
    { field: "droppedSeries", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "label sets that went to an overflow series" },
    { field: "droppedFamilies", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "families that found no room" },
    { field: "revision", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER a record's state", meaning: "+1 whenever a record was reclaimed or used anew" },
    { field: "removalsSeen", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store", meaning: "removals of the log that the owner has applied" },
    { field: "removalsForgotten", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store BEFORE a record's state", meaning: "removals announced here whose records may be used anew" },
    { field: "commits", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store AFTER the block", meaning: "bytes from the slab's start to the commit block, 0 while there is none" },
    { field: "reserved1", size: 80, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
    { field: "fence", size: 4, view: "i32", writer: "supervisor", ordering: "Atomics.store", meaning: "1: the owner should write no more" },
    { field: "reserved2", size: 124, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
  ],
});

const at = SLAB_HEADER.at;

/** Elements of the slab's Int32Array. */
export const HEADER32 = {
  magic: toIndex32(at.magic),
  version: toIndex32(at.version),
  slabBytes: toIndex32(at.slabBytes),
  slot: toIndex32(at.slot),
  epoch: toIndex32(at.epoch),
  state: toIndex32(at.state),
  beat: toIndex32(at.beat),
  published: toIndex32(at.published),
  directoryEnd: toIndex32(at.directoryEnd),
  cellsStart: toIndex32(at.cellsStart),
  seriesCount: toIndex32(at.seriesCount),
  droppedSeries: toIndex32(at.droppedSeries),
  droppedFamilies: toIndex32(at.droppedFamilies),
  revision: toIndex32(at.revision),
  removalsSeen: toIndex32(at.removalsSeen),
  removalsForgotten: toIndex32(at.removalsForgotten),
  commits: toIndex32(at.commits),
  fence: toIndex32(at.fence),
} as const;

/** Where the directory begins, in bytes from the slab's start. */
export const DIRECTORY_START = SLAB_HEADER.bytes;
