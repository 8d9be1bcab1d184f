/**
 * A summary's sum and count are seen together, and what a slot of time holds is never mixed with that of another.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { SUMMARY_COPY64, SUMMARY_SUM64 } from "../../src/layout/summary_cell.ts";
import { isNegativeCode, keyOfCode } from "../../src/slab/native_code.ts";
import {
  addToSketch,
  type AreaReading,
  CHUNK_BINS,
  newAreaReading,
  readArea,
} from "../../src/slab/sketch.ts";
import { SketchPlan, WINDOW_SLOTS } from "../../src/slab/sketch_plan.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { addToTotals, readTotals } from "../../src/slab/summary_cell.ts";
import { CELL32, flipRaces, MIXED, MOVED, seenOf } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import { type Act, type Actor, NO_OUTCOME, type Race } from "./_race.ts";

const PLAN = new SketchPlan({ relativeError: 0.1, windowSeconds: 100 });
const PER_ROUND = 5;
const VALUE = 0.5;

function totalsReader(read: (slab: Slab, out: Float64Array) => boolean) {
  return (slab: Slab): Act => {
    const out = new Float64Array(2);
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, out)) return MOVED;
      const [sum, count] = out;
      if (sum !== count * VALUE) return MIXED;
      return seenOf(count, { before, after: writer.begun(), perRound: PER_ROUND });
    };
  };
}

/** Reads as readTotals() does, without the read-modify-write at the end. */
function readUnchecked({ i32, f64 }: Slab, out: Float64Array): boolean {
  const copy64 = CELL32 / 2 + SUMMARY_SUM64 + (Atomics.load(i32, CELL32) & 1) * SUMMARY_COPY64;
  out[0] = f64[copy64];
  gap();
  out[1] = f64[copy64 + 1];
  return true;
}

/** Slots are rounds; each has a value of its own that differs from those of its neighbours, sometimes in sign. */
function valueIn(slot: number): number {
  return (slot % 3 === 0 ? -1 : 1) * 10 ** (slot % 7);
}

/** How many values of its slot an area has, or -1 if there are any others. */
function ownCount(reading: AreaReading): number {
  const wanted = valueIn(reading.slot);
  const wantedKey = Math.ceil(Math.log(Math.abs(wanted)) * PLAN.binsPerE);
  let count = 0;
  for (let i = 0; i < reading.chunkCount * CHUNK_BINS; i++) {
    if (reading.bins[i] === 0) continue;
    const id = reading.chunkIds[Math.floor(i / CHUNK_BINS)];
    const key = keyOfCode(id) * CHUNK_BINS + i % CHUNK_BINS;
    if (key !== wantedKey || isNegativeCode(id) !== wanted < 0) return -1;
    count += reading.bins[i];
  }
  return count;
}

function readWhole(slab: Slab, area: number, reading: AreaReading): boolean {
  return readArea(slab, CELL32, PLAN, area, reading);
}

/** Takes the slot of one look and the bins of the next, and does not check whether they are of the same slot. */
function readTwice(slab: Slab, area: number, reading: AreaReading): boolean {
  readArea(slab, CELL32, PLAN, area, reading);
  const { slot } = reading;
  gap();
  readArea(slab, CELL32, PLAN, area, reading);
  reading.slot = slot;
  return true;
}

/**
 * Looks at the area of a slot that is so many slots old, which is complete unless it is the writer's own. Time keeps
 * readers away from an area while it is emptied: a slot that has left the window meanwhile is not judged.
 */
function areaReader(
  ageOf: (round: number) => number,
  read: (slab: Slab, area: number, reading: AreaReading) => boolean,
  ageMax: number,
): Actor {
  return (memory) => {
    const slab = new Slab(memory);
    const reading = newAreaReading(PLAN);
    return (round, writer) => {
      const newest = writer.done();
      const slot = newest - ageOf(round);
      if (slot < 0) return 0;
      const valid = read(slab, PLAN.areaOf(slot), reading);
      if (reading.slot !== slot) return 0;
      if (!valid || writer.begun() - slot > ageMax) return 2;
      const count = ownCount(reading);
      if (count < 0 || count > PER_ROUND) return 3;
      return count === PER_ROUND ? 1 : slot === newest ? 1 : 4;
    };
  };
}

const areas: Omit<Race, "name"> = {
  outcomes: [
    ["the slot is not there", "ACCEPTABLE"],
    ["what was observed in the slot", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["what was observed in another slot", "FORBIDDEN"],
    ["less than was observed in a slot of the past", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 32 * PAGE_BYTES }),
  lapRounds: 20_000,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return (round) => {
        for (let k = 0; k < PER_ROUND; k++) addToSketch(slab, CELL32, PLAN, valueIn(round), round);
        return NO_OUTCOME;
      };
    },
    areaReader((round) => round % WINDOW_SLOTS, readWhole, WINDOW_SLOTS),
  ],
};

export const races: readonly Race[] = [
  ...flipRaces({
    name: "a summary's sum and count agree",
    lapRounds: 1e6,
    write: (slab) => () => {
      for (let k = 0; k < PER_ROUND; k++) addToTotals(slab, CELL32, VALUE);
    },
    read: totalsReader((slab, out) => readTotals(slab, CELL32, out, 0)),
    readUnchecked: totalsReader(readUnchecked),
    writeOneCopy: ({ i32, f64 }) => {
      const sum64 = CELL32 / 2 + SUMMARY_SUM64;
      return () => {
        for (let k = 0; k < PER_ROUND; k++) {
          f64[sum64] += VALUE;
          if (k === 0) gap();
          f64[sum64 + 1]++;
          Atomics.add(i32, CELL32, 2);
        }
      };
    },
  }),
  { ...areas, name: "a slot of a summary's window holds what was observed in it" },
  {
    ...areas,
    name: "a reader of a slot that is being emptied, which does not check the slot afterwards",
    broken: true,
    actors: [areas.actors[0], areaReader(() => WINDOW_SLOTS + 1, readTwice, Infinity)],
  },
];
