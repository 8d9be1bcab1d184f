/**
 * Finds stop strings in text that comes in parts.
 *
 * @module
 */

/** Looks for the first of several strings; text that may be the beginning of one is held back. Owner thread only. */
export class StopFinder {
  readonly #stops: readonly string[];
  readonly #include: boolean;
  #held = "";
  /** The stop string that was found. */
  found: string | undefined;

  /** @param include Whether the stop string itself is part of the text. */
  constructor(stops: readonly string[], include: boolean) {
    this.#stops = stops;
    this.#include = include;
  }

  /**
   * Takes more text and returns what is sure to be part of the output.
   *
   * @param mayStop Whether a stop string that this text completes ends the output. Default true.
   */
  push(text: string, mayStop = true): string {
    if (this.#stops.length === 0) return text;
    const all = this.#held + text;
    let at = Infinity;
    for (const stop of mayStop ? this.#stops : []) {
      const index = all.indexOf(stop);
      if (index >= 0 && index < at) {
        at = index;
        this.found = stop;
      }
    }
    if (this.found !== undefined) {
      this.#held = "";
      return all.slice(0, this.#include ? at + this.found.length : at);
    }
    const keep = Math.max(...this.#stops.map((stop) => overlap(all, stop)));
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** Returns what was held back, when no more text comes. */
  end(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }
}

/** The length of the longest end of `text` that is a proper beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
