/**
 * Tells the living workers from the hung and the dead, and decides when a dead worker's slab is folded.
 *
 * @module
 */
// CONTROL PLANE
import { SLAB_STATE } from "../slab/slab_status.ts";
import type { Collector } from "./collector.ts";
import type { SlabSource } from "./slab_source.ts";

/**
 * What a worker is doing, by its heartbeat and by what its host says:
 * `starting` until its first beat, `live`, `hung` while the beat is overdue, `ended` from its assumed end until its
 * slab is folded.
 */
export type WorkerState = "starting" | "live" | "hung" | "ended";

/** All {@linkcode WorkerState}s. */
export const WORKER_STATES: readonly WorkerState[] = ["starting", "live", "hung", "ended"];

/** Options of a {@linkcode WorkerWatch}. */
export interface WorkerWatchOptions {
  /** A worker whose heartbeat is older than this is hung: its live gauges are hidden. Default 5 s. */
  readonly hungAfterMs?: number;
  /** How long a slab whose owner is only assumed to have ended must stay unchanged before it is folded. Default 60 s. */
  readonly quarantineMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

interface Watched {
  state: WorkerState;
  beat: number;
  /** When the beat last advanced, by this thread's clock. */
  beatAt: number;
  /**
   * Ended workers: whether the end is proven, how long the slab must rest before it is folded, since when it has, and
   * what it held.
   */
  proven: boolean;
  quarantineMs: number;
  unchangedSince: number;
  fingerprint: string;
}

/** A folded slab that its owner might still write to. */
interface Folded {
  readonly source: SlabSource;
  fingerprint: string;
}

/** Folded slabs of assumed ends that are looked at for a while; older ones are forgotten, so that memory stays flat. */
const FOLDED_MAX = 16;
const FOLDED_CHECK_MS = 5_000;

/** How long the slab of a worker whose end is proven must rest. */
const SETTLE_MS = 1_000;

/**
 * Watches the workers of a collector. The collector's thread only. Beats are counters, timed by this thread's own
 * clock, because the clocks of threads have different origins.
 */
export class WorkerWatch {
  /** Times that a slab changed after it was folded: its owner was not dead. What it wrote then is lost. */
  zombieWrites = 0;
  readonly #collector: Collector;
  readonly #hungAfterMs: number;
  readonly #quarantineMs: number;
  readonly #now: () => number;
  readonly #watched: Map<SlabSource, Watched> = new Map();
  readonly #folded: Folded[] = [];
  #foldedCheckedAt = 0;
  #checkedAt: number;

  constructor(collector: Collector, options: WorkerWatchOptions = {}) {
    this.#collector = collector;
    this.#hungAfterMs = options.hungAfterMs ?? 5_000;
    this.#quarantineMs = options.quarantineMs ?? 60_000;
    this.#now = options.now ?? (() => performance.now());
    this.#checkedAt = this.#now();
  }

  /** Begins to watch a worker. */
  add(source: SlabSource): void {
    const { beat } = source.status();
    this.#watched.set(source, {
      state: "starting",
      beat,
      beatAt: this.#now(),
      proven: false,
      quarantineMs: 0,
      unchangedSince: 0,
      fingerprint: "",
    });
  }

  /** The workers that are watched and what they are doing. */
  get workers(): ReadonlyMap<SlabSource, { readonly state: WorkerState }> {
    return this.#watched;
  }

  /**
   * How long a worker's heartbeat had stood still at the last look, in milliseconds. WHY not until now: after this thread
   * has itself stood still, nobody is to be blamed for it before the next look.
   */
  heartbeatAgeMs(source: SlabSource): number {
    const watched = this.#watched.get(source);
    return watched === undefined ? 0 : Math.max(0, this.#checkedAt - watched.beatAt);
  }

  /** Looks at all heartbeats; call it at least every second and before each scrape. */
  check(): void {
    const now = this.#now();
    // WHY: if this very thread stood still (a suspended machine, a debugger), the others may have stood still with it.
    const stalled = now - this.#checkedAt > this.#hungAfterMs / 2;
    this.#checkedAt = now;
    if (stalled) { for (const watched of this.#watched.values()) watched.beatAt = now; }
    for (const [source, watched] of this.#watched) {
      if (watched.state === "ended") this.#checkQuarantine(source, watched);
      else this.#checkBeat(source, watched, now);
    }
    if (now - this.#foldedCheckedAt < FOLDED_CHECK_MS) return;
    this.#foldedCheckedAt = now;
    for (const folded of this.#folded) {
      const fingerprint = fingerprintOf(folded.source);
      if (fingerprint !== folded.fingerprint) {
        folded.fingerprint = fingerprint;
        this.zombieWrites++;
      }
    }
  }

  /**
   * Takes note of an end that the host has proven. Its live gauges are hidden at once; its totals are folded as soon as
   * its slab has rested for a second. WHY: in Deno the proof, a lock that was let go, may come some milliseconds
   * before the thread's last store.
   */
  ended(source: SlabSource): void {
    this.#leave(source, { proven: true, quarantineMs: SETTLE_MS });
  }

  /**
   * Takes note of an end that is only assumed: the thread was told to end, but may still write. Its live gauges are
   * hidden at once; its totals are read on until they have not changed for the quarantine, then folded.
   */
  assumeEnded(source: SlabSource): void {
    this.#leave(source, { proven: false, quarantineMs: this.#quarantineMs });
  }

  #leave(source: SlabSource, how: Pick<Watched, "proven" | "quarantineMs">): void {
    if (!this.#watched.has(source)) this.add(source);
    const watched = this.#watched.get(source)!;
    if (watched.state === "ended") return;
    // WHY: what the directory does not tell yet would look like a write later.
    this.#collector.poll();
    Object.assign(watched, how);
    watched.state = "ended";
    watched.unchangedSince = this.#now();
    watched.fingerprint = fingerprintOf(source);
    source.fence();
    this.#collector.setLive(source, false);
  }

  #checkBeat(source: SlabSource, watched: Watched, now: number): void {
    const { beat } = source;
    if (beat !== watched.beat) {
      watched.beat = beat;
      watched.beatAt = now;
      watched.state = "live";
    } else if (
      watched.state === "live" && now - watched.beatAt > this.#hungAfterMs &&
      source.status().state !== SLAB_STATE.CLOSED
    ) {
      watched.state = "hung";
    }
    this.#collector.setLive(source, watched.state !== "hung");
  }

  #checkQuarantine(source: SlabSource, watched: Watched): void {
    const fingerprint = fingerprintOf(source);
    if (fingerprint !== watched.fingerprint) {
      // WHY: what the directory does not tell yet would look like a write later.
      this.#collector.poll();
      watched.fingerprint = fingerprintOf(source);
      watched.unchangedSince = this.#now();
    } else if (this.#now() - watched.unchangedSince >= watched.quarantineMs) {
      this.#watched.delete(source);
      this.#collector.retire(source);
      // WHY: who has ended for certain would only push those out that may write on.
      if (watched.proven) return;
      this.#folded.push({ source, fingerprint });
      if (this.#folded.length > FOLDED_MAX) this.#folded.shift();
    }
  }
}

/** What changes with any value of a slab, any new series and any that found no room, also those not learned yet. */
function fingerprintOf(source: SlabSource): string {
  const { usedBytes, seriesCount, droppedSeries, droppedFamilies } = source.status();
  return [source.fingerprint(), usedBytes, seriesCount, droppedSeries, droppedFamilies].join(" ");
}
