/**
 * The second home of KV blocks: what the device evicts may be found here, the least recently used leaves first.
 *
 * @module
 */

/** A bounded set of block hashes in order of their last use. Owner thread only. */
export class OffloadTier {
  readonly capacity: number;
  readonly #hashes = new Set<number>();

  /** @param capacity How many blocks it holds. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#hashes.size;
  }

  has(hash: number): boolean {
    return this.#hashes.has(hash);
  }

  /** Notes a use. */
  touch(hash: number): void {
    if (this.#hashes.delete(hash)) this.#hashes.add(hash);
  }

  /** Keeps a block; returns false if it was here already. */
  store(hash: number): boolean {
    if (this.#hashes.delete(hash)) {
      this.#hashes.add(hash);
      return false;
    }
    if (this.#hashes.size >= this.capacity) {
      for (const oldest of this.#hashes) {
        this.#hashes.delete(oldest);
        break;
      }
    }
    this.#hashes.add(hash);
    return true;
  }

  clear(): void {
    this.#hashes.clear();
  }
}
