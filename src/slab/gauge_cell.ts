/**
 * Writes and reads gauge cells.
 *
 * @module
 */
// DATA PLANE
import {
  GAUGE_COPY64,
  GAUGE_COPY_BIT,
  GAUGE_FLIP,
  GAUGE_VALUE64,
  GAUGE_WHOLE32,
  GAUGE_WHOLE_BIT,
} from "../layout/gauge_cell.ts";
import type { Slab } from "./slab.ts";

/** The sequence of the next flip. It counts modulo 2 ** 32 and skips 0, which means "never set". */
function flipped(sequence: number, wholeBit: number): number {
  const next = (sequence & ~(GAUGE_COPY_BIT | GAUGE_WHOLE_BIT)) + GAUGE_FLIP | (~sequence & GAUGE_COPY_BIT) |
    wholeBit;
  return next === 0 ? GAUGE_FLIP : next;
}

/**
 * Sets a gauge. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param value any number
 */
export function setGauge(slab: Slab, cell32: number, value: number): void {
  const { i32 } = slab;
  const sequence = i32[cell32];
  if ((sequence & GAUGE_WHOLE_BIT) !== 0 && isWhole(value)) {
    i32[cell32 + GAUGE_WHOLE32 + (sequence & GAUGE_COPY_BIT)] = value;
  } else if (slab.confined && isFraction(sequence)) {
    slab.f64[(cell32 >>> 1) + GAUGE_VALUE64 + (sequence & GAUGE_COPY_BIT) * GAUGE_COPY64] = value;
  } else flipGauge(slab, cell32, value);
}

/**
 * Adds to a gauge. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param amount any number
 */
export function addToGauge(slab: Slab, cell32: number, amount: number): void {
  if ((amount | 0) !== amount) return addFraction(slab, cell32, amount);
  const { i32 } = slab;
  const sequence = i32[cell32];
  if ((sequence & GAUGE_WHOLE_BIT) !== 0) {
    const whole32 = cell32 + GAUGE_WHOLE32 + (sequence & GAUGE_COPY_BIT);
    const sum = i32[whole32] + amount;
    if ((sum | 0) === sum) {
      i32[whole32] = sum;
      return;
    }
  }
  flipGauge(slab, cell32, gaugeValue(slab, cell32) + amount);
}

/** The sum stays among the numbers that are not whole, even where it is: more fractions are likely to follow. */
function addFraction(slab: Slab, cell32: number, amount: number): void {
  const { i32, f64 } = slab;
  const sequence = i32[cell32];
  const a64 = (cell32 >>> 1) + GAUGE_VALUE64;
  // WHY: what nobody else reads needs no other copy and no flip, which V8 takes longer for than for all the rest.
  if (slab.confined && isFraction(sequence)) {
    f64[a64 + (sequence & GAUGE_COPY_BIT) * GAUGE_COPY64] += amount;
    return;
  }
  // WHY: the two steps from fraction to fraction written out take a fifth less time than flipped() does.
  if ((sequence & (GAUGE_COPY_BIT | GAUGE_WHOLE_BIT)) === 0) {
    f64[a64 + GAUGE_COPY64] = f64[a64] + amount;
    // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
    Atomics.add(i32, cell32, GAUGE_FLIP + GAUGE_COPY_BIT);
  } else if ((sequence & GAUGE_WHOLE_BIT) === 0 && sequence !== GAUGE_COPY_BIT - GAUGE_FLIP) {
    f64[a64] = f64[a64 + GAUGE_COPY64] + amount;
    // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
    Atomics.add(i32, cell32, GAUGE_FLIP - GAUGE_COPY_BIT);
  } else {
    const inactive = ~sequence & GAUGE_COPY_BIT;
    f64[a64 + inactive * GAUGE_COPY64] = gaugeValue(slab, cell32) + amount;
    // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
    Atomics.add(i32, cell32, flipped(sequence, 0) - sequence);
  }
}

/** Whether a gauge was set, and its number is its copy's Float64. */
function isFraction(sequence: number): boolean {
  return sequence !== 0 && (sequence & GAUGE_WHOLE_BIT) === 0;
}

/** What a gauge's owner has set it to. Owner thread only. */
export function gaugeValue({ i32, f64 }: Slab, cell32: number): number {
  const sequence = i32[cell32];
  const copy = sequence & GAUGE_COPY_BIT;
  return (sequence & GAUGE_WHOLE_BIT) !== 0
    ? i32[cell32 + GAUGE_WHOLE32 + copy]
    : f64[(cell32 >>> 1) + GAUGE_VALUE64 + copy * GAUGE_COPY64];
}

/** Whether an Int32 holds a number as it is: -0 it does not. */
function isWhole(value: number): boolean {
  return (value | 0) === value && (value !== 0 || 1 / value > 0);
}

/**
 * Sets a gauge by way of the other copy, as fractions must and commits want: all that the owner stored before is seen
 * by who sees it. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param value any number
 */
export function flipGauge(slab: Slab, cell32: number, value: number): void {
  const { i32, f64 } = slab;
  const sequence = i32[cell32];
  const inactive = ~sequence & GAUGE_COPY_BIT;
  let wholeBit = 0;
  if (isWhole(value)) {
    i32[cell32 + GAUGE_WHOLE32 + inactive] = value;
    wholeBit = GAUGE_WHOLE_BIT;
  } else f64[(cell32 >>> 1) + GAUGE_VALUE64 + inactive * GAUGE_COPY64] = value;
  // ORDER: publishes the inactive copy in one step; pairs with readGauge() (litmus: gauge flip).
  Atomics.add(i32, cell32, flipped(sequence, wholeBit) - sequence);
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
  const copy64 = (cell32 >>> 1) + GAUGE_VALUE64 + (~sequence & GAUGE_COPY_BIT) * GAUGE_COPY64;
  f64[copy64] = value;
  f64[copy64 + 1] = stamp;
  // ORDER: publishes value and stamp in one step; pairs with readGauge() (litmus: gauge flip).
  Atomics.add(i32, cell32, flipped(sequence, 0) - sequence);
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
  const { i32 } = slab;
  // ORDER: before the copy's plain loads; pairs with the flips above (litmus: gauge flip).
  const sequence = Atomics.load(i32, cell32);
  readCopy(slab, cell32, sequence, reading);
  // ORDER: a read-modify-write, so that the loads above happen before the owner's next stores (litmus: gauge flip).
  return Atomics.add(i32, cell32, 0) === sequence;
}

/** A gauge as it was under an earlier sequence, while a commit that moved it is under way; see `counterBefore()`. */
export function gaugeBefore(
  slab: Slab,
  cell: { readonly cell32: number; readonly sequence: number },
  reading: GaugeReading,
): void {
  readCopy(slab, cell.cell32, cell.sequence, reading);
}

function readCopy({ i32, f64 }: Slab, cell32: number, sequence: number, reading: GaugeReading): void {
  const copy = sequence & GAUGE_COPY_BIT;
  const copy64 = (cell32 >>> 1) + GAUGE_VALUE64 + copy * GAUGE_COPY64;
  reading.value = (sequence & GAUGE_WHOLE_BIT) !== 0 ? i32[cell32 + GAUGE_WHOLE32 + copy] : f64[copy64];
  reading.stamp = f64[copy64 + 1];
  reading.touched = sequence !== 0;
}
