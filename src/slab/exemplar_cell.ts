/**
 * Writes and reads exemplar cells.
 *
 * @module
 */
// DATA PLANE
import {
  EXEMPLAR_COPY_BYTES,
  EXEMPLAR_TEXT_BYTES,
  EXEMPLAR_TEXT_BYTES32,
  EXEMPLAR_TEXT_OFFSET,
  EXEMPLAR_VALUE64,
} from "../layout/exemplar_cell.ts";
import { toIndex32, toIndex64 } from "../layout/layout.ts";
import type { Slab } from "./slab.ts";

export { EXEMPLAR_CELL32, EXEMPLAR_TEXT_BYTES } from "../layout/exemplar_cell.ts";

const COPY32 = toIndex32(EXEMPLAR_COPY_BYTES);
const COPY64 = toIndex64(EXEMPLAR_COPY_BYTES);

/** An exemplar as it lies in memory. */
export interface ExemplarRecord {
  value: number;
  /** Seconds since the Unix epoch. */
  timestamp: number;
  /** At least {@linkcode EXEMPLAR_TEXT_BYTES} bytes, of which the first `textBytes` are used. */
  readonly text: Uint8Array;
  textBytes: number;
}

/**
 * Stores an exemplar in place of the one that is there. Owner thread only, after the observation that it stands for
 * was counted. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the exemplar cell's `sequence` as an element of `slab.i32`
 */
export function storeExemplar(slab: Slab, cell32: number, exemplar: ExemplarRecord): void {
  const { i32, f64, u8 } = slab;
  const sequence = i32[cell32];
  const inactive = (sequence & 1) ^ 1;
  const copy64 = (cell32 >>> 1) + EXEMPLAR_VALUE64 + inactive * COPY64;
  const textAt = cell32 * 4 + EXEMPLAR_TEXT_OFFSET + inactive * EXEMPLAR_COPY_BYTES;
  const { text, textBytes } = exemplar;
  f64[copy64] = exemplar.value;
  f64[copy64 + 1] = exemplar.timestamp;
  i32[cell32 + EXEMPLAR_TEXT_BYTES32 + inactive * COPY32] = textBytes;
  for (let i = 0; i < textBytes; i++) u8[textAt + i] = text[i];
  // WHY: sequences count modulo 2 ** 32 and skip 0, which means that there is no exemplar.
  // ORDER: publishes the copy in one step, after the count; pairs with readExemplar() (litmus: exemplar).
  Atomics.add(i32, cell32, sequence === -1 ? 3 : 1);
}

/** The value of the exemplar that the owner stored last in a cell. Owner thread only. */
export function ownExemplarValue(slab: Slab, cell32: number): number {
  return slab.f64[(cell32 >>> 1) + EXEMPLAR_VALUE64 + (slab.i32[cell32] & 1) * COPY64];
}

/** When the owner stored the exemplar of a cell, in seconds since the Unix epoch; 0 if there is none. Owner thread only. */
export function ownExemplarTimestamp(slab: Slab, cell32: number): number {
  return slab.f64[(cell32 >>> 1) + EXEMPLAR_VALUE64 + (slab.i32[cell32] & 1) * COPY64 + 1];
}

/** How often an exemplar was stored: 0 for never; it changes whenever the exemplar does. Any thread. */
export function exemplarSequence(slab: Slab, cell32: number): number {
  // ORDER: before the count that the reader looks at next; pairs with storeExemplar() (litmus: exemplar).
  return Atomics.load(slab.i32, cell32);
}

/**
 * Reads an exemplar. Any thread.
 *
 * @param slab the slab to read
 * @param cell32 the exemplar cell's `sequence` as an element of `slab.i32`
 * @param into takes the exemplar
 * @returns its sequence, or 0 if the owner moved the cell under the read
 */
export function readExemplar(slab: Slab, cell32: number, into: ExemplarRecord): number {
  const { i32, f64, u8 } = slab;
  const sequence = exemplarSequence(slab, cell32);
  const active = sequence & 1;
  const copy64 = (cell32 >>> 1) + EXEMPLAR_VALUE64 + active * COPY64;
  const textAt = cell32 * 4 + EXEMPLAR_TEXT_OFFSET + active * EXEMPLAR_COPY_BYTES;
  into.value = f64[copy64];
  into.timestamp = f64[copy64 + 1];
  // WHY: what was read is validated only below, so until then it may be anything.
  into.textBytes = Math.min(i32[cell32 + EXEMPLAR_TEXT_BYTES32 + active * COPY32] >>> 0, EXEMPLAR_TEXT_BYTES);
  for (let i = 0; i < into.textBytes; i++) into.text[i] = u8[textAt + i];
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: exemplar).
  return Atomics.add(i32, cell32, 0) === sequence ? sequence : 0;
}
