/**
 * Removals that some worker has not applied yet.
 *
 * @module
 */
// CONTROL PLANE
import { type Removal, removalMatches } from "../model/removal.ts";
import type { LateSeries, PendingRemoval, SlabSource } from "./slab_source.ts";

/** What a collector remembers of removals until all workers have applied them. The collector's thread only. */
export class PendingRemovals {
  /** In the order of the log. */
  readonly #removals: PendingRemoval[] = [];
  /** The worker that asked for a removal, by the removal's origin. */
  readonly #asked: Map<string, SlabSource> = new Map();

  /** Takes note of the worker that asked for a removal, which the log will announce. */
  asked(removal: Removal, source: SlabSource): void {
    this.#asked.set(removal.origin, source);
  }

  /** The worker that asked for a removal, unless it has ended. */
  askedBy(removal: Removal): SlabSource | undefined {
    return this.#asked.get(removal.origin);
  }

  /** Takes a removal of the log. */
  add(pending: PendingRemoval): void {
    this.#removals.push(pending);
  }

  /** The number of the last removal that is remembered; `undefined` if there is none. */
  get last(): number | undefined {
    return this.#removals.at(-1)?.number;
  }

  /** The latest removal that is meant for a series which its owner made before it learned of it. */
  late(series: LateSeries): PendingRemoval | undefined {
    return this.#removals.findLast(({ removal, number, origin }) =>
      number > series.removalsSeen && origin !== series.source && removal.family === series.descriptor.name &&
      removalMatches(removal, { labelNames: series.descriptor.labelNames, values: series.labels })
    );
  }

  /** Forgets the removals up to a number, which all workers have applied. */
  forget(upTo: number): void {
    const removals = this.#removals;
    while (removals.length > 0 && removals[0].number <= upTo) removals.shift();
  }

  /**
   * The same where there is no common log: forgets the removals that all workers have applied, as those who announced
   * them know.
   *
   * @param isRead whether a slab is still read; what one announced that is not concerns nobody any more
   */
  forgetSettled(isRead: (source: SlabSource) => boolean): void {
    for (let i = this.#removals.length - 1; i >= 0; i--) {
      const { announced } = this.#removals[i];
      if (announced === undefined) continue;
      const { by, number } = announced;
      if (!isRead(by) || by.removalsForgotten >= number) this.#removals.splice(i, 1);
    }
  }

  /** Lets go of a worker that has ended: its columns are gone, so that nothing of it is to be spared any more. */
  leave(ended: SlabSource): void {
    for (const [origin, source] of this.#asked) if (source === ended) this.#asked.delete(origin);
    this.#removals.forEach((pending, i) => {
      if (pending.origin === ended) this.#removals[i] = { ...pending, origin: undefined };
    });
  }
}
