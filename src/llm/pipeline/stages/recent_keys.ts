/**
 * Remembers which requests have ended, for as long as something of them may still come.
 *
 * @module
 */

/** A set of the keys that were added last; it forgets the oldest. Owner thread only. */
export class RecentKeys {
  readonly #max: number;
  readonly #keys = new Set<string>();

  /** @param max How many are remembered. */
  constructor(max = 65_536) {
    this.#max = max;
  }

  /** Adds a key. */
  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= this.#max) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  /** Whether a key is remembered. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }
}
