/**
 * How long a scrape may wait for cells whose owner keeps moving them.
 *
 * @module
 */
// CONTROL PLANE

const CHILD_MS = 1;
const SCRAPE_MS = 20;
const TRIES_BETWEEN_LOOKS = 64;
/**
 * The most that the slabs which cannot be read whole within a scrape's time may take beyond it, all together. Measured
 * with commits in a tight loop: where nothing else runs, 997 of 1000 reads succeed at once; where others compete for the
 * cores, 87 of 100, most others after 16 to 1024 tries of 34 microseconds, and 2048 were too few for one in 1500.
 */
const OWED_MS = 500;

/** What of a scrape's time one slab may use that is read as a whole. */
export interface Turn {
  /** How many slabs, this one included, what is left of the time is for. */
  readonly sharers: number;
  /** Whether it is the time beyond that of the scrape. */
  readonly owed: boolean;
}

/**
 * The time that one scrape has for reads that need more than one try. A hot histogram needs dozens of tries on
 * average and tens of thousands at worst, so tries are bounded in time, not in number.
 */
export class RetryBudget {
  readonly #now: () => number;
  #leftMs = SCRAPE_MS;
  #owedMs = OWED_MS;
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
   * @returns whether a read succeeded
   */
  retry(read: () => boolean, firstRead: boolean): boolean {
    const start = this.#now();
    const limit = firstRead ? this.#leftMs : Math.min(CHILD_MS, this.#leftMs);
    let elapsed = 0;
    let done = false;
    do {
      for (let i = 0; i < TRIES_BETWEEN_LOOKS && !done; i++) done = read();
      elapsed = this.#now() - start;
    } while (!done && elapsed < limit);
    this.#leftMs = Math.max(0, this.#leftMs - elapsed);
    if (!done) this.staleCount++;
    return done;
  }

  /**
   * Reads some slabs as a whole, each in its turn. They share the scrape's time, then half a second beyond it, until all
   * were read or nothing is left. What one leaves of its part is for the others. Those that were not read are counted.
   *
   * @param read reads one slab by {@linkcode retryWhole} and says whether it succeeded
   */
  takeTurns<Source>(slabs: readonly Source[], read: (slab: Source, turn: Turn) => boolean): void {
    const takeTurn = (of: readonly Source[], owed: boolean) =>
      of.filter((slab, i) => !read(slab, { sharers: of.length - i, owed }));
    let left = takeTurn(slabs, false);
    // WHY it ends: the last slab of a turn was read, or took all that was left.
    while (left.length > 0 && this.#owedMs > 0) left = takeTurn(left, true);
    this.staleCount += left.length;
  }

  /**
   * Reads a slab as a whole until it succeeds or its turn is over. The first try is free: it takes the time that any
   * read takes.
   *
   * @param read tries once and says whether it succeeded
   * @returns whether a read succeeded
   */
  retryWhole(read: () => boolean, { sharers, owed }: Turn): boolean {
    if (read()) return true;
    const start = this.#now();
    const limit = (owed ? this.#owedMs : this.#leftMs) / sharers;
    let elapsed = 0;
    let done = false;
    while (!done && elapsed < limit) {
      done = read();
      elapsed = this.#now() - start;
    }
    if (owed) this.#owedMs = Math.max(0, this.#owedMs - elapsed);
    else this.#leftMs = Math.max(0, this.#leftMs - elapsed);
    return done;
  }
}
