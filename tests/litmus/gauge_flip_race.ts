/**
 * A gauge's value and stamp are seen together, and a number never by the bits of another kind.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  GAUGE_COPY64,
  GAUGE_COPY_BIT,
  GAUGE_FLIP,
  GAUGE_VALUE64,
  GAUGE_WHOLE32,
  GAUGE_WHOLE_BIT,
} from "../../src/layout/gauge_cell.ts";
import {
  addToGauge,
  type GaugeReading,
  readGauge,
  setGauge,
  setStampedGauge,
} from "../../src/slab/gauge_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { CELL32, flipRaces, MIXED, MOVED, seenOf } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const PER_ROUND = 3;

/** A gauge that is set to half more than its stamp, which counts the updates. */
function reader(read: (slab: Slab, reading: GaugeReading) => boolean) {
  return (slab: Slab): Act => {
    const reading = { value: 0, stamp: 0, touched: false };
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, reading)) return MOVED;
      if (reading.touched && reading.value !== reading.stamp + 0.5) return MIXED;
      const updates = reading.touched ? reading.stamp : 0;
      return seenOf(updates, { before, after: writer.begun(), perRound: PER_ROUND });
    };
  };
}

/** Reads as readGauge() does, without the read-modify-write at the end; whole numbers do not come. */
function readUnchecked({ i32, f64 }: Slab, reading: GaugeReading): boolean {
  const sequence = Atomics.load(i32, CELL32);
  const copy64 = CELL32 / 2 + GAUGE_VALUE64 + (sequence & GAUGE_COPY_BIT) * GAUGE_COPY64;
  reading.value = f64[copy64];
  gap();
  reading.stamp = f64[copy64 + 1];
  reading.touched = sequence !== 0;
  return true;
}

const stamped = flipRaces({
  name: "a gauge's value and stamp are never mixed",
  lapRounds: 1e6,
  write: (slab) => (round) => {
    for (let k = 1; k <= PER_ROUND; k++) {
      const stamp = round * PER_ROUND + k;
      setStampedGauge(slab, CELL32, stamp + 0.5, stamp);
    }
  },
  read: reader((slab, reading) => readGauge(slab, CELL32, reading)),
  readUnchecked: reader(readUnchecked),
  writeOneCopy: ({ i32, f64 }) => (round) => {
    for (let k = 1; k <= PER_ROUND; k++) {
      const stamp = round * PER_ROUND + k;
      f64[CELL32 / 2 + GAUGE_VALUE64] = stamp + 0.5;
      if (k === 1) gap();
      f64[CELL32 / 2 + GAUGE_VALUE64 + 1] = stamp;
      Atomics.add(i32, CELL32, GAUGE_FLIP);
    }
  },
});

/** What a gauge is in a round, one after the other; whole numbers stand elsewhere in the cell than the others. */
const WAY = [0, 0.5, 1, 2, 3, 3.5, 4];

/** A gauge that goes up by every way that there is: to whole numbers and others, from either, set and added to. */
const mixed: Omit<Race, "name"> = {
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  outcomes: [
    ["never set", "ACCEPTABLE"],
    ["the value before", "ACCEPTABLE"],
    ["a new value", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["a number that was never set", "FORBIDDEN"],
    ["a value older than one that was seen before", "FORBIDDEN"],
  ],
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return (round) => {
        const start = 4 * round;
        setGauge(slab, CELL32, start + 0.5);
        addToGauge(slab, CELL32, 0.5);
        addToGauge(slab, CELL32, 1);
        setGauge(slab, CELL32, start + 3);
        addToGauge(slab, CELL32, 0.5);
        addToGauge(slab, CELL32, 0.5);
        return NO_OUTCOME;
      };
    },
    (memory) => {
      const slab = new Slab(memory);
      const reading = { value: 0, stamp: 0, touched: false };
      return (_round, writer) => {
        const before = writer.done();
        const start = 4 * before;
        let last = before === 0 ? -1 : start;
        let moved = false;
        for (let k = 0; k < 4; k++) {
          if (!readGauge(slab, CELL32, reading)) {
            moved = true;
            continue;
          }
          const value = reading.touched ? reading.value : -1;
          if (value < last) return 5;
          if (value >= 0 && (!WAY.includes(value % 4) || value > 4 * writer.begun())) return 4;
          last = value;
        }
        return last > start ? 2 : moved ? 3 : last === start ? 1 : 0;
      };
    },
  ],
};

export const races: readonly Race[] = [
  ...stamped,
  { ...mixed, name: "a gauge's whole numbers and its others are never mixed" },
  {
    ...mixed,
    name: "a gauge that says what kind its number is before the copy changes",
    broken: true,
    actors: [
      (memory) => {
        const { i32, f64 } = new Slab(memory);
        return (round) => {
          for (const step of WAY.slice(1)) {
            const value = 4 * round + step;
            const isWhole = Number.isInteger(value);
            const copy = i32[CELL32] & GAUGE_COPY_BIT;
            Atomics.store(i32, CELL32, copy | (isWhole ? GAUGE_WHOLE_BIT : 0));
            if (step === 3.5) gap();
            if (isWhole) i32[CELL32 + GAUGE_WHOLE32 + copy] = value;
            else f64[CELL32 / 2 + GAUGE_VALUE64 + 2 * copy] = value;
          }
          return NO_OUTCOME;
        };
      },
      mixed.actors[1],
    ],
  },
];
