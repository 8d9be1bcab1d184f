/**
 * How late this thread's event loop is.
 *
 * @module
 */
// CONTROL PLANE

/** How often the monitor looks, in milliseconds: often enough to be fair, too seldom to keep a core awake. */
export const LAG_INTERVAL_MS = 250;

/** How many looks are kept: a minute's. */
const WINDOW = 60_000 / LAG_INTERVAL_MS;

/** The lateness of the last minute, in seconds. */
export interface LagSummary {
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What the monitor needs of its surroundings. */
export interface EventLoopMonitorOptions {
  /** Calls a function again and again without keeping the process alive; gives what ends it. */
  readonly repeat: (everyMs: number, action: () => void) => () => void;
  /** Takes each lateness in seconds. */
  readonly onLag?: (seconds: number) => void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

/**
 * Measures how much later than asked for a timer fires. One thread: the one whose event loop is meant. It looks by
 * its own clock, not when somebody scrapes, so that a scrape does not measure itself.
 */
export class EventLoopMonitor {
  readonly #now: () => number;
  readonly #onLag: (seconds: number) => void;
  readonly #stop: () => void;
  readonly #ring: Float64Array = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;
  #previousMs: number;
  #skip = false;

  constructor({ repeat, onLag = () => {}, now = () => performance.now() }: EventLoopMonitorOptions) {
    this.#now = now;
    this.#onLag = onLag;
    this.#previousMs = now();
    this.#stop = repeat(LAG_INTERVAL_MS, () => this.#look());
  }

  /** Leaves out the next look: what it may find late was made late by a scrape. */
  skipNext(): void {
    this.#skip = true;
  }

  /** The last minute, or undefined if nothing was measured yet. */
  summary(): LagSummary | undefined {
    const count = this.#count;
    if (count === 0) return undefined;
    const sorted = this.#ring.slice(0, count).sort();
    const mean = sorted.reduce((sum, lag) => sum + lag, 0) / count;
    const variance = sorted.reduce((sum, lag) => sum + (lag - mean) ** 2, 0) / count;
    const quantile = (q: number) => sorted[Math.ceil(q * count) - 1];
    return {
      last: this.#ring[(this.#next + WINDOW - 1) % WINDOW],
      min: sorted[0],
      max: sorted[count - 1],
      mean,
      stddev: Math.sqrt(variance),
      p50: quantile(0.5),
      p90: quantile(0.9),
      p99: quantile(0.99),
    };
  }

  /** Looks no more. */
  stop(): void {
    this.#stop();
  }

  #look(): void {
    const nowMs = this.#now();
    const seconds = Math.max(0, nowMs - this.#previousMs - LAG_INTERVAL_MS) / 1000;
    this.#previousMs = nowMs;
    if (this.#skip) {
      this.#skip = false;
      return;
    }
    this.#ring[this.#next] = seconds;
    this.#next = (this.#next + 1) % WINDOW;
    this.#count = Math.min(this.#count + 1, WINDOW);
    this.#onLag(seconds);
  }
}
