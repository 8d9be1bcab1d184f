/**
 * Records of a slab's directory: which families and series the slab holds.
 *
 * Records follow each other from the header upwards. Publication: the record's bytes are stored plainly, then the
 * header's `directoryEnd` with `Atomics.store`; a reader loads `directoryEnd` first and parses what lies below it.
 * Re-use: a reclaimed record rests for a minute, is filled anew plainly, then its `state` is stored with the next
 * generation, then the header's `revision` is raised; a reader that finds a new revision compares all states.
 * A removal's record rests until all whom it concerns have acted on it; the header's `removalsForgotten` says so before
 * the record's state does, and a reader that has copied a record looks at it afterwards.
 *
 * @module
 */
import { defineLayout, roundUp } from "./layout.ts";

/** Values of a record's `kind`. */
export const RECORD_KIND = {
  /** Payload: the family's descriptor as JSON in UTF-8. */
  FAMILY: 1,
  /** Payload: the length in bytes (i32, little-endian) of each label's value in the family's order, then the values in UTF-8. */
  SERIES: 2,
  /** Payload: a removal as JSON in UTF-8. */
  REMOVAL: 3,
} as const;

/** The low two bits of a record's `state`; the bits above count the record's uses. */
export const RECORD_STATE = {
  /** In use. */
  ALLOCATED: 1,
  /** In use, hidden until its values move. */
  DORMANT: 2,
  /** Removed; its cell is dead. */
  RECLAIMED: 3,
} as const;

/** Masks {@linkcode RECORD_STATE} out of a record's `state`. */
export const RECORD_STATE_MASK = 3;

/** What one use adds to a record's `state`. */
export const RECORD_GENERATION = 4;

// <layout:directory_record>
// offset  size  view  field         writer  ordering                      meaning
// ------  ----  ----  ------------  ------  ----------------------------  ---------------------------------------------------------------------------------------------------------------------
//      0     4  i32   kind          owner   plain, before directoryEnd    FAMILY 1 / SERIES 2 / REMOVAL 3
//      4     4  i32   familyId      owner   plain, before directoryEnd    number of the family in this slab, from 0
//      8     4  i32   recordBytes   owner   plain, before directoryEnd    size of the whole record; the next one follows
//     12     4  i32   state         owner   Atomics.store AFTER the rest  ALLOCATED 1 / DORMANT 2 / RECLAIMED 3, +4 for each use
//     16     4  i32   cellOffset    owner   plain, before state           SERIES: bytes from the slab's start to the value cell
//     20     4  i32   payloadBytes  owner   plain, before state           length of the payload without padding
//     24     4  i32   removalsSeen  owner   plain, before state           SERIES: removals of the log that the owner had applied before; REMOVAL: its number among those announced here, from 1
//     28     4  -     reserved      nobody  zero                          alignment
//     32     8  f64   created       owner   plain, before state           when the record was made, seconds since the Unix epoch
// total 40 bytes
// </layout>

/** Layout of a record's head; the payload follows, padded to `recordBytes`. */
export const DIRECTORY_RECORD = defineLayout({
  name: "directory_record",
  title: "Directory record",
  bytes: 40,
  // deno-fmt-ignore
  fields: [
    { field: "kind", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "FAMILY 1 / SERIES 2 / REMOVAL 3" },
    { field: "familyId", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "number of the family in this slab, from 0" },
    { field: "recordBytes", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "size of the whole record; the next one follows" },
    { field: "state", size: 4, view: "i32", writer: "owner", ordering: "Atomics.store AFTER the rest", meaning: "ALLOCATED 1 / DORMANT 2 / RECLAIMED 3, +4 for each use" },
    { field: "cellOffset", size: 4, view: "i32", writer: "owner", ordering: "plain, before state", meaning: "SERIES: bytes from the slab's start to the value cell" },
    { field: "payloadBytes", size: 4, view: "i32", writer: "owner", ordering: "plain, before state", meaning: "length of the payload without padding" },
    { field: "removalsSeen", size: 4, view: "i32", writer: "owner", ordering: "plain, before state", meaning: "SERIES: removals of the log that the owner had applied before; REMOVAL: its number among those announced here, from 1" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "created", size: 8, view: "f64", writer: "owner", ordering: "plain, before state", meaning: "when the record was made, seconds since the Unix epoch" },
  ],
});

/** Size in bytes of a record with the given payload, padding included. */
export function recordBytes(payloadBytes: number): number {
  return DIRECTORY_RECORD.bytes + roundUp(payloadBytes, 8);
}
