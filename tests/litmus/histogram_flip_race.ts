/**
 * A histogram's buckets and sum are seen together.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { HISTOGRAM_COPIES64 } from "../../src/layout/histogram_cell.ts";
import { observeHistogram, readHistogram } from "../../src/slab/histogram_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import type { Act, Race } from "./_race.ts";

const CELL32 = PAGE_BYTES / 4;
const BOUNDS = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
const BUCKETS = BOUNDS.length + 1;

/** One value for each bucket. */
const VALUES = Float64Array.from({ length: BUCKETS }, (_, k) => k + 1);
const ROUND_SUM = VALUES.reduce((sum, value) => sum + value, 0);

function reader(read: (slab: Slab, out: Float64Array) => boolean): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const slab = new Slab(memory);
    const out = new Float64Array(BUCKETS + 1);
    return (round) => {
      if (!read(slab, out)) return 3;
      let sum = 0;
      let count = 0;
      for (let k = 0; k < BUCKETS; k++) {
        sum += out[k] * VALUES[k];
        count += out[k];
      }
      if (sum !== out[BUCKETS]) return 4;
      const observations = count - round * BUCKETS;
      if (observations < 0 || observations > BUCKETS || sum > (round + 1) * ROUND_SUM) return 5;
      return observations === 0 ? 0 : observations < BUCKETS ? 1 : 2;
    };
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no observation of the round", "ACCEPTABLE"],
    ["some observations", "ACCEPTABLE"],
    ["all observations", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["buckets and sum disagree", "FORBIDDEN"],
    ["more or fewer observations than were made", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return () => {
        for (let k = 0; k < BUCKETS; k++) observeHistogram(slab, CELL32, BOUNDS, VALUES[k]);
        return -1;
      };
    },
    reader((slab, out) => readHistogram(slab, CELL32, { out, at: 0, bucketCount: BUCKETS })),
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "a histogram's buckets and sum agree" },
  {
    ...race,
    name: "a reader that does not check the sequence afterwards",
    broken: true,
    actors: [
      race.actors[0],
      reader(({ i32, f64 }, out) => {
        const copy64 = CELL32 / 2 + HISTOGRAM_COPIES64 + (Atomics.load(i32, CELL32) & 1) * (BUCKETS + 1);
        for (let k = 0; k < BUCKETS; k++) out[k] = f64[copy64 + 1 + k];
        out[BUCKETS] = f64[copy64];
        return true;
      }),
    ],
  },
  {
    ...race,
    name: "a histogram with one copy",
    broken: true,
    actors: [
      (memory) => {
        const { i32, f64 } = new Slab(memory);
        const copy64 = CELL32 / 2 + HISTOGRAM_COPIES64;
        return () => {
          for (let k = 0; k < BUCKETS; k++) {
            f64[copy64] += VALUES[k];
            f64[copy64 + 1 + k]++;
            Atomics.add(i32, CELL32, 2);
          }
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
