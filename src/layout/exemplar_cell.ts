/**
 * The cell of an exemplar: two copies of {value, timestamp, labels}, selected by the parity of `sequence`.
 *
 * Exemplar cells lie behind the value cell of their series, one after the other. An exemplar is stored after
 * the observation that it stands for is counted, and readers look at exemplars before they look at counts.
 *
 * @module
 */
import { defineLayout, toIndex32, toIndex64 } from "./layout.ts";

/** How many bytes a copy has for label names and values: a text of ASCII always fits. */
export const EXEMPLAR_TEXT_BYTES = 232;

// <layout:exemplar_cell>
// offset  size  view  field       writer                ordering                             meaning
// ------  ----  ----  ----------  --------------------  -----------------------------------  ----------------------------------------------------------------------------------------------
//      0     4  i32   sequence    owner; readers add 0  Atomics.add AFTER the inactive copy  0: there is none yet; parity selects the active copy: even A, odd B
//      4     4  -     reserved    nobody                zero                                 alignment
//      8     8  f64   valueA      owner                 plain, before sequence               the observed value
//     16     8  f64   timestampA  owner                 plain, before sequence               seconds since the Unix epoch
//     24     4  i32   textBytesA  owner                 plain, before sequence               how much of the text is used
//     28     4  -     reservedA   nobody                zero                                 alignment
//     32   232  u8    textA       owner                 plain, before sequence               for each label: bytes of its name, bytes of its value (one byte each), name and value in UTF-8
//    264     8  f64   valueB      owner                 plain, before sequence
//    272     8  f64   timestampB  owner                 plain, before sequence
//    280     4  i32   textBytesB  owner                 plain, before sequence
//    284     4  -     reservedB   nobody                zero                                 alignment
//    288   232  u8    textB       owner                 plain, before sequence
// total 520 bytes
// </layout>

/** Layout of an exemplar cell. */
export const EXEMPLAR_CELL = defineLayout({
  name: "exemplar_cell",
  title: "Exemplar cell",
  bytes: 520,
  // deno-fmt-ignore
  fields: [
    { field: "sequence", size: 4, view: "i32", writer: "owner; readers add 0", ordering: "Atomics.add AFTER the inactive copy", meaning: "0: there is none yet; parity selects the active copy: even A, odd B" },
    { field: "reserved", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "valueA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "the observed value" },
    { field: "timestampA", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "seconds since the Unix epoch" },
    { field: "textBytesA", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "how much of the text is used" },
    { field: "reservedA", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "textA", size: 232, view: "u8", writer: "owner", ordering: "plain, before sequence", meaning: "for each label: bytes of its name, bytes of its value (one byte each), name and value in UTF-8" },
    { field: "valueB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "timestampB", size: 8, view: "f64", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "textBytesB", size: 4, view: "i32", writer: "owner", ordering: "plain, before sequence", meaning: "" },
    { field: "reservedB", size: 4, view: "-", writer: "nobody", ordering: "zero", meaning: "alignment" },
    { field: "textB", size: 232, view: "u8", writer: "owner", ordering: "plain, before sequence", meaning: "" },
  ],
});

const at = EXEMPLAR_CELL.at;

/** From one exemplar cell to the next, in elements of 32 bits. */
export const EXEMPLAR_CELL32 = toIndex32(EXEMPLAR_CELL.bytes);
/** From a cell's start to copy A's `value`, in elements of 64 bits; its `timestamp` is one further. */
export const EXEMPLAR_VALUE64 = toIndex64(at.valueA);
/** From a cell's `sequence` to copy A's `textBytes`, in elements of 32 bits. */
export const EXEMPLAR_TEXT_BYTES32 = toIndex32(at.textBytesA);
/** From a cell's start to copy A's text, in bytes. */
export const EXEMPLAR_TEXT_OFFSET = at.textA;
/** From copy A to copy B, in bytes. */
export const EXEMPLAR_COPY_BYTES = at.valueB - at.valueA;
