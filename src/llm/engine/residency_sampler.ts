/**
 * How long KV blocks stay, watched on a sample of them.
 *
 * @module
 */
import type { EngineObserver } from "./engine_observer.ts";
import type { Random } from "./random.ts";

/** At most this many pauses between uses are kept of one block. */
const GAPS_MAX = 8;

interface Residency {
  readonly bornUs: number;
  touchedUs: number;
  readonly gapsUs: number[];
}

/** Follows a random share of the blocks from allocation to eviction. Owner thread only. */
export class ResidencySampler {
  readonly #rate: number;
  readonly #random: Random;
  readonly #watched = new Map<number, Residency>();

  /** @param rate The share of allocations that are watched, 0 to 1. */
  constructor(rate: number, random: Random) {
    this.#rate = rate;
    this.#random = random;
  }

  /** A block was allocated. */
  allocated(block: number, nowUs: number): void {
    if (this.#rate === 0) return;
    // A block without a name loses no content that could be told, so it may still be watched from its last life.
    this.#watched.delete(block);
    if (this.#random.float() >= this.#rate) return;
    this.#watched.set(block, { bornUs: nowUs, touchedUs: nowUs, gapsUs: [] });
  }

  /** A block was found and used again. */
  reused(block: number, nowUs: number): void {
    const residency = this.#watched.get(block);
    if (residency === undefined) return;
    if (residency.gapsUs.length === GAPS_MAX) residency.gapsUs.shift();
    residency.gapsUs.push(nowUs - residency.touchedUs);
    residency.touchedUs = nowUs;
  }

  /** A use of the block ended. */
  released(block: number, nowUs: number): void {
    const residency = this.#watched.get(block);
    if (residency !== undefined) residency.touchedUs = nowUs;
  }

  /** A block lost its content. */
  evicted(block: number, options: { nowUs: number; observer: EngineObserver }): void {
    const residency = this.#watched.get(block);
    if (residency === undefined) return;
    this.#watched.delete(block);
    const { nowUs, observer } = options;
    observer.blockEvicted(nowUs - residency.bornUs, nowUs - residency.touchedUs, residency.gapsUs);
  }
}
