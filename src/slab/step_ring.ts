/**
 * Joins the contributions of several workers to one step into one observation, exactly once.
 *
 * Each contributor adds its part, then says that it has arrived; whoever finds that all have arrived claims the
 * step, observes the whole in a slab of its own, and hands the slot on to a later step. The observation and the
 * step's number are published in one flip of the histogram cell, so that if the claimer dies the supervisor can
 * tell whether it had observed.
 *
 * @module
 */
// DATA PLANE
import {
  CLAIMER_BITS,
  CONTRIBUTORS_MAX,
  STEP_RING,
  STEP_RING32,
  STEP_SLOT,
  STEP_SLOT32,
  SUPERVISOR_CLAIM,
} from "../layout/step_ring.ts";
import { observedStep } from "./histogram_cell.ts";
import { openSlab } from "./slab.ts";

/** How far a contribution has come. */
const STAGE = { over: 0, added: 1, arrived: 2, claimed: 3, observed: 4 } as const;

const CLAIMER_MASK = (1 << CLAIMER_BITS) - 1;

/** How many steps may be open at once: unless told otherwise, at least, at most. */
const DEFAULT_SLOTS = 1024;
const MIN_SLOTS = 64;
const MAX_SLOTS = 65_536;

/**
 * Makes the memory of a ring. Any thread; by convention main, which hands it to all contributors.
 *
 * @param slots how many steps may be open at once, a power of two from 64 to 65536, 1024 by default (32 KiB)
 * @throws {RangeError} If the number of slots is another
 *
 * @example Memory for steps that are open at once
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createStepRing } from "promslab";
 *
 * assertEquals(createStepRing(64) instanceof SharedArrayBuffer, true);
 * ```
 */
export function createStepRing(slots = DEFAULT_SLOTS): SharedArrayBuffer {
  if (!Number.isInteger(slots) || slots < MIN_SLOTS || slots > MAX_SLOTS || (slots & (slots - 1)) !== 0) {
    throw new RangeError(
      `Cannot create step ring of "${slots}" slots: wanted a power of two from ${MIN_SLOTS} to ${MAX_SLOTS}`,
    );
  }
  const buffer = new SharedArrayBuffer(STEP_RING.bytes + slots * STEP_SLOT.bytes);
  new Int32Array(buffer)[STEP_RING32.slotCount] = slots;
  return buffer;
}

/** One contribution to a step. */
export interface Contribution {
  /** Number of the step, from 0; counted modulo 2 ** 32. */
  readonly step: number;
  /** Bits of all who contribute to the step, the same in each contribution. */
  readonly participants: number;
  /** This contributor's part, a whole number; the parts of a step add up to less than 2 ** 31. */
  readonly value: number;
}

/** Observes a step in the caller's own memory. It is called again if it throws, so it must not have observed then. */
export type ObserveStep = (total: number, step: number) => void;

/**
 * One contributor's end of a ring. One thread only.
 *
 * @example Two contributors, one observation
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createStepRing, StepRing } from "promslab";
 *
 * const memory = createStepRing();
 * const ends = [new StepRing(memory), new StepRing(memory)];
 * const totals: number[] = [];
 * const observe = (total: number) => void totals.push(total);
 * ends[0].contribute(0, { step: 0, participants: 0b11, value: 5 }, observe);
 * ends[1].contribute(1, { step: 0, participants: 0b11, value: 3 }, observe);
 * assertEquals(totals, [8]);
 * ```
 */
export class StepRing {
  readonly #i32: Int32Array;
  readonly #slotCount: number;
  /** A step divided by the number of slots, shifted this far right, is the round that its slot is in. */
  readonly #roundShift: number;
  /**
   * The last contribution, and how far it has come. WHY: where the stack ends, any call may throw, those of Atomics too;
   * it goes on from here. Each is stored right after what it tells of, with no call in between.
   */
  #slot32 = 0;
  #step = 0;
  #stage: number = STAGE.over;

  /** Takes memory that {@linkcode createStepRing} made. */
  constructor(buffer: SharedArrayBuffer) {
    this.#i32 = new Int32Array(buffer);
    this.#slotCount = this.#i32[STEP_RING32.slotCount];
    this.#roundShift = 31 - Math.clz32(this.#slotCount);
  }

