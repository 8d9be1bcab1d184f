/**
 * Whoever sees that the bell was rung sees what was written before it, and nobody sleeps through a ring that came after
 * its look for work.
 *
 * @module
 */
import { createDoorbell, Doorbell } from "../../src/slab/doorbell.ts";
import { gap } from "./_gap.ts";
import { type Act, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

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

/** Words behind the bell, each in cache lines of its own. */
const BELL_WORDS = createDoorbell().byteLength / 4;
const WORD32 = {
  /** How much work was left, and how much of it was found. */
  left: BELL_WORDS,
  found: BELL_WORDS + 32,
  /** How often the owner has begun to wait. */
  waits: BELL_WORDS + 64,
  /** How often it had when the bell was rung for the last time, and for what work that was. */
  waitsThen: BELL_WORDS + 96,
  rungFor: BELL_WORDS + 97,
} as const;

/** How long an owner waits that is not woken. */
const WAIT_MS = 20;

/** Leaves work when the last one was found, and rings. */
function ringer(memory: SharedArrayBuffer): Act {
  const bell = new Doorbell(memory);
  const words = new Int32Array(memory);
  return (round) => {
    if (Atomics.load(words, WORD32.found) < round) return NOT_YET;
    Atomics.store(words, WORD32.left, round + 1);
    bell.ring();
    Atomics.store(words, WORD32.waitsThen, Atomics.load(words, WORD32.waits));
    Atomics.store(words, WORD32.rungFor, round + 1);
    return NO_OUTCOME;
  };
}

type Wait = (bell: Doorbell, words: Int32Array, count: number) => Promise<boolean>;

/** Looks for work, and waits if there is none. */
function owner(wait: Wait, beforeWait = () => {}): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const bell = new Doorbell(memory);
    const words = new Int32Array(memory);
    let found = 0;
    const finds = () => {
      const left = Atomics.load(words, WORD32.left);
      if (left === found) return false;
      found = left;
      Atomics.store(words, WORD32.found, found);
      return true;
    };
    const judge = (wasRung: boolean, waits: number) => {
      // The owner had not begun to wait when the bell had been rung: so the wait began in vain.
      const isRungBefore = Atomics.load(words, WORD32.rungFor) === found + 1 &&
        Atomics.load(words, WORD32.waitsThen) < waits;
      const rings = bell.count;
      const isThere = finds();
      if (wasRung && isThere) return isRungBefore ? 1 : 2;
      // Work is left before its ring, so it may be found before.
      if (wasRung) return rings > found ? 4 : 3;
      return isRungBefore ? 5 : isThere ? 0 : NOT_YET;
    };
    return () => {
      const count = bell.count;
      if (finds()) return 0;
      beforeWait();
      const waits = Atomics.add(words, WORD32.waits, 1) + 1;
      return wait(bell, words, count).then((wasRung) => judge(wasRung, waits));
    };
  };
}

const wakeUp: Omit<Race, "name"> = {
  outcomes: [
    ["the work was there at the look", "ACCEPTABLE"],
    ["rung after the look, so the wait was over at once", "ACCEPTABLE"],
    ["woken", "ACCEPTABLE"],
    ["rung for work that was found already", "ACCEPTABLE"],
    ["rung, and the work is not there", "FORBIDDEN"],
    ["slept through a ring", "FORBIDDEN"],
  ],
  memory: () => new SharedArrayBuffer(4 * (BELL_WORDS + 128)),
  lapRounds: 1e6,
  actors: [ringer, owner((bell, _words, count) => bell.wait(count, WAIT_MS))],
};

/** Falls asleep whatever the count was at the look. */
async function waitForNext(bell: Doorbell, words: Int32Array): Promise<boolean> {
  const { value } = Atomics.waitAsync(words, 0, bell.count, WAIT_MS);
  return await value !== "timed-out";
}

export const races: readonly Race[] = [
  { ...wakeUp, name: "a ring after the look for work ends the wait" },
  {
    ...wakeUp,
    name: "an owner that waits for the next ring, whatever came after its look",
    broken: true,
    actors: [ringer, owner(waitForNext, gap)],
  },
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
