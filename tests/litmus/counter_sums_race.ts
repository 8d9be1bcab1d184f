/**
 * Counters of four pages are added up, and compared, without a look at their cells only before the first of them flips.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { COUNTER_CELL, COUNTER_LOW_RANGE, counterLow32 } from "../../src/layout/counter_cell.ts";
import {
  addToCounter,
  addUpAsBefore,
  densePage,
  type FourPages,
  sumCounterPages,
} from "../../src/slab/counter_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { gap } from "./_gap.ts";
import { type Actor, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

const PAGES = 4;
const COUNT = 4;
/** Each round has pages of its own, as a page that has flipped once is never read so again. */
const LAP_ROUNDS = 200;

/** The next increment is stored plainly, the one after it carries. */
const START = COUNTER_LOW_RANGE - 2;

function cell32(round: number, page: number, k: number): number {
  const start = (1 + round * PAGES + page) * PAGE_BYTES;
  return (start + COUNTER_PAGE.bytes + k * COUNTER_CELL.bytes) / 4;
}

/** Each page has its turn to be the first to move. */
function pageOf(round: number, turn: number): number {
  return (round + turn) % PAGES;
}

function pagesOf(slab: Slab, round: number): FourPages {
  return [0, 1, 2, 3].map((page) => densePage(slab, cell32(round, page, 0))) as unknown as FourPages;
}

/** What the counters add up to while none has moved, and where each has been stored to plainly once. */
const NONE_MOVED = new Float64Array(COUNT).fill(PAGES * START);
const ALL_MOVED = new Float64Array(COUNT).fill(PAGES * (START + 1));

type Sum = typeof sumCounterPages;
type Compare = typeof addUpAsBefore;

function onRound(read: (pages: FourPages, round: number) => number): Actor {
  return (memory) => {
    const slab = new Slab(memory);
    return (_round, writer) => {
      const round = writer.begun() - 1;
      if (round < 0) return NOT_YET;
      const isOver = writer.done() > round;
      const outcome = read(pagesOf(slab, round), round);
      return isOver && outcome !== 2 ? 4 : outcome;
    };
  };
}

/** All cells move one after the other, each by a plain store and then by a carry: so only one can have moved before. */
function summer(sum: Sum): Actor {
  const sums = new Float64Array(COUNT);
  return onRound((pages) => {
    if (!sum(pages, COUNT, sums)) return 2;
    const moved = sums[0] - PAGES * START;
    for (let k = 1; k < COUNT; k++) if (sums[k] !== PAGES * START) return 3;
    return moved === 0 ? 0 : moved === 1 ? 1 : 3;
  });
}

function comparer(compare: Compare): Actor {
  let looks = 0;
  return onRound((pages) => {
    const isLate = (++looks & 1) === 0;
    if (!compare(pages, COUNT, isLate ? ALL_MOVED : NONE_MOVED)) return 2;
    return isLate ? 3 : 0;
  });
}

/** Looks whether a page has flipped before it reads, and not after it. */
function sumHastily(pages: FourPages, count: number, out: Float64Array): boolean {
  if (pages.some(({ i32, page32 }) => Atomics.load(i32, page32) !== 0)) return false;
  gap();
  for (let k = 0; k < count; k++) {
    out[k] = pages.reduce((sum, { i32, low32 }) => sum + i32[low32 + k], 0);
  }
  return true;
}

const read = new Float64Array(COUNT);

function compareHastily(pages: FourPages, count: number, sums: Float64Array): boolean {
  return sumHastily(pages, count, read) && read.every((sum, k) => sum === sums[k]);
}

const race: Omit<Race, "name" | "actors"> = {
  outcomes: [
    ["no counter has moved", "ACCEPTABLE"],
    ["a plain store is seen, no flip", "ACCEPTABLE"],
    ["a page has flipped, or another sum was looked for", "ACCEPTABLE"],
    ["a sum with what was stored after a flip", "FORBIDDEN"],
    ["a flip of a round that is over is not seen", "FORBIDDEN"],
  ],
  memory() {
    const memory = createSlab({ bytes: (1 + LAP_ROUNDS * PAGES + 1) * PAGE_BYTES });
    const { i32 } = new Slab(memory);
    for (let round = 0; round < LAP_ROUNDS; round++) {
      for (let page = 0; page < PAGES; page++) {
        for (let k = 0; k < COUNT; k++) i32[counterLow32(cell32(round, page, k))] = START;
      }
    }
    return memory;
  },
  lapRounds: LAP_ROUNDS,
};

/** Moves the cells of a round, number by number through all pages. */
function writer(memory: SharedArrayBuffer) {
  const slab = new Slab(memory);
  return (round: number) => {
    for (let k = 0; k < COUNT; k++) {
      for (let turn = 0; turn < PAGES; turn++) {
        const cell = cell32(round, pageOf(round, turn), k);
        addToCounter(slab, cell, 1);
        addToCounter(slab, cell, 1);
      }
    }
    return NO_OUTCOME;
  };
}

export const races: readonly Race[] = [
  {
    ...race,
    name: "the sums of four pages are of a time before their first flip",
    actors: [writer, summer(sumCounterPages)],
  },
  {
    ...race,
    name: "four pages add up as before only before their first flip",
    actors: [writer, comparer(addUpAsBefore)],
  },
  {
    ...race,
    name: "sums of pages that are not looked at after they were read",
    broken: true,
    actors: [writer, summer(sumHastily)],
  },
  {
    ...race,
    name: "a comparison of pages that are not looked at after they were read",
    broken: true,
    actors: [writer, comparer(compareHastily)],
  },
];
