/**
 * Whoever sees that the bell was rung sees what was written before it.
 *
 * @module
 */
import { createDoorbell, Doorbell } from "../../src/slab/doorbell.ts";
import type { Act, Race } from "./_race.ts";

/** A word of the bell's memory that nobody else uses, in another cache line: how much work was left. */
const WORK32 = 20;

function reader(memory: SharedArrayBuffer): Act {
  const bell = new Doorbell(memory);
  const words = new Int32Array(memory);
  return (round) => {
    const count = bell.count;
    const work = words[WORK32];
    if (work < count) return 2;
    return count > round ? 1 : 0;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["not rung in this round", "ACCEPTABLE"],
    ["rung, and the work is there", "ACCEPTABLE"],
    ["rung, and the work is not there", "FORBIDDEN"],
  ],
  memory: createDoorbell,
  lapRounds: 1e6,
  actors: [
    (memory) => {
      const bell = new Doorbell(memory);
      const words = new Int32Array(memory);
      return () => {
        words[WORK32]++;
        bell.ring();
        return -1;
      };
    },
    reader,
  ],
};

export const races: readonly Race[] = [
  { ...race, name: "work that is left before the bell is rung is seen by who heard it" },
  {
    ...race,
    name: "a bell that is rung before the work is left",
    broken: true,
    actors: [
      (memory) => {
        const bell = new Doorbell(memory);
        const words = new Int32Array(memory);
        return () => {
          bell.ring();
          words[WORK32]++;
          return -1;
        };
      },
      reader,
    ],
  },
];
