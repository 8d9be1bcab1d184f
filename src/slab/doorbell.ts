/**
 * How a thread waits for others without polling.
 *
 * @module
 */
// DATA PLANE
import { FRAME_RING } from "../layout/frame_ring.ts";

/** The bell's word: how often it was rung. */
const RUNG32 = 0;

/** Reserves a doorbell, of which the thread that waits is the owner. Any thread. */
export function createDoorbell(): SharedArrayBuffer {
  // WHY: as far from other words as the ends of a ring are from each other.
  return new SharedArrayBuffer(FRAME_RING.bytes);
}

/** A word that many threads raise and one waits for. */
export class Doorbell {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Wakes the owner. Any thread. */
  ring(): void {
    // ORDER: what the caller wrote before is seen by an owner that sees this count (litmus: doorbell).
    Atomics.add(this.#words, RUNG32, 1);
    Atomics.notify(this.#words, RUNG32);
  }

  /** How often the bell was rung. The owner takes this before it looks for work, and waits if there was none. */
  get count(): number {
    // ORDER: before the look for work; pairs with the add of whoever rings (litmus: doorbell).
    return Atomics.load(this.#words, RUNG32);
  }

  /**
   * Waits until the bell has been rung more often than `count`, or until the time is up. Owner thread only.
   * The thread's event loop goes on meanwhile.
   *
   * @returns whether it was rung
   */
  async wait(count: number, milliseconds: number): Promise<boolean> {
    // ORDER: compares the count in one step with falling asleep, so that no ring falls between (litmus: doorbell).
    const { value } = Atomics.waitAsync(this.#words, RUNG32, count, milliseconds);
    return await value !== "timed-out";
  }
}
