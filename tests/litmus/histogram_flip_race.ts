/**
 * A histogram's buckets and sum are seen together.
 *
 * @module
 */
import {
  HISTOGRAM_COPIES64,
  HISTOGRAM_COUNTS64,
  HISTOGRAM_SUM64,
  histogramCopy64,
} from "../../src/layout/histogram_cell.ts";
import { observeHistogram, readHistogram } from "../../src/slab/histogram_cell.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { CELL32, flipRaces, MIXED, MOVED, seenOf } from "./_flip_race.ts";
import { gap } from "./_gap.ts";
import type { Act } from "./_race.ts";

const COPY_A64 = CELL32 / 2 + HISTOGRAM_COPIES64;
const BOUNDS = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
const BUCKETS = BOUNDS.length + 1;

/** One value for each bucket, each observed once a round. */
const VALUES = Float64Array.from({ length: BUCKETS }, (_, k) => k + 1);

function reader(read: (slab: Slab, out: Float64Array) => boolean) {
  return (slab: Slab): Act => {
    const out = new Float64Array(BUCKETS + 1);
    return (_round, writer) => {
      const before = writer.done();
      if (!read(slab, out)) return MOVED;
      let sum = 0;
      let count = 0;
      for (let k = 0; k < BUCKETS; k++) {
        sum += out[k] * VALUES[k];
        count += out[k];
      }
      if (sum !== out[BUCKETS]) return MIXED;
      return seenOf(count, { before, after: writer.begun(), perRound: BUCKETS });
    };
  };
}

/** Reads as readHistogram() does, without the read-modify-write at the end. */
function readUnchecked({ i32, f64 }: Slab, out: Float64Array): boolean {
  const copy64 = COPY_A64 + (Atomics.load(i32, CELL32) & 1) * histogramCopy64(BUCKETS);
  for (let k = 0; k < BUCKETS; k++) out[k] = f64[copy64 + HISTOGRAM_COUNTS64 + k];
  gap();
  out[BUCKETS] = f64[copy64 + HISTOGRAM_SUM64];
  return true;
}

/** One race, and two that are broken. */
export const races = flipRaces({
  name: "a histogram's buckets and sum agree",
  lapRounds: 1e6,
  write: (slab) => () => {
    for (let k = 0; k < BUCKETS; k++) observeHistogram(slab, CELL32, BOUNDS, VALUES[k]);
  },
  read: reader((slab, out) => readHistogram(slab, CELL32, { out, at: 0, bucketCount: BUCKETS })),
  readUnchecked: reader(readUnchecked),
  writeOneCopy: ({ i32, f64 }) => () => {
    for (let k = 0; k < BUCKETS; k++) {
      f64[COPY_A64 + HISTOGRAM_SUM64] += VALUES[k];
      if (k === 0) gap();
      f64[COPY_A64 + HISTOGRAM_COUNTS64 + k]++;
      Atomics.add(i32, CELL32, 2);
    }
  },
});
