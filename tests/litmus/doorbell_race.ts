/**
 * Whoever sees that the bell was rung sees what was written before it.
 *
 * @module
 */
import { createDoorbell, Doorbell } from "../../src/slab/doorbell.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, type Race } from "./_race.ts";

/** A word of the bell's memory that nobody else uses, in another cache line: how much work was left. */
const WORK32 = 20;

function reader(memory: SharedArrayBuffer): Act {
  const bell = new Doorbell(memory);
  const words = new Int32Array(memory);
  return (_round, writer) => {
    const before = writer.done();
    const count = bell.count;
    const work = words[WORK32];
    if (work < count) return 2;
    return count > before ? 1 : 0;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["not rung anew", "ACCEPTABLE"],
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
        return NO_OUTCOME;
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
          gap();
          words[WORK32]++;
          return NO_OUTCOME;
        };
      },
      reader,
    ],
  },
];
