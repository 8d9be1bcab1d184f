/**
 * Until when scrapes may take, without a timer for each of them.
 *
 * @module
 */
// CONTROL PLANE

/** A scrape that has a deadline. */
interface Waiting {
  readonly endMs: number;
  readonly onLate: () => void;
}

/**
 * Tells scrapes that their time is over. All share one timer, which is set again only for a deadline that is nearer
 * than the one it stands at: a scrape nearly always ends within milliseconds, and to set and clear a timer for it takes
 * a sixth of what a small one takes altogether. The timer keeps no process from ending. One thread.
 */
export class ScrapeDeadlines {
  readonly #now: () => number;
  readonly #waiting: Set<Waiting> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerMs = Infinity;

  /** @param now a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Has a function called once when so many seconds are over.
   *
   * @returns ends the wait; to call it again, or later, changes nothing
   */
  after(seconds: number, onLate: () => void): () => void {
    const waiting = { endMs: this.#now() + seconds * 1000, onLate };
    this.#waiting.add(waiting);
    if (waiting.endMs < this.#timerMs) this.#set(waiting.endMs);
    return () => void this.#waiting.delete(waiting);
  }

  #set(endMs: number): void {
    clearTimeout(this.#timer);
    this.#timerMs = endMs;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, endMs - this.#now()));
    // WHY: a number on hosts whose timers are those of the web.
    (this.#timer as unknown as { unref?: () => void }).unref?.();
  }

  #look(): void {
    const now = this.#now();
    this.#timer = undefined;
    this.#timerMs = Infinity;
    const waiting = [...this.#waiting].sort((a, b) => a.endMs - b.endMs);
    try {
      for (const one of waiting) {
        // WHY 1: timers have whole milliseconds, so one may ring a fraction too early.
        if (one.endMs - now >= 1) break;
        if (this.#waiting.delete(one)) one.onLate();
      }
    } finally {
      // WHY finally: a function that throws takes no other's deadline away.
      const next = waiting.find((one) => this.#waiting.has(one));
      if (next !== undefined && next.endMs < this.#timerMs) this.#set(next.endMs);
    }
  }
}
