/**
 * A native histogram's buckets, classic buckets and sum are seen together, also while buckets are joined.
 *
 * @module
 */
import { NATIVE_COPY64, NATIVE_COUNT } from "../../src/layout/native_cell.ts";
import {
  type NativeReading,
  newNativeReading,
  observeNative,
  readNative,
} from "../../src/slab/native_cell.ts";
import { NativePlan } from "../../src/slab/native_plan.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { CELL32, flipRaces, MIXED, MOVED, seenBetween } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import type { Act } from "./_race.ts";

const PLAN = new NativePlan([4, 64], {
  schema: 8,
  zeroThreshold: 0,
  maxBuckets: 6,
  maxZeroThreshold: 0,
  minResetSeconds: 0,
});

/** Powers of two, so that sums are exact; one for each bucket, at first. */
const VALUES = [1, 2, 16, 32, 128, 256];
/** Observed once a lap: its bucket finds no room, so buckets are joined. */
const ODD_VALUE = 1024;
const ODD_ROUND = 500;

/** What the number of observations that a reading has would make of its sum and of its first classic bucket. */
function expected(count: number): { sum: number; classic: number } {
  const odd = count > (ODD_ROUND + 1) * VALUES.length ? 1 : 0;
  const plain = count - odd;
  const whole = Math.floor(plain / VALUES.length);
  const rest = VALUES.slice(0, plain % VALUES.length);
  const sumOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  return {
    sum: whole * sumOf(VALUES) + sumOf(rest) + odd * ODD_VALUE,
    classic: 2 * whole + rest.filter((value) => value <= 4).length,
  };
}

/** How many observations are made in so many rounds. */
function madeIn(rounds: number): number {
  return rounds * VALUES.length + (rounds > ODD_ROUND ? 1 : 0);
}

function reader(read: (slab: Slab, reading: NativeReading) => boolean) {
  return (slab: Slab): Act => {
    const reading = newNativeReading(PLAN);
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, reading)) return MOVED;
      let count = reading.zeroCount + reading.nanCount;
      for (let i = 0; i < reading.size; i++) count += reading.counts[i];
      const { sum, classic } = expected(count);
      if (reading.sum !== sum || reading.classic[0] !== classic) return MIXED;
      if (reading.classic[0] + reading.classic[1] + reading.classic[2] !== count) return MIXED;
      return seenBetween(count, madeIn(before), madeIn(writer.begun()));
    };
  };
}

/** Takes the sum of one look and all else of the next, and does not check whether an update came under them. */
function readUnchecked(slab: Slab, reading: NativeReading): boolean {
  readNative(slab, CELL32, PLAN, reading);
  const { sum } = reading;
  gap();
  readNative(slab, CELL32, PLAN, reading);
  reading.sum = sum;
  return true;
}

/** One race, and two that are broken. */
export const races = flipRaces({
  name: "a native histogram's buckets, classic buckets and sum agree",
  lapRounds: 4000,
  write: (slab) => (round) => {
    for (let k = 0; k < VALUES.length; k++) observeNative(slab, CELL32, PLAN, VALUES[k]);
    if (round === ODD_ROUND) observeNative(slab, CELL32, PLAN, ODD_VALUE);
  },
  read: reader((slab, reading) => readNative(slab, CELL32, PLAN, reading)),
  readUnchecked: reader(readUnchecked),
  writeOneCopy: ({ i32, f64 }) => {
    const copy64 = (CELL32 + PLAN.copies32) >>> 1;
    const add = (value: number) => {
      f64[copy64 + NATIVE_COPY64.sum] += value;
      if (value === VALUES[0]) gap();
      f64[copy64 + PLAN.counts64 + NATIVE_COUNT.ZERO]++;
      f64[copy64 + NATIVE_COPY64.classic + (value <= 4 ? 0 : value <= 64 ? 1 : 2)]++;
      Atomics.add(i32, CELL32, 2);
    };
    return (round) => {
      for (let k = 0; k < VALUES.length; k++) add(VALUES[k]);
      if (round === ODD_ROUND) add(ODD_VALUE);
    };
  },
});
