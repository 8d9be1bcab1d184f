/**
 * What a gauge's owner stored while nobody else had its memory is seen by who gets it, and so is what comes after.
 *
 * The memory is there from the beginning, as a race needs it, so each round shares a cell of its own: no reader looks
 * at one before the number of its round is told, which orders as the message that carries a slab does.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { GAUGE_CELL } from "../../src/layout/gauge_cell.ts";
import { addToGauge, readGauge, setGauge } from "../../src/slab/gauge_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const CELL_SIZE32 = GAUGE_CELL.bytes / 4;
const LAP_ROUNDS = 20_000;
const BYTES = Math.ceil((PAGE_BYTES + (LAP_ROUNDS + 1) * GAUGE_CELL.bytes) / PAGE_BYTES) * PAGE_BYTES;
/** The word that tells how many cells are shared. */
const TOLD32 = PAGE_BYTES / 4;

/** The gauge of a round, behind the word. */
function cellOf(round: number): number {
  return TOLD32 + (round + 1) * CELL_SIZE32;
}

/** What a gauge is when it is shared, and in the end. */
const [SHARED, LAST] = [2, 3.5];

function updateConfined(slab: Slab, cell32: number): void {
  setGauge(slab, cell32, 0.25);
  addToGauge(slab, cell32, 0.5);
  setGauge(slab, cell32, 1);
  addToGauge(slab, cell32, 0.5);
  addToGauge(slab, cell32, 0.5);
}

/** As the message does that carries the memory: what was stored before is seen by who sees it. */
function tell(slab: Slab, round: number): void {
  Atomics.store(slab.i32, TOLD32, round + 1);
}

function updateShared(slab: Slab, cell32: number): void {
  addToGauge(slab, cell32, 0.5);
  setGauge(slab, cell32, 3);
  addToGauge(slab, cell32, 0.5);
}

/** Confines a cell, then shares it: after the last store as it must be, or before it. */
function sharer(memory: SharedArrayBuffer, order: "stored first" | "told first"): Act {
  const slab = new Slab(memory);
  return (round) => {
    const cell32 = cellOf(round);
    slab.confined = true;
    if (order === "told first") {
      tell(slab, round);
      gap();
    }
    updateConfined(slab, cell32);
    if (slab.buffer !== memory) return 6;
    if (order === "stored first") tell(slab, round);
    updateShared(slab, cell32);
    return NO_OUTCOME;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["nothing is shared yet", "ACCEPTABLE"],
    ["the value with which it was shared", "ACCEPTABLE"],
    ["a later value", "ACCEPTABLE"],
    ["the last value", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["a value from before it was shared, or none", "FORBIDDEN"],
    ["a value that was never set", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: BYTES }),
  lapRounds: LAP_ROUNDS,
  actors: [
    (memory) => sharer(memory, "stored first"),
    (memory) => {
      const slab = new Slab(memory);
      const reading = { value: 0, stamp: 0, touched: false };
      return () => {
        const told = Atomics.load(slab.i32, TOLD32);
        if (told === 0) return 0;
        if (!readGauge(slab, cellOf(told - 1), reading)) return 4;
        const { value, touched } = reading;
        if (!touched || value < SHARED) return 5;
        if (value > LAST || value * 2 % 1 !== 0) return 6;
        return value === SHARED ? 1 : value === LAST ? 3 : 2;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "what was stored before memory was shared is seen with it" },
  {
    ...race,
    name: "memory that is shared before the last is stored",
    broken: true,
    actors: [
      (memory) => sharer(memory, "told first"),
      race.actors[1],
    ],
  },
];
