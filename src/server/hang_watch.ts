/**
 * Finds workers whose heart stands still.
 *
 * @module
 */
import type { Incarnation } from "./incarnation.ts";

/** The part of an incarnation that matters here. */
type Beating = Pick<Incarnation, "slab">;

interface LastBeat {
  beat: number;
  seenMs: number;
}

/**
 * Times the workers' beat counters by the main thread's own clock, as clocks differ between threads.
 * Main thread only.
 */
export class HangWatch<Worker extends Beating = Incarnation> {
  readonly #limitMs: number;
  readonly #beats: Map<Worker, LastBeat> = new Map();
  #checkedMs = 0;

  /** @param limitMs how long a heart may stand still; 0 for as long as it likes */
  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** The workers among those given whose heart has stood still for too long by now. */
  hung(workers: readonly Worker[], nowMs: number): Worker[] {
    if (this.#limitMs === 0) return [];
    // WHY: if this very thread stood still (a suspended machine, a debugger), then the workers may have too.
    const stalled = nowMs - this.#checkedMs > this.#limitMs / 2;
    this.#checkedMs = nowMs;
    return workers.filter((worker) => {
      const beat = worker.slab.beat();
      const last = this.#beats.get(worker);
      if (last === undefined || last.beat !== beat || stalled) {
        this.#beats.set(worker, { beat, seenMs: nowMs });
        return false;
      }
      return nowMs - last.seenMs > this.#limitMs;
    });
  }

  /** Forgets a worker that has ended. */
  forget(worker: Worker): void {
    this.#beats.delete(worker);
  }
}
