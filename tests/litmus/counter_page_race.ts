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
import { gap } from "./_gap.ts";
import { type Actor, NO_OUTCOME, type Race } from "./_race.ts";

const COUNT = 24;
const CELLS = Int32Array.from(
  { length: COUNT },
  (_, k) => (PAGE_BYTES + COUNTER_PAGE.bytes + k * COUNTER_CELL.bytes) / 4,
);

/** Adds one to the low word and one to the high word. */
const STEP = COUNTER_LOW_RANGE + 1;

const PAGE32 = PAGE_BYTES / 4;
const WHOLE_PAGE = { cells: CELLS, from: 0, to: COUNT };
const FIRST_HALF = { cells: CELLS, from: 0, to: COUNT / 2 };
const SECOND_HALF = { cells: CELLS, from: COUNT / 2, to: COUNT };

function readAtOnce(slab: Slab, out: Float64Array): boolean {
  return readCounterPage(slab, WHOLE_PAGE, out);
}

/** As right as reading at once, as the page's word is the same before the first half and after the second, but slow. */
function readByHalves(slab: Slab, out: Float64Array): boolean {
  const flips = Atomics.load(slab.i32, PAGE32);
  if (!readCounterPage(slab, FIRST_HALF, out)) return false;
  gap();
  if (!readCounterPage(slab, SECOND_HALF, out.subarray(COUNT / 2))) return false;
  return Atomics.add(slab.i32, PAGE32, 0) === flips;
}

function reader(read: (slab: Slab, out: Float64Array) => boolean): Actor {
  return (memory) => {
    const slab = new Slab(memory);
    const out = new Float64Array(COUNT);
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, out)) return 3;
      const after = writer.begun();
      const first = out[0] / STEP;
      if (!Number.isInteger(first) || first < before || first > after) return 5;
      let last = first;
      for (let k = 1; k < COUNT; k++) {
        const steps = out[k] / STEP;
        if (!Number.isInteger(steps)) return 5;
        if (steps > last || steps < first - 1) return 4;
        last = steps;
      }
      return last < first ? 1 : first === before ? 0 : 2;
    };
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no new flip is seen", "ACCEPTABLE"],
    ["the first flips of a round are seen, the last are not", "ACCEPTABLE"],
    ["all flips of whole rounds are seen, and new ones", "ACCEPTABLE"],
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
        return NO_OUTCOME;
      };
    },
    reader(readAtOnce),
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
        i32[PAGE32] = 2;
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
          return NO_OUTCOME;
        };
      },
      reader(readByHalves),
    ],
  },
];
