/**
 * How long an event loop stood still.
 *
 * @module
 */

/** Measures the longest gap between two turns of this thread's event loop, to about a millisecond. */
export class LoopGap {
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastMs = 0;
  #longestMs = 0;

  start(): void {
    this.#lastMs = performance.now();
    this.#longestMs = 0;
    this.#timer = setInterval(() => this.#turn(), 1);
  }

  /** Ends the measurement; the gap up to now counts. */
  stop(): number {
    clearInterval(this.#timer);
    this.#turn();
    return this.#longestMs;
  }

  #turn(): void {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastMs);
    this.#lastMs = now;
  }
}
