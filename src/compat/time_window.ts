/**
 * Quantiles over a window that moves with time.
 *
 * @module
 */
// DATA PLANE
import { QuantileDigest } from "./quantile_digest.ts";

/**
 * Keeps one digest for each age of the window. Every observation goes to all of them; the oldest answers, and when its
 * time is over it starts again as the youngest. The clock is read at each call.
 */
export class TimeWindow {
  readonly #ages: QuantileDigest[];
  readonly #stepMs: number;
  #oldest = 0;
  #rotatedMs: number = Date.now();

  /**
   * @param maxAgeSeconds the length of the window; without it, or without `ageBuckets`, the window never moves
   * @param ageBuckets in how many steps it moves
   */
  constructor(maxAgeSeconds?: number, ageBuckets?: number) {
    const moves = Boolean(maxAgeSeconds && ageBuckets);
    this.#ages = Array.from({ length: moves ? ageBuckets! : 1 }, () => new QuantileDigest());
    this.#stepMs = moves ? maxAgeSeconds! * 1000 / ageBuckets! : Infinity;
  }

  /** How many observations the window has. */
  get count(): number {
    return this.#rotated().count;
  }

  /** Takes an observation. */
  push(value: number): void {
    this.#rotated();
    for (const digest of this.#ages) digest.push(value);
  }

  /** A quantile of the window, undefined without observations. */
  quantile(quantile: number): number | undefined {
    return this.#rotated().quantile(quantile);
  }

  /** Hands over what the window has: values, each with how many observations it stands for. */
  forEach(take: (value: number, weight: number) => void): void {
    this.#rotated().forEach(take);
  }

  /** Sorts in what came lately. */
  compress(): void {
    for (const digest of this.#ages) digest.compress();
  }

  /** Forgets all observations. */
  reset(): void {
    for (const digest of this.#ages) digest.reset();
  }

  #rotated(): QuantileDigest {
    if (this.#stepMs === Infinity) return this.#ages[0];
    let lateMs = Date.now() - this.#rotatedMs;
    // WHY: after a long pause all ages are over anyway, so no more steps than there are ages need to be taken.
    if (lateMs > this.#stepMs * (this.#ages.length + 1)) {
      this.reset();
      const steps = Math.floor(lateMs / this.#stepMs) - 1;
      this.#rotatedMs += steps * this.#stepMs;
      lateMs -= steps * this.#stepMs;
    }
    for (; lateMs > this.#stepMs; lateMs -= this.#stepMs) {
      this.#ages[this.#oldest] = new QuantileDigest();
      this.#oldest = (this.#oldest + 1) % this.#ages.length;
      this.#rotatedMs += this.#stepMs;
    }
    return this.#ages[this.#oldest];
  }
}
