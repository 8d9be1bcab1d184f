/**
 * The images that a worker has seen lately, so that they need not be prepared again.
 *
 * @module
 */

/** How many images are remembered. */
const ITEMS_MAX = 1024;

/** A set of contents in order of their last use, the oldest of which leaves first. Owner thread only. */
export class ItemCache {
  readonly #items = new Set<string>();

  /** Looks the items up, keeps them, and returns how many were there. */
  lookup(items: readonly string[]): number {
    let hits = 0;
    for (const item of items) {
      if (this.#items.delete(item)) hits++;
      this.#items.add(item);
      if (this.#items.size <= ITEMS_MAX) continue;
      for (const oldest of this.#items) {
        this.#items.delete(oldest);
        break;
      }
    }
    return hits;
  }
}
