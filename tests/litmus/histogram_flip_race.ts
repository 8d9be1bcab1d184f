/**
 * A histogram's buckets and sum are seen together, and so is the step that its last observation belongs to.
 *
 * @module
 */
import {
  HISTOGRAM_COPIES64,
  HISTOGRAM_COUNTS64,
  HISTOGRAM_SUM64,
  histogramCopy64,
} from "../../src/layout/histogram_cell.ts";
import { observedStep, observeHistogram, readHistogram } from "../../src/slab/histogram_cell.ts";
import { Slab } from "../../src/slab/slab.ts";
import { CELL32, flipRaces, MIXED, MOVED, seenOf } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const COPY_A64 = CELL32 / 2 + HISTOGRAM_COPIES64;
const BOUNDS = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
const BUCKETS = BOUNDS.length + 1;

/** Elements of a reading: the count of each bucket, the sum, the step. */
const SUM = BUCKETS;
const STEP = BUCKETS + 1;

/** One value for each bucket, each observed once a round; observations are numbered as steps, from 1. */
const VALUES = Float64Array.from({ length: BUCKETS }, (_, k) => k + 1);

function reader(read: (slab: Slab, out: Float64Array) => boolean) {
  return (slab: Slab): Act => {
    const out = new Float64Array(BUCKETS + 2);
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, out)) return MOVED;
      let sum = 0;
      let count = 0;
      for (let k = 0; k < BUCKETS; k++) {
        sum += out[k] * VALUES[k];
        count += out[k];
      }
      if (sum !== out[SUM] || count !== out[STEP]) return MIXED;
      return seenOf(count, { before, after: writer.begun(), perRound: BUCKETS });
    };
  };
}

/** Reads as readHistogram() does, without the read-modify-write at the end. */
function readUnchecked({ i32, f64 }: Slab, out: Float64Array): boolean {
  const copy64 = COPY_A64 + (Atomics.load(i32, CELL32) & 1) * histogramCopy64(BUCKETS);
  for (let k = 0; k < BUCKETS; k++) out[k] = f64[copy64 + HISTOGRAM_COUNTS64 + k];
  gap();
  out[SUM] = f64[copy64 + HISTOGRAM_SUM64];
  out[STEP] = f64[copy64];
  return true;
}

/** Reads all three, if the writer moves the cell at none of them. */
function readChecked(slab: Slab, out: Float64Array): boolean {
  const sequence = Atomics.load(slab.i32, CELL32);
  if (!readHistogram(slab, CELL32, { out, at: 0, bucketCount: BUCKETS })) return false;
  out[STEP] = observedStep(slab, CELL32, BUCKETS);
  return Atomics.add(slab.i32, CELL32, 0) === sequence;
}

/** Observes, and says of which step only after the flip. */
function stampLate(slab: Slab) {
  const { i32, f64 } = slab;
  return (round: number) => {
    for (let k = 0; k < BUCKETS; k++) {
      observeHistogram(slab, CELL32, BOUNDS, VALUES[k], round * BUCKETS + k);
      if (k === 0) gap();
      f64[COPY_A64 + (i32[CELL32] & 1) * histogramCopy64(BUCKETS)]++;
    }
  };
}

const flips = flipRaces({
  name: "a histogram's buckets, sum and step agree",
  lapRounds: 1e6,
  write: (slab) => (round) => {
    for (let k = 0; k < BUCKETS; k++) {
      observeHistogram(slab, CELL32, BOUNDS, VALUES[k], round * BUCKETS + k + 1);
    }
  },
  read: reader(readChecked),
  readUnchecked: reader(readUnchecked),
  writeOneCopy: ({ i32, f64 }) => () => {
    for (let k = 0; k < BUCKETS; k++) {
      f64[COPY_A64 + HISTOGRAM_SUM64] += VALUES[k];
      if (k === 0) gap();
      f64[COPY_A64 + HISTOGRAM_COUNTS64 + k]++;
      f64[COPY_A64]++;
      Atomics.add(i32, CELL32, 2);
    }
  },
});

/** One race, and three that are broken. */
export const races: readonly Race[] = [
  ...flips,
  {
    ...flips[0],
    name: "a histogram whose step is stored after the flip",
    broken: true,
    actors: [
      (memory) => {
        const update = stampLate(new Slab(memory));
        return (round) => {
          update(round);
          return NO_OUTCOME;
        };
      },
      flips[0].actors[1],
    ],
  },
];
