/**
 * A few 32-bit words that one thread sets and others look at.
 *
 * @module
 */
// DATA PLANE

/** Reserves `count` words, all 0. Any thread. */
export function createSharedWords(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * 4);
}

/** Words that are each read as some write stored them; together they are no snapshot. */
export class SharedWords {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** The word's value. Any thread. */
  get(index: number): number {
    // ORDER: none needed beyond the word itself, see set().
    return Atomics.load(this.#words, index);
  }

  /** Sets a word. Owner thread only. */
  set(index: number, value: number): void {
    // ORDER: none needed beyond the word itself; a reader may see two words of different moments.
    Atomics.store(this.#words, index, value);
  }
}
