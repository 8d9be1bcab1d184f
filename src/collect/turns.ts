/**
 * What must not overlap, one after the other.
 *
 * @module
 */
// CONTROL PLANE

/** Runs functions one after the other, in the order in which they came. One thread. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a function when nothing else is under way, and keeps the next one waiting until it has ended, however it does. */
  exclusively<T>(run: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }
}
