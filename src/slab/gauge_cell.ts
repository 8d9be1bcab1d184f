/**
 * Writes and reads gauge cells.
 *
 * @module
 */
// DATA PLANE
import { GAUGE_COPY64, GAUGE_VALUE64 } from "../layout/gauge_cell.ts";
import type { Slab } from "./slab.ts";

/** Sequences count modulo 2 ** 32 and skip 0, which means "never set". */
function stepOf(sequence: number): number {
  return sequence === -1 ? 3 : 1;
}

/**
 * Sets a gauge. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param value any number
 */
export function setGauge(slab: Slab, cell32: number, value: number): void {
  const { i32, f64 } = slab;
  const sequence = i32[cell32];
  f64[(cell32 >>> 1) + GAUGE_VALUE64 + ((sequence & 1) ^ 1) * GAUGE_COPY64] = value;
  // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
  Atomics.add(i32, cell32, stepOf(sequence));
}

/**
 * Adds to a gauge. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param amount any number
 */
export function addToGauge(slab: Slab, cell32: number, amount: number): void {
  const { i32, f64 } = slab;
  const sequence = i32[cell32];
  const own64 = (cell32 >>> 1) + GAUGE_VALUE64;
  const active = sequence & 1;
  f64[own64 + (active ^ 1) * GAUGE_COPY64] = f64[own64 + active * GAUGE_COPY64] + amount;
  // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
  Atomics.add(i32, cell32, stepOf(sequence));
}

/**
 * Sets a gauge together with the stamp that orders it among the workers. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param value any number
 * @param stamp ticket or version; a greater one is newer
 */
export function setStampedGauge(slab: Slab, cell32: number, value: number, stamp: number): void {
  const { i32, f64 } = slab;
  const sequence = i32[cell32];
  const copy64 = (cell32 >>> 1) + GAUGE_VALUE64 + ((sequence & 1) ^ 1) * GAUGE_COPY64;
  f64[copy64] = value;
  f64[copy64 + 1] = stamp;
  // ORDER: publishes value and stamp in one step; pairs with readGauge() (litmus: gauge flip).
  Atomics.add(i32, cell32, stepOf(sequence));
}

/** What {@linkcode readGauge} found. */
export interface GaugeReading {
  value: number;
  stamp: number;
  /** Whether the owner ever set it. */
  touched: boolean;
}

/**
 * Reads one gauge. Any thread.
 *
 * @returns whether the reading is valid; if not, the owner moved the cell under the read
 */
export function readGauge(slab: Slab, cell32: number, reading: GaugeReading): boolean {
  const { i32, f64 } = slab;
  // ORDER: before the copy's plain loads; pairs with the flips above (litmus: gauge flip).
  const sequence = Atomics.load(i32, cell32);
  const copy64 = (cell32 >>> 1) + GAUGE_VALUE64 + (sequence & 1) * GAUGE_COPY64;
  reading.value = f64[copy64];
  reading.stamp = f64[copy64 + 1];
  reading.touched = sequence !== 0;
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: gauge flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}

/** A gauge as it was under an earlier sequence, while a commit that moved it is under way; see `counterBefore()`. */
export function gaugeBefore(
  { f64 }: Slab,
  cell: { readonly cell32: number; readonly sequence: number },
  reading: GaugeReading,
): void {
  const copy64 = (cell.cell32 >>> 1) + GAUGE_VALUE64 + (cell.sequence & 1) * GAUGE_COPY64;
  reading.value = f64[copy64];
  reading.stamp = f64[copy64 + 1];
  reading.touched = cell.sequence !== 0;
}
