/**
 * A step that two threads contribute to is observed once, with the whole of it, also when one is given up meanwhile. Who
 * sees that a contributor has claimed a step sees where it observes it.
 *
 * @module
 */
import { CLAIMER_BITS, STEP_RING32, STEP_SLOT32, SUPERVISOR_CLAIM } from "../../src/layout/step_ring.ts";
import { createSlab, MIN_SLAB_BYTES } from "../../src/slab/slab.ts";
import { createStepRing, StepRing } from "../../src/slab/step_ring.ts";
import { gap } from "./_gap.ts";
import { type Act, type Actor, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

const SLOTS = 64;
/** How far a contributor may be ahead of the other: then whatever was noted of a step is judged before its place is needed. */
const LEAD = SLOTS / 2;
/** Parts of one step: who adds what. */
const PARTS = [3, 40];

/** Behind the ring: how often a step was observed, and with what; for twice as many steps as the ring has slots. */
const NOTED = 2 * SLOTS;
const WORDS = 2 * NOTED;

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
    const at = words32 + 2 * ((stamp - 1) & (NOTED - 1));
    Atomics.add(i32, at + 1, total);
    Atomics.add(i32, at, 1);
  };
}

/** Judges a step that is over, and clears what was noted of it. */
function judge(memory: SharedArrayBuffer, wanted: readonly number[]): (step: number) => number {
  const i32 = new Int32Array(memory);
  const words32 = i32.length - WORDS;
  return (step) => {
    const at = words32 + 2 * (step & (NOTED - 1));
    const count = Atomics.exchange(i32, at, 0);
    const total = Atomics.exchange(i32, at + 1, 0);
    if (count !== 1) return count === 0 ? 2 : 3;
    const place = wanted.indexOf(total);
    return place < 0 ? 4 : place;
  };
}

/** Contributes its part of one step a round; one side judges a step that both have left behind, one tells what it observed. */
function contributor(side: 0 | 1): Actor {
  return (memory) => {
    const ring = new StepRing(memory);
    const observe = observer(memory);
    const judged = judge(memory, [PARTS[0] + PARTS[1]]);
    return (step, other) => {
      if (step - other.done() >= LEAD) return NOT_YET;
      let outcome = side === 1 && step >= LEAD ? judged(step - LEAD) : NO_OUTCOME;
      ring.contribute(side, { step, participants: 0b11, value: PARTS[side] }, (total, stamp) => {
        observe(total, stamp);
        if (side === 0) outcome = 5;
      });
      return outcome;
    };
  };
}

/** Adds its part, and observes if all have arrived, without claiming the step. */
function withoutClaim(side: 0 | 1): Actor {
  return (memory) => {
    const i32 = new Int32Array(memory);
    const observe = observer(memory);
    const judged = judge(memory, [PARTS[0] + PARTS[1]]);
    return (step, other) => {
      if (step - other.done() >= LEAD) return NOT_YET;
      const outcome = side === 1 && step >= LEAD ? judged(step - LEAD) : NO_OUTCOME;
      const slot32 = STEP_RING32.slots + (step & (SLOTS - 1)) * STEP_SLOT32.size;
      if (step >= SLOTS && side === 0) Atomics.sub(i32, slot32 + STEP_SLOT32.sum, PARTS[0] + PARTS[1]);
      Atomics.add(i32, slot32 + STEP_SLOT32.sum, PARTS[side]);
      Atomics.add(i32, slot32 + STEP_SLOT32.arrived, 1);
      gap();
      if (Atomics.load(i32, slot32 + STEP_SLOT32.arrived) % 2 === 0) observe(PARTS[0] + PARTS[1], step + 1);
      return outcome;
    };
  };
}

/**
 * Contributes to steps whose other contributor never comes: they wait until that one is given up. When the ring takes a
 * step, the one that had its slot before is over.
 *
 * @param within called in the midst of each observation that it makes
 */
function survivor(within = () => {}): Actor {
  return (memory) => {
    const ring = new StepRing(memory);
    const note = observer(memory);
    const observe = (total: number, stamp: number) => {
      note(total, stamp);
      within();
    };
    const judged = judge(memory, [PARTS[0]]);
    return (step) => {
      if (!ring.contribute(0, { step, participants: 0b11, value: PARTS[0] }, observe)) return NOT_YET;
      return step >= SLOTS ? judged(step - SLOTS) : NO_OUTCOME;
    };
  };
}

/** Gives the other contributor up in every other round, in between a new one has its place. */
function supervisor(memory: SharedArrayBuffer): Act {
  const i32 = new Int32Array(memory);
  const ring = new StepRing(memory);
  const observe = observer(memory);
  const slab = createSlab({ bytes: MIN_SLAB_BYTES });
  return (round) => {
    if (round % 2 === 1) {
      Atomics.store(i32, STEP_RING32.dead, 0);
      return NO_OUTCOME;
    }
    // Some steps are there already; those that come later the survivor completes by itself.
    let mine = false;
    ring.takeOver({ contributor: 1, slab, bucketCount: 1 }, (total, stamp) => {
      mine = true;
      observe(total, stamp);
    });
    return mine ? 5 : NO_OUTCOME;
  };
}

