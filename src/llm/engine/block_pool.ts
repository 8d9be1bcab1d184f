/**
 * The KV blocks of an engine: who uses them, which can be found by their content, which goes next.
 *
 * @module
 */

/** Called when a block loses its content. */
export type EvictionListener = (block: number, hash: number, reuses: number) => void;

/**
 * Blocks with reference counts. A block that nobody uses waits in a list ordered by last use; until it is taken
 * from there its content can still be found. Owner thread only.
 */
export class BlockPool {
  readonly size: number;
  readonly #references: Int32Array;
  readonly #hashes: Float64Array;
  readonly #reuses: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #byHash = new Map<number, number>();
  readonly #onEvict: EvictionListener;
  #free: number;

  /** @param size How many blocks there are. */
  constructor(size: number, onEvict: EvictionListener = () => {}) {
    this.size = size;
    this.#onEvict = onEvict;
    this.#references = new Int32Array(size);
    this.#hashes = new Float64Array(size);
    this.#reuses = new Int32Array(size);
    // The element after the last one is the list's anchor: its next is the first free block.
    this.#next = new Int32Array(size + 1);
    this.#previous = new Int32Array(size + 1);
    for (let i = 0; i <= size; i++) {
      this.#next[i] = i === size ? 0 : i + 1;
      this.#previous[i] = i === 0 ? size : i - 1;
    }
    this.#free = size;
  }

  /** Blocks that nobody uses. */
  get freeCount(): number {
    return this.#free;
  }

  /** Blocks that somebody uses. */
  get usedCount(): number {
    return this.size - this.#free;
  }

  /** The block of this content, or -1. */
  find(hash: number): number {
    return this.#byHash.get(hash) ?? -1;
  }

  /** Whether nobody uses the block. */
  isFree(block: number): boolean {
    return this.#references[block] === 0;
  }

  /** Uses a block that {@linkcode find} gave. */
  reuse(block: number): void {
    if (this.#references[block]++ === 0) this.#unlink(block);
    this.#reuses[block]++;
  }

  /** Takes the free block that was not used for longest and forgets its content. The caller has looked at `freeCount`. */
  take(): number {
    if (this.#free === 0) throw new RangeError("Cannot take a KV block: none is free");
    const block = this.#next[this.size];
    this.#unlink(block);
    this.#forget(block);
    this.#references[block] = 1;
    this.#reuses[block] = 0;
    return block;
  }

  /** Makes a full block findable by its content; the first of two blocks of one content keeps the name. */
  name(block: number, hash: number): void {
    if (this.#hashes[block] !== 0 || this.#byHash.has(hash)) return;
    this.#hashes[block] = hash;
    this.#byHash.set(hash, block);
  }

  /** Ends one use of a block. */
  release(block: number): void {
    if (this.#references[block] <= 0) {
      throw new RangeError(`Cannot release KV block ${block}: nobody uses it`);
    }
    if (--this.#references[block] > 0) return;
    const last = this.#previous[this.size];
    this.#next[last] = block;
    this.#previous[block] = last;
    this.#next[block] = this.size;
    this.#previous[this.size] = block;
    this.#free++;
  }

  /** Forgets the content of all free blocks. */
  forgetAll(): void {
    for (let block = this.#next[this.size]; block !== this.size; block = this.#next[block]) {
      this.#forget(block);
    }
  }

  #forget(block: number): void {
    const hash = this.#hashes[block];
    if (hash === 0) return;
    this.#hashes[block] = 0;
    this.#byHash.delete(hash);
    this.#onEvict(block, hash, this.#reuses[block]);
  }

  #unlink(block: number): void {
    this.#next[this.#previous[block]] = this.#next[block];
    this.#previous[this.#next[block]] = this.#previous[block];
    this.#free--;
  }
}
