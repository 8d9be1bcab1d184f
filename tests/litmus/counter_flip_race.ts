/**
 * A counter read by its cell is a value that its owner stored, while low and high words change together.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  COUNTER_FLOAT64,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY32,
  COUNTER_LOW_RANGE,
  counterLow32,
} from "../../src/layout/counter_cell.ts";
import { addToCounter, readCounter } from "../../src/slab/counter_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import type { Act, Race } from "./_race.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;
const LOW32 = counterLow32(CELL32);

/** Adds one to the low word and one to the high word. */
const STEP = COUNTER_LOW_RANGE + 1;
const STEPS = 4;

function judge(value: number, round: number): number {
  if (value < 0) return 3;
  const steps = value / STEP - round * STEPS;
  if (!Number.isInteger(steps) || steps < 0 || steps > STEPS) return 4;
  return steps === 0 ? 0 : steps === STEPS ? 2 : 1;
}

function reader(read: (slab: Slab) => number): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const slab = new Slab(memory);
    return (round) => judge(read(slab), round);
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["the value before", "ACCEPTABLE"],
    ["a value in between", "ACCEPTABLE"],
    ["the value after", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["a value that was never stored", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e5,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return () => {
        for (let k = 0; k < STEPS; k++) addToCounter(slab, CELL32, STEP);
        return -1;
      };
    },
    reader((slab) => readCounter(slab, CELL32)),
  ],
};

/** Reads as readCounter() does, without the read-modify-write at the end. */
function readUnchecked({ i32, f64 }: Slab): number {
  const active = Atomics.load(i32, CELL32) & 1;
  const low = i32[LOW32 + active * COUNTER_LOW_COPY32];
  const high = i32[CELL32 + COUNTER_HIGH32 + active];
  return high * COUNTER_LOW_RANGE + low + f64[CELL32 / 2 + COUNTER_FLOAT64 + active];
}

export const races: readonly Race[] = [
  { ...race, name: "a counter whose words change together is never seen half changed" },
  {
    ...race,
    name: "a reader that does not check the sequence afterwards",
    broken: true,
    actors: [race.actors[0], reader(readUnchecked)],
  },
  {
    ...race,
    name: "a writer that has one copy, whose words change one after the other",
    broken: true,
    actors: [
      (memory) => {
        const { i32 } = new Slab(memory);
        return () => {
          for (let k = 0; k < STEPS; k++) {
            i32[LOW32]++;
            i32[CELL32 + COUNTER_HIGH32]++;
            Atomics.add(i32, CELL32, 2);
          }
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
