/**
 * A native histogram's buckets, classic buckets and sum are seen together, also while buckets are joined.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { NATIVE_COPY64, NATIVE_COUNT } from "../../src/layout/native_cell.ts";
import { newNativeReading, observeNative, readNative } from "../../src/slab/native_cell.ts";
import { NativePlan } from "../../src/slab/native_plan.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import type { Act, Race } from "./_race.ts";

const CELL32 = PAGE_BYTES / 4;
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

function reader(read: (slab: Slab, reading: ReturnType<typeof newNativeReading>) => boolean) {
  return (memory: SharedArrayBuffer): Act => {
    const slab = new Slab(memory);
    const reading = newNativeReading(PLAN);
    return (round) => {
      if (!read(slab, reading)) return 3;
      let count = reading.zeroCount + reading.nanCount;
      for (let i = 0; i < reading.size; i++) count += reading.counts[i];
      const { sum, classic } = expected(count);
      if (reading.sum !== sum || reading.classic[0] !== classic) return 4;
      if (reading.classic[0] + reading.classic[1] + reading.classic[2] !== count) return 4;
      const before = round * VALUES.length + (round > ODD_ROUND ? 1 : 0);
      const after = (round + 1) * VALUES.length + (round >= ODD_ROUND ? 1 : 0);
      if (count < before || count > after) return 5;
      return count === before ? 0 : count < after ? 1 : 2;
    };
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no observation of the round", "ACCEPTABLE"],
    ["some observations", "ACCEPTABLE"],
    ["all observations", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["buckets, classic buckets and sum disagree", "FORBIDDEN"],
    ["more or fewer observations than were made", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1000,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return (round) => {
        for (let k = 0; k < VALUES.length; k++) observeNative(slab, CELL32, PLAN, VALUES[k]);
        if (round === ODD_ROUND) observeNative(slab, CELL32, PLAN, ODD_VALUE);
        return -1;
      };
    },
    reader((slab, reading) => readNative(slab, CELL32, PLAN, reading)),
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "a native histogram's buckets, classic buckets and sum agree" },
  {
    ...race,
    name: "a reader of native buckets that does not check the sequence afterwards",
    broken: true,
    actors: [
      race.actors[0],
      reader((slab, reading) => {
        readNative(slab, CELL32, PLAN, reading);
        return true;
      }),
    ],
  },
  {
    ...race,
    name: "native buckets with one copy",
    broken: true,
    actors: [
      (memory) => {
        const slab = new Slab(memory);
        const { i32, f64 } = slab;
        const copy64 = (CELL32 + PLAN.copies32) >>> 1;
        return (round) => {
          for (let k = 0; k < VALUES.length; k++) {
            f64[copy64 + NATIVE_COPY64.sum] += VALUES[k];
            f64[copy64 + PLAN.counts64 + NATIVE_COUNT.ZERO]++;
            f64[copy64 + NATIVE_COPY64.classic + (VALUES[k] <= 4 ? 0 : VALUES[k] <= 64 ? 1 : 2)]++;
            Atomics.add(i32, CELL32, 2);
          }
          if (round === ODD_ROUND) {
            f64[copy64 + NATIVE_COPY64.sum] += ODD_VALUE;
            f64[copy64 + PLAN.counts64 + NATIVE_COUNT.ZERO]++;
            f64[copy64 + NATIVE_COPY64.classic + 2]++;
          }
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
