/**
 * Random numbers and sleeps of the threads of a race.
 *
 * @module
 */

/** Random numbers of 32 bits, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 2654435761);
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const pillow = new Int32Array(new SharedArrayBuffer(4));

/** Leaves the core to other threads for so long, and a little longer. */
export function sleep(ms: number): void {
  Atomics.wait(pillow, 0, 0, ms);
}
