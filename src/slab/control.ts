/**
 * The control block: tickets that order events of all threads, and the count that orders removals.
 *
 * @module
 */
// DATA PLANE
import { CONTROL_BLOCK, NEXT_SLOT32, REMOVALS32, TICKET64 } from "../layout/control_block.ts";

/**
 * Makes the block that the threads of one server share. Any thread; by convention main, before the workers start.
 *
 * @example The block that all threads of a server share
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createControl, createSlab, Registry } from "promslab";
 *
 * const control = createControl();
 * const worker = new Registry();
 * worker.attach({ slab: createSlab({ slot: 0, epoch: 1 }), control });
 * assertEquals(worker.control, control);
 * ```
 */
export function createControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BLOCK.bytes);
}

/** Draws tickets from a control block. Any thread. */
export class TicketCounter {
  #words: BigInt64Array;

  constructor(control: SharedArrayBuffer) {
    this.#words = new BigInt64Array(control);
  }

  /** Draws from another control block from now on; later tickets are greater than all that were drawn here before. */
  adopt(control: SharedArrayBuffer): void {
    const words = new BigInt64Array(control);
    // ORDER: raises the other block to this one's count, whoever draws meanwhile (litmus: tickets).
    const own = Atomics.load(this.#words, TICKET64);
    let seen = Atomics.load(words, TICKET64);
    while (seen < own) {
      const before = Atomics.compareExchange(words, TICKET64, seen, own);
      if (before === seen) break;
      seen = before;
    }
    this.#words = words;
  }

  /** The next ticket, from 1; later calls of any thread get greater ones. Exact up to 2 ** 53. */
  next(): number {
    // ORDER: one total order of all draws (litmus: tickets).
    return Number(Atomics.add(this.#words, TICKET64, 1n)) + 1;
  }
}

/** Draws a worker slot from a control block. Any thread; each call gets another one, from 0. */
export function drawSlot(control: SharedArrayBuffer): number {
  // ORDER: each thread gets another number; nothing else depends on it.
  return Atomics.add(new Int32Array(control), NEXT_SLOT32, 1);
}

/** Has the slots that are drawn from a control block from now on be no less than a number. Any thread. */
export function raiseSlots(control: SharedArrayBuffer, to: number): void {
  const words = new Int32Array(control);
  // ORDER: where the raise begins; nothing else depends on it (litmus: tickets).
  let seen = Atomics.load(words, NEXT_SLOT32);
  while (seen < to) {
    // ORDER: never lowers what others drew meanwhile (litmus: tickets).
    const before = Atomics.compareExchange(words, NEXT_SLOT32, seen, to);
    if (before === seen) return;
    seen = before;
  }
}

/**
 * Orders the removals of threads that find each other without a parent, and the series that they make. Any thread. A
 * series that was made when the count was `n` is meant by the removals after the `n`-th, whichever thread asks for them.
 */
export class RemovalClock {
  #words: Int32Array;

  constructor(control: SharedArrayBuffer) {
    this.#words = new Int32Array(control);
  }

  /** Counts in another control block from now on, which is raised to this one's count. */
  adopt(control: SharedArrayBuffer): void {
    const count = this.count;
    this.#words = new Int32Array(control);
    this.raise(count);
  }

  /** How many removals there were so far. */
  get count(): number {
    // ORDER: one total order with all draws; no other memory depends on it (litmus: tickets).
    return Atomics.load(this.#words, REMOVALS32);
  }

  /** The number of a removal that is asked for now, from 1. */
  draw(): number {
    // ORDER: one total order of all draws (litmus: tickets).
    return Atomics.add(this.#words, REMOVALS32, 1) + 1;
  }

  /** Has the count be no less than a number, whoever counts meanwhile. */
  raise(to: number): void {
    let seen = this.count;
    while (seen < to) {
      // ORDER: never lowers what others drew meanwhile (litmus: tickets).
      const before = Atomics.compareExchange(this.#words, REMOVALS32, seen, to);
      if (before === seen) return;
      seen = before;
    }
  }
}
