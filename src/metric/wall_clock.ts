/**
 * The time of day, for metrics that depend on it.
 *
 * @module
 */
// DATA PLANE

/** After so many questions the clock looks at the time itself, however seldom the thread comes to rest. */
const QUESTIONS_PER_LOOK = 64;

/** The time of day of one thread. Owner thread only. */
export class WallClock {
  readonly #now: () => number;
  #seenMs = 0;
  #questionsLeft = 0;
  /** Whether somebody looks at it several times a second. */
  #ticks = false;

  /** @param now the time in milliseconds since the Unix epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The time in milliseconds since the Unix epoch. */
  ms(): number {
    return this.#now();
  }

  /** The time in seconds since the Unix epoch. */
  seconds(): number {
    return this.#now() / 1000;
  }

  /**
   * The time in milliseconds since the Unix epoch as it was at the thread's last heartbeat or scrape, or at one of the
   * last 64 questions; asking costs next to nothing then. In a thread without heartbeats, which may have rested for hours,
   * it is the time of the question: asking the system takes 30 to 50 ns.
   */
  coarseMs(): number {
    if (!this.#ticks || this.#questionsLeft-- <= 0) this.look();
    return this.#seenMs;
  }

  /** A heartbeat: the thread has several a second from now on. */
  tick(): void {
    this.#ticks = true;
    this.look();
  }

  /** Looks at the time for those who ask for the coarse one. */
  look(): void {
    this.#seenMs = this.#now();
    this.#questionsLeft = QUESTIONS_PER_LOOK;
  }
}