  /** Tells the supervisor where a contributor observes, before its first contribution and before it observes elsewhere. */
  announce(contributor: number, cell32: number): void {
    // ORDER: before the contributor's first claim, which the supervisor sees by an atomic load (litmus: step join).
    Atomics.store(this.#i32, STEP_RING32.cells + contributor, cell32);
  }

  /**
   * Contributes to a step and observes it if all have. Allocates nothing. Where it throws for want of stack, call it
   * again: who has arrived does not arrive twice.
   *
   * @returns false if an older step still has the slot; contribute again later, in order
   */
  contribute(contributor: number, part: Contribution, observe: ObserveStep): boolean {
    this.settle(contributor, observe);
    const i32 = this.#i32;
    const { step } = part;
    const slot32 = STEP_RING32.slots + (step & (this.#slotCount - 1)) * STEP_SLOT32.size;
    // ORDER: before the adds; pairs with the store that frees the slot (litmus: step join).
    const claim = Atomics.load(i32, slot32 + STEP_SLOT32.claim);
    const free = this.#freeClaim(step);
    // WHY: a step that is claimed or over without this contributor was completed without it: it was given up.
    if (claim !== free) return this.#roundsAhead(claim, free) >= 0;
    // WHY: a contributor comes once; a supervisor that speaks for an ended one may not know that it had come.
    if ((Atomics.load(i32, slot32 + STEP_SLOT32.arrived) & (1 << contributor)) !== 0) return true;
    // ORDER: sum and participants before arrived, so that who sees all bits sees all parts (litmus: step join).
    if (this.#stage !== STAGE.added || this.#step !== step) {
      Atomics.add(i32, slot32 + STEP_SLOT32.sum, part.value);
      this.#slot32 = slot32;
      this.#step = step;
      this.#stage = STAGE.added;
    }
    Atomics.store(i32, slot32 + STEP_SLOT32.participants, part.participants);
    Atomics.or(i32, slot32 + STEP_SLOT32.arrived, 1 << contributor);
    this.#stage = STAGE.arrived;
    this.settle(contributor, observe);
    return true;
  }

  /** Observes the step of the last contribution if that has arrived, the step is complete, and nobody else observes it. */
  settle(contributor: number, observe: ObserveStep): void {
    if (this.#stage < STAGE.arrived) return;
    const i32 = this.#i32;
    const slot32 = this.#slot32;
    const free = this.#freeClaim(this.#step);
    if (this.#stage === STAGE.arrived) {
      if (!this.#complete(slot32) || !this.#claim(slot32, free, contributor + 1)) {
        this.#stage = STAGE.over;
        return;
      }
      this.#stage = STAGE.claimed;
    }
    if (this.#stage === STAGE.claimed) {
      // ORDER: after the arrivals were seen, each of which is after its part (litmus: step join).
      observe(Atomics.load(i32, slot32 + STEP_SLOT32.sum), stampOf(this.#step));
      this.#stage = STAGE.observed;
    }
    this.#release(slot32, free);
    this.#stage = STAGE.over;
  }

  /**
   * Takes over from a contributor that has ended: steps that waited for it are completed without it, a step that it
   * had claimed is observed if it had not done so. The supervisor's thread only, once the contributor's slab has rested
   * as it must before it is folded: a released lock is not the last store.
   *
   * @param ended the contributor, its slab, and the number of its histogram's buckets, +Inf included
   * @throws {SlabError} If the slab is none
   */
  takeOver(
    ended: { contributor: number; slab: SharedArrayBuffer; bucketCount: number },
    observe: ObserveStep,
  ): void {
    const i32 = this.#i32;
    const slab = openSlab(ended.slab);
    // ORDER: before the scan; who arrives later sees the bit and completes the step itself (litmus: step join).
    Atomics.or(i32, STEP_RING32.dead, 1 << ended.contributor);
    const cell32 = Atomics.load(i32, STEP_RING32.cells + ended.contributor);
    for (let k = 0; k < this.#slotCount; k++) {
      const slot32 = STEP_RING32.slots + k * STEP_SLOT32.size;
      // ORDER: before the slot's other words; a slot that is freed meanwhile cannot be claimed by this value (litmus: step join).
      const claim = Atomics.load(i32, slot32 + STEP_SLOT32.claim);
      const free = claim & ~CLAIMER_MASK;
      const stamp = stampOf(((claim >>> CLAIMER_BITS) << this.#roundShift) | k);
      if ((claim & CLAIMER_MASK) === ended.contributor + 1) {
        const observed = cell32 !== 0 && observedStep(slab, cell32, ended.bucketCount) === stamp;
        if (!observed) observe(Atomics.load(i32, slot32 + STEP_SLOT32.sum), stamp);
        this.#release(slot32, free);
      } else if (claim === free && this.#complete(slot32) && this.#claim(slot32, free, SUPERVISOR_CLAIM)) {
        // ORDER: after the arrivals were seen, each of which is after its part (litmus: step join).
        observe(Atomics.load(i32, slot32 + STEP_SLOT32.sum), stamp);
        this.#release(slot32, free);
      }
    }
  }

  /** The `claim` of a slot that is free for a step: the step's round, and nobody. */
  #freeClaim(step: number): number {
    return ((step >>> this.#roundShift) << CLAIMER_BITS) | 0;
  }

  /** By how many rounds a slot is ahead of a step, negative if an older step still has it. */
  #roundsAhead(claim: number, free: number): number {
    // WHY: rounds count modulo 2 ** (32 - shift), so the difference's sign is found in the topmost of those bits.
    const unused = this.#roundShift;
    return ((((claim >>> CLAIMER_BITS) - (free >>> CLAIMER_BITS)) << unused) | 0) >> unused;
  }

  /** Whether all who contribute to the slot's step have arrived, or have ended. */
  #complete(slot32: number): boolean {
    const i32 = this.#i32;
    // ORDER: arrived first, participants were stored before it; dead last, see takeOver() (litmus: step join).
    const arrived = Atomics.load(i32, slot32 + STEP_SLOT32.arrived);
    const participants = Atomics.load(i32, slot32 + STEP_SLOT32.participants);
    const dead = Atomics.load(i32, STEP_RING32.dead);
    return arrived !== 0 && (participants & ~(arrived | dead)) === 0;
  }

  /** Claims a slot for who observes its step; whether that succeeded. */
  #claim(slot32: number, free: number, claimer: number): boolean {
    // ORDER: exactly one of those who find the step complete gets it, and nobody gets a later step (litmus: step join).
    return Atomics.compareExchange(this.#i32, slot32 + STEP_SLOT32.claim, free, free | claimer) === free;
  }

  /** Hands a slot on to the step that uses it next. */
  #release(slot32: number, free: number): void {
    const i32 = this.#i32;
    // ORDER: before the claim, so that a slot that is seen free is seen empty (litmus: step join).
    Atomics.store(i32, slot32 + STEP_SLOT32.arrived, 0);
    Atomics.store(i32, slot32 + STEP_SLOT32.participants, 0);
    Atomics.store(i32, slot32 + STEP_SLOT32.sum, 0);
    const rounds = 2 ** (32 - this.#roundShift);
    const round = ((free >>> CLAIMER_BITS) + 1) % rounds;
    // ORDER: last, it opens the slot to the contributors of the next step (litmus: step join).
    Atomics.store(i32, slot32 + STEP_SLOT32.claim, (round << CLAIMER_BITS) | 0);
  }
}

/** The stamp of a step's observation: 0 is for observations that belong to none. */
function stampOf(step: number): number {
  return (step >>> 0) + 1;
}

/**
 * Checks a contributor's number.
 *
 * @throws {RangeError} If it is not from 0 to 30
 */
export function checkContributor(contributor: number): void {
  if (!Number.isInteger(contributor) || contributor < 0 || contributor >= CONTRIBUTORS_MAX) {
    throw new RangeError(
      `Cannot join steps as contributor "${contributor}": wanted a whole number from 0 to ${
        CONTRIBUTORS_MAX - 1
      }`,
    );
  }
}
