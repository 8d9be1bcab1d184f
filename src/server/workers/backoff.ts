/**
 * How long to wait before a worker is started anew.
 *
 * @module
 */
// CONTROL PLANE

/** How a {@linkcode Backoff} waits, in milliseconds. */
export interface BackoffOptions {
  /** The wait after the second failure in a row; it doubles with each further one. */
  readonly firstMs?: number;
  /** The longest wait. */
  readonly longestMs?: number;
  /** A worker that accepted for this long has not failed at once: the row begins anew. */
  readonly settledMs?: number;
  /** After how many failures in a row it is a crash loop, with the longest wait only. Default 5. */
  readonly loopAfter?: number;
}

/** Waits of one worker slot: none after a single failure, then longer and longer ones. Main thread only. */
export class Backoff {
  readonly longestMs: number;
  readonly settledMs: number;
  readonly loopAfter: number;
  readonly #firstMs: number;
  #failures = 0;

  constructor(options: BackoffOptions = {}) {
    const { firstMs = 100, longestMs = 10_000, settledMs = 10_000, loopAfter = 5 } = options;
    this.#firstMs = firstMs;
    this.longestMs = longestMs;
    this.settledMs = settledMs;
    this.loopAfter = loopAfter;
  }

  /** The wait before the next start, in milliseconds, after a worker that accepted for `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= this.settledMs) this.settle();
    this.#failures++;
    if (this.#failures === 1) return 0;
    return this.isLooping
      ? this.longestMs
      : Math.min(this.longestMs, this.#firstMs * 2 ** (this.#failures - 2));
  }

  /** Whether so many workers in a row have failed that the next one is expected to fail too. */
  get isLooping(): boolean {
    return this.#failures >= this.loopAfter;
  }

  /** Begins the row anew: a worker has lived long enough, or was replaced by one that may be another. */
  settle(): void {
    this.#failures = 0;
  }
}
