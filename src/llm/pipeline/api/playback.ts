/**
 * A player that plays what has come, to find out how long it would have run dry.
 *
 * @module
 */

/** Simulates a player of one stream, on any clock in milliseconds. Owner thread only. */
export class Playback {
  /** When the first packet came, -1 before. */
  firstMs = -1;
  #bufferedUntilMs = 0;
  #worstMs = 0;

  /** Takes a packet of so many milliseconds of sound that came at `nowMs`. Playing begins with the first one. */
  packet(nowMs: number, lengthMs: number): void {
    if (this.firstMs < 0) {
      this.firstMs = nowMs;
      this.#bufferedUntilMs = nowMs;
    }
    const dryMs = nowMs - this.#bufferedUntilMs;
    if (dryMs > 0) {
      this.#worstMs = Math.max(this.#worstMs, dryMs);
      this.#bufferedUntilMs = nowMs;
    }
    this.#bufferedUntilMs += lengthMs;
  }

  /** The longest time without sound between two packets, in seconds; 0 if there was none. */
  get underrunSeconds(): number {
    return this.#worstMs / 1000;
  }
}
