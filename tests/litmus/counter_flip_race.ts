/**
 * A counter read by its cell is a value that its owner stored, while low and high words change together.
 *
 * @module
 */
import { COUNTER_PAGE } from "../../src/layout/cell_page.ts";
import {
  COUNTER_FLOAT64,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY32,
  COUNTER_LOW_RANGE,
  counterLow32,
} from "../../src/layout/counter_cell.ts";
import { addToCounter, readCounter } from "../../src/slab/counter_cell.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { CELL32 as PAGE32, flipRaces, MIXED, MOVED, seenOf } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import type { Act } from "./_race.ts";

const CELL32 = PAGE32 + COUNTER_PAGE.bytes / 4;
const LOW32 = counterLow32(CELL32);

/** Adds one to the low word and one to the high word. */
const STEP = COUNTER_LOW_RANGE + 1;
const PER_ROUND = 4;

function reader(read: (slab: Slab) => number) {
  return (slab: Slab): Act => (_round, writer) => {
    const before = writer.done();
    const value = read(slab);
    if (value < 0) return MOVED;
    const steps = value / STEP;
    return Number.isInteger(steps)
      ? seenOf(steps, { before, after: writer.begun(), perRound: PER_ROUND })
      : MIXED;
  };
}

/** Reads as readCounter() does, without the read-modify-write at the end. */
function readUnchecked({ i32, f64 }: Slab): number {
  const active = Atomics.load(i32, CELL32) & 1;
  const low = i32[LOW32 + active * COUNTER_LOW_COPY32];
  gap();
  const high = i32[CELL32 + COUNTER_HIGH32 + active];
  return high * COUNTER_LOW_RANGE + low + f64[CELL32 / 2 + COUNTER_FLOAT64 + active];
}

/** One race, and two that are broken. */
export const races = flipRaces({
  name: "a counter whose words change together is never seen half changed",
  lapRounds: 1e5,
  write: (slab) => () => {
    for (let k = 0; k < PER_ROUND; k++) addToCounter(slab, CELL32, STEP);
  },
  read: reader((slab) => readCounter(slab, CELL32)),
  readUnchecked: reader(readUnchecked),
  writeOneCopy: ({ i32 }) => () => {
    for (let k = 0; k < PER_ROUND; k++) {
      i32[LOW32]++;
      if (k === 0) gap();
      i32[CELL32 + COUNTER_HIGH32]++;
      Atomics.add(i32, CELL32, 2);
    }
  },
});
