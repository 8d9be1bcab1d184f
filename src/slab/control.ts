/**
 * The control block: tickets that order events of all threads.
 *
 * @module
 */
// DATA PLANE
import { CONTROL_BLOCK, TICKET64 } from "../layout/control_block.ts";

/** Makes the block that the threads of one server share. Any thread; by convention main, before the workers start. */
export function createControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_BLOCK.bytes);
}

/** Draws tickets from a control block. Any thread. */
export class TicketCounter {
  readonly #words: BigInt64Array;

  constructor(control: SharedArrayBuffer) {
    this.#words = new BigInt64Array(control);
  }

  /** The next ticket, from 1; later calls of any thread get greater ones. Exact up to 2 ** 53. */
  next(): number {
    // ORDER: one total order of all draws (litmus: tickets).
    return Number(Atomics.add(this.#words, TICKET64, 1n)) + 1;
  }
}
