/**
 * Records of a slab's directory: which families and series the slab holds.
 *
 * Records follow each other from the header upwards. Publication: the record's bytes are stored plainly, then the
 * header's `directoryEnd` with `Atomics.store`; a reader loads `directoryEnd` first and parses what lies below it.
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
} as const;

// <layout:directory_record>
// offset  size  view  field         writer  ordering                    meaning
// ------  ----  ----  ------------  ------  --------------------------  ------------------------------------------------------
//      0     4  i32   kind          owner   plain, before directoryEnd  FAMILY 1 / SERIES 2
//      4     4  i32   familyId      owner   plain, before directoryEnd  number of the family in this slab, from 0
//      8     4  i32   cellOffset    owner   plain, before directoryEnd  SERIES: bytes from the slab's start to the value cell
//     12     4  i32   payloadBytes  owner   plain, before directoryEnd  length of the payload without padding
//     16     8  f64   created       owner   plain, before directoryEnd  when the record was made, seconds since the Unix epoch
// total 24 bytes
// </layout>

/** Layout of a record's head; `payloadBytes` bytes follow, then padding to 8 bytes. */
export const DIRECTORY_RECORD = defineLayout({
  name: "directory_record",
  title: "Directory record",
  bytes: 24,
  // deno-fmt-ignore
  fields: [
    { field: "kind", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "FAMILY 1 / SERIES 2" },
    { field: "familyId", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "number of the family in this slab, from 0" },
    { field: "cellOffset", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "SERIES: bytes from the slab's start to the value cell" },
    { field: "payloadBytes", size: 4, view: "i32", writer: "owner", ordering: "plain, before directoryEnd", meaning: "length of the payload without padding" },
    { field: "created", size: 8, view: "f64", writer: "owner", ordering: "plain, before directoryEnd", meaning: "when the record was made, seconds since the Unix epoch" },
  ],
});

/** Size in bytes of a record with the given payload, padding included. */
export function recordBytes(payloadBytes: number): number {
  return DIRECTORY_RECORD.bytes + roundUp(payloadBytes, 8);
}
