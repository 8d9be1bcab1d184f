/**
 * An engine's load, where every API worker can see it without asking: for routing and for load headers.
 *
 * @module
 */
import { createSharedWords, SharedWords } from "../../slab/shared_words.ts";
import type { EngineState } from "../engine/engine_observer.ts";

const WORD = { running: 0, waiting: 1, kvUsagePpm: 2, sleepLevel: 3, count: 4 } as const;

/** Reserves the status of one engine incarnation. */
export function createEngineStatus(): SharedArrayBuffer {
  return createSharedWords(WORD.count);
}

/** The status of one engine. The engine's thread sets it, any thread reads it. */
export class EngineStatus {
  readonly #words: SharedWords;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new SharedWords(buffer);
  }

  get running(): number {
    return this.#words.get(WORD.running);
  }

  /** Waiting for room or for a LoRA slot. */
  get waiting(): number {
    return this.#words.get(WORD.waiting);
  }

  /** Share of KV blocks in use, 0 to 1, to six decimals. */
  get kvUsage(): number {
    return this.#words.get(WORD.kvUsagePpm) / 1e6;
  }

  get sleepLevel(): number {
    return this.#words.get(WORD.sleepLevel);
  }

  /** Publishes a state. Engine thread only. */
  publish(state: EngineState): void {
    this.#words.set(WORD.running, state.running);
    this.#words.set(WORD.waiting, state.waiting + state.deferred);
    this.#words.set(WORD.kvUsagePpm, Math.round(state.kvUsage * 1e6));
    this.#words.set(WORD.sleepLevel, state.sleepLevel);
  }
}
