/**
 * A step that two threads contribute to is observed once, with the whole of it, also when one is given up meanwhile.
 *
 * @module
 */
import { STEP_RING32, STEP_SLOT32 } from "../../src/layout/step_ring.ts";
import { createSlab, MIN_SLAB_BYTES } from "../../src/slab/slab.ts";
import { createStepRing, StepRing } from "../../src/slab/step_ring.ts";
import type { Act, Race } from "./_race.ts";

const SLOTS = 64;
/** Parts of one step: who adds what. */
const PARTS = [3, 40];

/** Behind the ring: how often a step was observed, and with what; for the steps of two rounds. */
const WORDS = 4;

/** The ring and the words behind it; a ring only looks at its own slots. */
function createMemory(): SharedArrayBuffer {
  const ring = new Uint8Array(createStepRing(SLOTS));
  const memory = new SharedArrayBuffer(ring.length + WORDS * 4);
  new Uint8Array(memory).set(ring);
  return memory;
}

/** Notes an observation of a step. */
function observer(memory: SharedArrayBuffer): (total: number, stamp: number) => void {
  const i32 = new Int32Array(memory);
  const words32 = i32.length - WORDS;
  return (total, stamp) => {
    const at = words32 + 2 * ((stamp - 1) & 1);
    Atomics.add(i32, at + 1, total);
    Atomics.add(i32, at, 1);
  };
}

/** Judges a step that is over, and clears what was noted of it. */
function judge(memory: SharedArrayBuffer, wanted: readonly number[]): (step: number) => number {
  const i32 = new Int32Array(memory);
  const words32 = i32.length - WORDS;
  return (step) => {
    const at = words32 + 2 * (step & 1);
    const count = Atomics.exchange(i32, at, 0);
    const total = Atomics.exchange(i32, at + 1, 0);
    if (count !== 1) return count === 0 ? 2 : 3;
    const place = wanted.indexOf(total);
    return place < 0 ? 4 : place;
  };
}

/** Contributes its part of one step a round; one side judges the step of the round before, one tells what it observed. */
function contributor(side: 0 | 1): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const ring = new StepRing(memory);
    const observe = observer(memory);
    const judged = judge(memory, [PARTS[0] + PARTS[1]]);
    return (step) => {
      let outcome = side === 1 && step > 0 ? judged(step - 1) : -1;
      ring.contribute(side, { step, participants: 0b11, value: PARTS[side] }, (total, stamp) => {
        observe(total, stamp);
        if (side === 0) outcome = 5;
      });
      return outcome;
    };
  };
}

/** Adds its part, and observes if all have arrived, without claiming the step. */
function withoutClaim(side: 0 | 1): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const i32 = new Int32Array(memory);
    const observe = observer(memory);
    const judged = judge(memory, [PARTS[0] + PARTS[1]]);
    return (step) => {
      const outcome = side === 1 && step > 0 ? judged(step - 1) : -1;
      const slot32 = STEP_RING32.slots + (step & (SLOTS - 1)) * STEP_SLOT32.size;
      if (step >= SLOTS && side === 0) Atomics.sub(i32, slot32 + STEP_SLOT32.sum, PARTS[0] + PARTS[1]);
      Atomics.add(i32, slot32 + STEP_SLOT32.sum, PARTS[side]);
      Atomics.add(i32, slot32 + STEP_SLOT32.arrived, 1);
      if (Atomics.load(i32, slot32 + STEP_SLOT32.arrived) % 2 === 0) observe(PARTS[0] + PARTS[1], step + 1);
      return outcome;
    };
  };
}

/** In even rounds it contributes to a step whose other contributor never comes, in odd ones it judges that. */
function survivor(memory: SharedArrayBuffer): Act {
  const i32 = new Int32Array(memory);
  const ring = new StepRing(memory);
  const observe = observer(memory);
  const judged = judge(memory, [PARTS[0]]);
  return (round) => {
    if (round % 2 === 1) {
      Atomics.store(i32, STEP_RING32.dead, 0);
      return judged(round - 1);
    }
    ring.contribute(0, { step: round, participants: 0b11, value: PARTS[0] }, observe);
    return -1;
  };
}

function supervisor(memory: SharedArrayBuffer): Act {
  const ring = new StepRing(memory);
  const observe = observer(memory);
  const slab = createSlab({ bytes: MIN_SLAB_BYTES });
  return (round) => {
    if (round % 2 === 1) return -1;
    // Half the time it comes when the step is not there yet, and the survivor completes it.
    let mine = false;
    ring.takeOver({ contributor: 1, slab, bucketCount: 1 }, (total, stamp) => {
      mine = true;
      observe(total, stamp);
    });
    return mine ? 5 : -1;
  };
}

/** Completes a step without its dead contributor, whether or not somebody else does. */
function hastySupervisor(memory: SharedArrayBuffer): Act {
  const i32 = new Int32Array(memory);
  const observe = observer(memory);
  return (round) => {
    if (round % 2 === 1) return -1;
    Atomics.or(i32, STEP_RING32.dead, 1 << 1);
    const slot32 = STEP_RING32.slots + (round & (SLOTS - 1)) * STEP_SLOT32.size;
    if (Atomics.load(i32, slot32 + STEP_SLOT32.arrived) === 1) observe(PARTS[0], round + 1);
    return -1;
  };
}

const race: Omit<Race, "name" | "actors"> = {
  outcomes: [
    ["observed once, with the whole", "ACCEPTABLE"],
    ["observed once, with another whole", "FORBIDDEN"],
    ["never observed", "FORBIDDEN"],
    ["observed twice", "FORBIDDEN"],
    ["observed with a part", "FORBIDDEN"],
    ["observed by the one of the two that tells", "INTERESTING"],
  ],
  memory: createMemory,
  lapRounds: 1e6,
};

export const races: readonly Race[] = [
  {
    ...race,
    name: "a step of two contributors is observed once, whole",
    actors: [contributor(0), contributor(1)],
  },
  {
    ...race,
    name: "a step whose contributor is given up while the other arrives is observed once",
    actors: [survivor, supervisor],
  },
  { ...race, name: "a step that nobody claims", broken: true, actors: [withoutClaim(0), withoutClaim(1)] },
  {
    ...race,
    name: "a supervisor that does not claim what it completes",
    broken: true,
    actors: [survivor, hastySupervisor],
  },
];
