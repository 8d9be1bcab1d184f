/**
 * How long a scrape may wait for cells whose owner keeps moving them.
 *
 * @module
 */
// CONTROL PLANE

const CHILD_MS = 1;
const SCRAPE_MS = 20;
const TRIES_BETWEEN_LOOKS = 64;
/** The most that tries which are owed to a read may take beyond its time. */
const OWED_MS = 500;

/**
 * The time that one scrape has for reads that need more than one try. A hot histogram needs dozens of tries on
 * average and tens of thousands at worst, so tries are bounded in time, not in number.
 */
export class RetryBudget {
  readonly #now: () => number;
  #leftMs = SCRAPE_MS;
  /** Children that were served with an earlier value, or left out, because the time ran out. */
  staleCount = 0;

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Reads a child again until it succeeds or its time is over.
   *
   * @param read tries once and says whether it succeeded
   * @param firstRead whether the child has no earlier value; it may then use up the whole scrape's time
   * @param options.triesMin how many tries it has even if its time is over, within 500 ms. A thread that shares its
   * core may lose all its time before it has tried twice
   * @returns whether a read succeeded
   */
  retry(
    read: () => boolean,
    firstRead: boolean,
    { triesMin = 0 }: { readonly triesMin?: number } = {},
  ): boolean {
    const start = this.#now();
    const limit = firstRead ? this.#leftMs : Math.min(CHILD_MS, this.#leftMs);
    let elapsed = 0;
    let tries = 0;
    let done = false;
    do {
      for (let i = 0; i < TRIES_BETWEEN_LOOKS && !done; i++) done = read();
      tries += TRIES_BETWEEN_LOOKS;
      elapsed = this.#now() - start;
    } while (!done && (elapsed < limit || (tries < triesMin && elapsed < OWED_MS)));
    this.#leftMs = Math.max(0, this.#leftMs - elapsed);
    if (!done) this.staleCount++;
    return done;
  }
}
