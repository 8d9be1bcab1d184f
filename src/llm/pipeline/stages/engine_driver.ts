/**
 * Runs an embedded engine for the requests of its own thread, against the clock.
 *
 * @module
 */
import type { Engine } from "../../engine/engine.ts";
import type { EngineRequest } from "../../engine/engine_request.ts";
import type { Sequence } from "../../engine/sequence.ts";

/** An engine that is later than this does not try to catch up. */
const LAG_MAX_US = 50_000;
/** Steps without waiting let the thread's other tasks run this often. */
const YIELD_US = 4000;
/** Timers are no finer than this. */
const WAIT_US_MIN = 300;

/** Who gets a sequence's outputs. Called from within the engine's step. */
export interface SequenceListener {
  /** The last `count` tokens of the sequence are new; `timeUs` is the end of the step. */
  output(sequence: Sequence, event: { count: number; first: boolean; timeUs: number }): void;
}

/** An engine and its clock. Owner thread only. */
export class EngineDriver {
  readonly #engine: Engine;
  readonly #listeners = new Map<number, SequenceListener>();
  readonly #published: () => void;
  #nextId = 1;
  #endUs = 0;
  #pumping = false;

  /** @param published called after each step, so that what was counted becomes visible */
  constructor(engine: Engine, published: () => void) {
    this.#engine = engine;
    this.#published = published;
  }

  /**
   * Starts a sequence and returns its id.
   *
   * @throws {RangeError} If it does not fit the engine
   */
  add(request: Omit<EngineRequest, "id" | "client">, listener: SequenceListener): number {
    const id = this.#nextId++;
    const nowUs = clockUs();
    if (!this.#engine.stepping && !this.#engine.hasWork) this.#endUs = nowUs;
    this.#engine.add({ ...request, id, client: 0 }, Math.min(nowUs, this.#endUs));
    this.#listeners.set(id, listener);
    this.#start();
    return id;
  }

  /** Ends a sequence without further outputs. */
  abort(id: number): void {
    this.#listeners.delete(id);
    this.#engine.abort(id);
    this.#published();
  }

  /** Sends the engine to sleep, 0 wakes it. */
  sleep(level: number): void {
    if (level === 0) {
      this.#endUs = clockUs();
      this.#engine.wake();
      this.#start();
    } else this.#engine.sleep(level === 2 ? 2 : 1);
    this.#published();
  }

  #start(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    let yieldedUs = clockUs();
    while (this.#engine.hasWork) {
      const nowUs = clockUs();
      const beginUs = nowUs - this.#endUs < LAG_MAX_US ? this.#endUs : nowUs;
      this.#endUs = beginUs + (this.#engine.beginStep(beginUs) ?? 0);
      this.#published();
      const waitUs = this.#endUs - clockUs();
      if (waitUs > WAIT_US_MIN || clockUs() - yieldedUs > YIELD_US) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitUs / 1000)));
        yieldedUs = clockUs();
      } else await undefined;
      // It may have gone to sleep meanwhile.
      if (this.#engine.stepping) this.#deliver();
    }
    this.#pumping = false;
  }

  #deliver(): void {
    const outputs = this.#engine.endStep(this.#endUs);
    for (let i = 0; i < outputs.length; i++) {
      const sequence = outputs.sequences[i];
      const { id } = sequence.request;
      const event = { count: outputs.counts[i], first: outputs.firsts[i], timeUs: outputs.timeUs };
      this.#listeners.get(id)?.output(sequence, event);
      if (sequence.finish !== 0) this.#listeners.delete(id);
    }
    this.#published();
  }
}

function clockUs(): number {
  return performance.now() * 1000;
}
