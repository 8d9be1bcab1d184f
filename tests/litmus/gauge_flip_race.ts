/**
 * A gauge's value and stamp are seen together.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { GAUGE_VALUE64 } from "../../src/layout/gauge_cell.ts";
import { readGauge, setStampedGauge } from "../../src/slab/gauge_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import type { Race } from "./_race.ts";

const CELL32 = PAGE_BYTES / 4;
const SETS = 3;

const race: Omit<Race, "name"> = {
  outcomes: [
    ["never set", "ACCEPTABLE"],
    ["the value before", "ACCEPTABLE"],
    ["a new value with its stamp", "ACCEPTABLE"],
    ["moved under the read, to be read again", "ACCEPTABLE"],
    ["a value with the stamp of another", "FORBIDDEN"],
    ["a value that was not set in this round or the last", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return (round) => {
        for (let k = 1; k <= SETS; k++) {
          const value = round * SETS + k;
          setStampedGauge(slab, CELL32, value + 0.5, value);
        }
        return -1;
      };
    },
    (memory) => {
      const slab = new Slab(memory);
      const reading = { value: 0, stamp: 0, touched: false };
      return (round) => {
        if (!readGauge(slab, CELL32, reading)) return 3;
        if (!reading.touched) return round === 0 ? 0 : 5;
        if (reading.value !== reading.stamp + 0.5) return 4;
        const step = reading.stamp - round * SETS;
        if (step < 0 || step > SETS) return 5;
        return step === 0 ? 1 : 2;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "a gauge's value and stamp are never mixed" },
  {
    ...race,
    name: "a gauge with one copy",
    broken: true,
    actors: [
      (memory) => {
        const { i32, f64 } = new Slab(memory);
        return (round) => {
          for (let k = 1; k <= SETS; k++) {
            const value = round * SETS + k;
            f64[CELL32 / 2 + GAUGE_VALUE64] = value + 0.5;
            f64[CELL32 / 2 + GAUGE_VALUE64 + 1] = value;
            Atomics.add(i32, CELL32, 2);
          }
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
