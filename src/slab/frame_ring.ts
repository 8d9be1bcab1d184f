/**
 * Frames of 32-bit words from one thread to another, without messages and without locks: a single-producer
 * single-consumer ring buffer.
 *
 * A writer that is killed leaves no half frame: a frame is seen when its last word is there. A reader that is killed
 * leaves the frame that it worked on as unread, so that somebody else can see what was lost.
 *
 * @module
 */
// DATA PLANE
import { FRAME_RING, RING32 } from "../layout/frame_ring.ts";

/** The most words of data that a ring may have: 256 MiB. */
const WORDS_MAX = 2 ** 26;
/** In the place of a frame's length: nothing more up to the end of the ring's memory, the next frame is at its start. */
const SKIP = -1;

/**
 * Reserves a ring. Any thread; by convention main, which hands it to the two.
 *
 * @param words room for frames, in words, a power of two from 64; a frame takes one word more than it has
 * @throws {RangeError} If that is no such number
 */
export function createFrameRing(words: number): SharedArrayBuffer {
  if (!Number.isInteger(Math.log2(words)) || words < 64 || words > WORDS_MAX) {
    throw new RangeError(
      `Cannot create frame ring of "${words}" words: wanted a power of two from 64 to ${WORDS_MAX}`,
    );
  }
  return new SharedArrayBuffer(FRAME_RING.bytes + words * 4);
}

/** The writing end. Owner thread only, and only one thread may own it. */
export class FrameWriter {
  readonly #ring: Int32Array;
  readonly #capacity: number;
  #written: number;
  #reserved = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#ring = new Int32Array(buffer);
    this.#capacity = this.#ring.length - RING32.data;
    // ORDER: the owner's own word; nothing depends on it.
    this.#written = Atomics.load(this.#ring, RING32.written);
  }

  /** The most words that a frame may have. */
  get lengthMax(): number {
    return this.#capacity - 1;
  }

  /**
   * Writes the first `length` words of a frame.
   *
   * @returns false, and nothing was written, if there is no room now
   * @throws {RangeError} If the frame would not fit into an empty ring
   */
  write(frame: Int32Array, length = frame.length): boolean {
    if (length + 1 > this.#capacity) {
      throw new RangeError(`Cannot write frame of ${length} words: the ring holds ${this.#capacity - 1}`);
    }
    // ORDER: pairs with the reader's store; the words that are free were read before it (litmus: frame ring).
    const unread = this.#written - Atomics.load(this.#ring, RING32.read) | 0;
    if (unread + length + 1 > this.#capacity) return false;
    const mask = this.#capacity - 1;
    this.#ring[RING32.data + (this.#written & mask)] = length;
    const start = this.#written + 1 & mask;
    const first = Math.min(length, this.#capacity - start);
    for (let i = 0; i < first; i++) this.#ring[RING32.data + start + i] = frame[i];
    for (let i = first; i < length; i++) this.#ring[RING32.data + i - first] = frame[i];
    this.#written = this.#written + length + 1 | 0;
    // ORDER: the frame is published by this store, which the reader loads first (litmus: frame ring).
    Atomics.store(this.#ring, RING32.written, this.#written);
    return true;
  }

  /**
   * Room for a frame of `length` words in one piece, to be filled in place; nobody sees it before
   * {@linkcode FrameWriter.commit}. A reservation that is not committed is forgotten by the next call.
   *
   * @returns undefined if there is no room now
   * @throws {RangeError} If the frame has more words than half of the ring, as it may not fit even if all is read
   */
  reserve(length: number): Int32Array<SharedArrayBuffer> | undefined {
    if (length + 1 > this.#capacity / 2) {
      throw new RangeError(`Cannot reserve frame of ${length} words: the limit is ${this.#capacity / 2 - 1}`);
    }
    // ORDER: as in write().
    const unread = this.#written - Atomics.load(this.#ring, RING32.read) | 0;
    let start = this.#written & this.#capacity - 1;
    const skipped = start + 1 + length > this.#capacity ? this.#capacity - start : 0;
    if (unread + skipped + length + 1 > this.#capacity) return undefined;
    if (skipped > 0) {
      this.#ring[RING32.data + start] = SKIP;
      start = 0;
    }
    this.#ring[RING32.data + start] = length;
    this.#reserved = skipped + length + 1;
    const first = RING32.data + start + 1;
    return this.#ring.subarray(first, first + length) as Int32Array<SharedArrayBuffer>;
  }

  /** Hands over what was reserved last. */
  commit(): void {
    this.#written = this.#written + this.#reserved | 0;
    this.#reserved = 0;
    // ORDER: as in write().
    Atomics.store(this.#ring, RING32.written, this.#written);
  }
}

/** The reading end. Owner thread only; after its death another thread may look at what it left. */
export class FrameReader {
  readonly #ring: Int32Array;
  readonly #capacity: number;
  #scratch = new Int32Array(256);
  #read: number;

  constructor(buffer: SharedArrayBuffer) {
    this.#ring = new Int32Array(buffer);
    this.#capacity = this.#ring.length - RING32.data;
    // ORDER: the owner's own word, or that of an owner that has ended; nothing depends on it.
    this.#read = Atomics.load(this.#ring, RING32.read);
  }

  /** Whether a frame waits. */
  get hasFrame(): boolean {
    // ORDER: a hint; the frame is read after a load of its own (litmus: frame ring).
    return Atomics.load(this.#ring, RING32.written) !== this.#read;
  }

  /**
   * Gives all frames that are there to a function, one after the other, and returns how many there were.
   * A frame is a view that is valid during the call, of the ring itself if the frame lies there in one piece; it
   * counts as read when the call returns.
   */
  drain(use: (frame: Int32Array) => void): number {
    let count = 0;
    // ORDER: pairs with the writer's store; what is before `written` is complete (litmus: frame ring).
    for (let written = Atomics.load(this.#ring, RING32.written); written !== this.#read; count++) {
      let start = this.#read & this.#capacity - 1;
      if (this.#ring[RING32.data + start] === SKIP) {
        this.#read = this.#read + this.#capacity - start | 0;
        start = 0;
      }
      const length = this.#ring[RING32.data + start];
      use(this.#frame(start + 1, length));
      this.#read = this.#read + length + 1 | 0;
      // ORDER: gives the words back to the writer, which loads this before it writes there (litmus: frame ring).
      Atomics.store(this.#ring, RING32.read, this.#read);
      if (written === this.#read) written = Atomics.load(this.#ring, RING32.written);
    }
    return count;
  }

  #frame(start: number, length: number): Int32Array {
    const first = RING32.data + start;
    if (start + length <= this.#capacity) return this.#ring.subarray(first, first + length);
    return this.#copy(length);
  }

  #copy(length: number): Int32Array {
    if (this.#scratch.length < length) this.#scratch = new Int32Array(2 ** Math.ceil(Math.log2(length)));
    const start = this.#read + 1 & this.#capacity - 1;
    const first = Math.min(length, this.#capacity - start);
    for (let i = 0; i < first; i++) this.#scratch[i] = this.#ring[RING32.data + start + i];
    for (let i = first; i < length; i++) this.#scratch[i] = this.#ring[RING32.data + i - first];
    return this.#scratch.subarray(0, length);
  }
}