/** Observes the steps that wait for the dead contributor and claims them only afterwards, to free their slots. */
function hastySupervisor(memory: SharedArrayBuffer): Act {
  const i32 = new Int32Array(memory);
  const observe = observer(memory);
  const freed = new Set<number>();
  return (round) => {
    if (round % 2 === 1) {
      for (const slot32 of freed) release(i32, slot32);
      freed.clear();
      Atomics.store(i32, STEP_RING32.dead, 0);
      return NO_OUTCOME;
    }
    Atomics.or(i32, STEP_RING32.dead, 1 << 1);
    for (let k = 0; k < SLOTS; k++) {
      const slot32 = STEP_RING32.slots + k * STEP_SLOT32.size;
      const claim = Atomics.load(i32, slot32 + STEP_SLOT32.claim);
      if (Atomics.load(i32, slot32 + STEP_SLOT32.arrived) !== 1) continue;
      observe(PARTS[0], (claim >>> CLAIMER_BITS) * SLOTS + k + 1);
      freed.add(slot32);
    }
    return NO_OUTCOME;
  };
}

/** Claims a step that is observed already, if nobody else has, and frees its slot. */
function release(i32: Int32Array, slot32: number): void {
  const claim32 = slot32 + STEP_SLOT32.claim;
  const free = Atomics.load(i32, claim32);
  if (Atomics.load(i32, slot32 + STEP_SLOT32.arrived) !== 1) return;
  if (Atomics.compareExchange(i32, claim32, free, free | SUPERVISOR_CLAIM) !== free) return;
  Atomics.store(i32, slot32 + STEP_SLOT32.arrived, 0);
  Atomics.store(i32, slot32 + STEP_SLOT32.participants, 0);
  Atomics.store(i32, slot32 + STEP_SLOT32.sum, 0);
  Atomics.store(i32, claim32, free + (1 << CLAIMER_BITS));
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

/** Contributes alone to one step a round, each of which it observes in another cell: the number of the step, from 1. */
function mover(order: "announced first" | "claimed first"): Actor {
  return (memory) => {
    const ring = new StepRing(memory);
    return (step) => {
      if (order === "announced first") ring.announce(0, step + 1);
      ring.contribute(0, { step, participants: 0b1, value: PARTS[0] }, () => {
        if (order === "claimed first") gap();
      });
      if (order === "claimed first") ring.announce(0, step + 1);
      return NO_OUTCOME;
    };
  };
}

/** Looks who has claimed the step under way, then where that one observes. */
function claimReader(memory: SharedArrayBuffer): Act {
  const i32 = new Int32Array(memory);
  return (_round, contributor) => {
    const step = contributor.done();
    const slot32 = STEP_RING32.slots + (step & (SLOTS - 1)) * STEP_SLOT32.size;
    const claim = Atomics.load(i32, slot32 + STEP_SLOT32.claim);
    const cell = Atomics.load(i32, STEP_RING32.cells);
    const round = claim >>> CLAIMER_BITS;
    const isClaimed = (claim & ((1 << CLAIMER_BITS) - 1)) !== 0;
    const claimed = (isClaimed ? round : round - 1) * SLOTS + (step & (SLOTS - 1));
    if (cell - 1 < claimed) return 3;
    return claimed < step ? 0 : isClaimed ? 1 : 2;
  };
}

const cells: Omit<Race, "name"> = {
  outcomes: [
    ["not claimed yet", "ACCEPTABLE"],
    ["claimed, and its cell is announced", "ACCEPTABLE"],
    ["over, and its cell is announced", "ACCEPTABLE"],
    ["claimed, and its cell is not announced", "FORBIDDEN"],
  ],
  memory: createMemory,
  lapRounds: 1e6,
  actors: [mover("announced first"), claimReader],
};

export const races: readonly Race[] = [
  { ...cells, name: "a contributor's cell is announced before it claims" },
  {
    ...cells,
    name: "a contributor that says where it observes after it has claimed",
    broken: true,
    actors: [mover("claimed first"), claimReader],
  },
  {
    ...race,
    name: "a step of two contributors is observed once, whole",
    actors: [contributor(0), contributor(1)],
  },
  {
    ...race,
    name: "a step whose contributor is given up while the other arrives is observed once",
    actors: [survivor(), supervisor],
  },
  { ...race, name: "a step that nobody claims", broken: true, actors: [withoutClaim(0), withoutClaim(1)] },
  {
    ...race,
    name: "a supervisor that observes what it completes before it has claimed it",
    broken: true,
    actors: [survivor(gap), hastySupervisor],
  },
];
