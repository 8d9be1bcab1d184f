/**
 * What a thread stored before publish() is seen by whoever sees the publication.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { HEADER32 } from "../../src/layout/slab_header.ts";
import { addToCounter, readCounterPage } from "../../src/slab/counter_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { acquire, publish } from "../../src/slab/slab_writer.ts";
import type { Race } from "./_race.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;

const race: Omit<Race, "name"> = {
  outcomes: [
    ["neither is seen", "ACCEPTABLE"],
    ["both are seen", "ACCEPTABLE"],
    ["the value is seen before its publication", "INTERESTING"],
    ["the publication is seen, the value is not", "FORBIDDEN"],
    ["a value that was never stored", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [
    (memory) => {
      const slab = new Slab(memory);
      return () => {
        addToCounter(slab, CELL32, 1);
        publish(slab);
        return -1;
      };
    },
    (memory) => {
      const slab = new Slab(memory);
      const run = { cells: Int32Array.of(CELL32), from: 0, to: 1 };
      const out = new Float64Array(1);
      return (round) => {
        const published = Atomics.load(slab.i32, HEADER32.published) !== round;
        acquire(slab);
        if (!readCounterPage(slab, run, out)) return 4;
        if (out[0] !== round && out[0] !== round + 1) return 4;
        const seen = out[0] !== round;
        if (published) return seen ? 1 : 3;
        return seen ? 2 : 0;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "a published value is seen with its publication" },
  {
    ...race,
    name: "a value published before it is stored",
    broken: true,
    actors: [
      (memory) => {
        const slab = new Slab(memory);
        return () => {
          publish(slab);
          addToCounter(slab, CELL32, 1);
          return -1;
        };
      },
      race.actors[1],
    ],
  },
];
