/**
 * Counters read by their page are a snapshot: the flips that the owner made up to one point, and no later ones.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  COUNTER_CELL,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY32,
  COUNTER_LOW_RANGE,
  counterLow32,
} from "../../src/layout/counter_cell.ts";
import { addToCounter, readCounterPage } from "../../src/slab/counter_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import type { Race } from "./_race.ts";

const COUNT = 6;
const CELLS = Int32Array.from(
  { length: COUNT },
  (_, k) => (PAGE_BYTES + COUNTER_PAGE.bytes + k * COUNTER_CELL.bytes) / 4,
);

/** Adds one to the low word and one to the high word. */
const STEP = COUNTER_LOW_RANGE + 1;

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no flip is seen", "ACCEPTABLE"],
    ["the first flips are seen, the last are not", "ACCEPTABLE"],
    ["all flips are seen", "ACCEPTABLE"],
    ["the page moved under the read, cells are to be read one by one", "ACCEPTABLE"],
    ["a later flip is seen, an earlier one is not", "FORBIDDEN"],
    ["a value that was never stored", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return () => {
        for (let k = 0; k < COUNT; k++) addToCounter(slab, CELLS[k], STEP);
        return -1;
      };
    },
    (memory) => {
      const slab = new Slab(memory);
      const run = { cells: CELLS, from: 0, to: COUNT };
      const out = new Float64Array(COUNT);
      return (round) => {
        if (!readCounterPage(slab, run, out)) return 3;
        let flips = 0;
        for (let k = 0; k < COUNT; k++) {
          const steps = out[k] / STEP - round;
          if (steps !== 0 && steps !== 1) return 5;
          if (steps === 1 && flips < k) return 4;
          flips += steps;
        }
        return flips === 0 ? 0 : flips === COUNT ? 2 : 1;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "a valid page of counters is a snapshot" },
  {
    ...race,
    name: "flips that the page's word does not bracket",
    broken: true,
    actors: [
      (memory) => {
        const { i32 } = new Slab(memory);
        // Not 0, or the reader looks at the low words of copy A alone.
        i32[PAGE_BYTES / 4] = 2;
        return () => {
          for (let k = 0; k < COUNT; k++) {
            const cell32 = CELLS[k];
            const active = i32[cell32] & 1;
            const low32 = counterLow32(cell32);
            const low = i32[low32 + active * COUNTER_LOW_COPY32];
            i32[low32 + (active ^ 1) * COUNTER_LOW_COPY32] = low + 1;
            i32[cell32 + COUNTER_HIGH32 + (active ^ 1)] = i32[cell32 + COUNTER_HIGH32 + active] + 1;
            Atomics.add(i32, cell32, 1);
          }
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
