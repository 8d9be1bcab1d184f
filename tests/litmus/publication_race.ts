/**
 * What a thread stored before publish() is seen by whoever sees the publication, and before close() by whoever sees the
 * slab closed.
 *
 * @module
 */
import { COUNTER_PAGE, PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { HEADER32 } from "../../src/layout/slab_header.ts";
import { addToCounter, readCounter, readCounterPage } from "../../src/slab/counter_cell.ts";
import { createSlab, Slab } from "../../src/slab/slab.ts";
import { SLAB_STATE, slabStatus } from "../../src/slab/slab_status.ts";
import { acquire, publish, SlabWriter } from "../../src/slab/slab_writer.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

const CELL32 = (PAGE_BYTES + COUNTER_PAGE.bytes) / 4;

const race: Omit<Race, "name"> = {
  outcomes: [
    ["neither a new value nor its publication is seen", "ACCEPTABLE"],
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
        return NO_OUTCOME;
      };
    },
    (memory) => {
      const slab = new Slab(memory);
      const run = { cells: Int32Array.of(CELL32), from: 0, to: 1 };
      const out = new Float64Array(1);
      return (_round, writer) => {
        const before = writer.done();
        const published = Atomics.load(slab.i32, HEADER32.published);
        acquire(slab);
        if (!readCounterPage(slab, run, out)) return 4;
        const value = out[0];
        if (!Number.isInteger(value) || value > writer.begun()) return 4;
        if (value < published) return 3;
        if (value > published) return 2;
        return value === before ? 0 : 1;
      };
    },
  ],
};

/** How often the owner of a slab counts before it closes the slab; as many rounds of a lap are left to look at it. */
const LAST = 64;

function closer(memory: SharedArrayBuffer, closesIn: number): Act {
  const slab = new Slab(memory);
  const writer = new SlabWriter(slab);
  return (round) => {
    if (round < LAST) addToCounter(slab, CELL32, 1);
    if (round === closesIn) writer.close();
    return NO_OUTCOME;
  };
}

const closing: Omit<Race, "name"> = {
  outcomes: [
    ["the slab is open, nothing is counted", "ACCEPTABLE"],
    ["the slab is open, something is counted", "ACCEPTABLE"],
    ["the slab is closed, all is counted", "ACCEPTABLE"],
    ["the slab is closed, something is missing", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 4 * PAGE_BYTES }),
  lapRounds: 2 * LAST,
  actors: [
    (memory) => closer(memory, LAST - 1),
    (memory) => {
      const slab = new Slab(memory);
      return () => {
        const { state } = slabStatus(slab);
        const value = readCounter(slab, CELL32);
        if (state === SLAB_STATE.CLOSED) return value === LAST ? 2 : 3;
        return value === 0 ? 0 : 1;
      };
    },
  ],
};

export const races: readonly Race[] = [
  { ...closing, name: "a closed slab has all that its owner counted" },
  {
    ...closing,
    name: "a slab that is closed before its owner has counted",
    broken: true,
    actors: [(memory) => closer(memory, LAST - 2), closing.actors[1]],
  },
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
          gap();
          addToCounter(slab, CELL32, 1);
          return NO_OUTCOME;
        };
      },
      race.actors[1],
    ],
  },
];
