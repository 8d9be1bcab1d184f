/**
 * The images that a worker has seen lately, so that they need not be prepared again.
 *
 * @module
 */

/** How many images are remembered. */
const IMAGES_MAX = 1024;

/** A set of contents in order of their last use, the oldest of which leaves first. Owner thread only. */
export class ImageCache {
  readonly #images = new Set<string>();

  /** Looks images up, keeps them, and returns how many were there. */
  lookup(images: readonly string[]): number {
    let hits = 0;
    for (const image of images) {
      if (this.#images.delete(image)) hits++;
      this.#images.add(image);
      if (this.#images.size <= IMAGES_MAX) continue;
      for (const oldest of this.#images) {
        this.#images.delete(oldest);
        break;
      }
    }
    return hits;
  }
}
