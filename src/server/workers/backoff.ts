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
  /** A worker that lived this long has not failed at once: the row begins anew. */
  readonly settledMs?: number;
}

/** Waits of one worker slot: none after a single failure, then longer and longer ones. Main thread only. */
export class Backoff {
  readonly #firstMs: number;
  readonly #longestMs: number;
  readonly #settledMs: number;
  #failures = 0;

  constructor({ firstMs = 100, longestMs = 10_000, settledMs = 10_000 }: BackoffOptions = {}) {
    this.#firstMs = firstMs;
    this.#longestMs = longestMs;
    this.#settledMs = settledMs;
  }

  /** The wait before the next start, in milliseconds, after a worker that lived for `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= this.#settledMs) this.#failures = 0;
    this.#failures++;
    if (this.#failures === 1) return 0;
    return Math.min(this.#longestMs, this.#firstMs * 2 ** (this.#failures - 2));
  }
}
