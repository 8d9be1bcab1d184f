/**
 * What promslab tells about itself: workers, slabs, scrapes that had to make do.
 *
 * @module
 */
// CONTROL PLANE
import { Counter } from "../metric/counter.ts";
import { Gauge } from "../metric/gauge.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { Registry } from "../registry/registry.ts";
import type { Collector } from "./collector.ts";
import type { SlabSource } from "./slab_source.ts";
import { WORKER_STATES, type WorkerWatch } from "./worker_watch.ts";

/** Why a worker was replaced. */
export type RestartReason = "crash" | "hang" | "memory" | "rolling";

/** Counters that start at 0, so that a first increase is seen as one. */
const RESTART_REASONS: readonly RestartReason[] = ["crash", "hang", "memory", "rolling"];

/** What the names of all of them begin with. */
const PREFIX = "promslab_";

/** What the families of {@linkcode SelfMetrics} are about. */
export interface SelfMetricsOptions {
  readonly collector: Collector;
  readonly watch: WorkerWatch;
  /** The registry of the collecting thread. Default: the default registry. */
  readonly registry?: Registry;
}

/** What the counters have counted so far of numbers that others keep. */
interface Seen {
  stale: number;
  bad: number;
  conflicts: number;
  helps: number;
  zombies: number;
}

/** The `promslab_` families. The collector's thread only; they are brought up to date before each pass. */
export class SelfMetrics {
  readonly #collector: Collector;
  readonly #watch: WorkerWatch;
  readonly #workers: Gauge<"state">;
  readonly #restarts: Counter<"reason">;
  readonly #heartbeatAge: Gauge<"worker">;
  readonly #slabUsed: Gauge<"worker">;
  readonly #slabSize: Gauge<"worker">;
  readonly #series: Gauge<"worker">;
  readonly #dropped: Counter<"what">;
  readonly #stale: Counter;
  readonly #badSlabs: Counter;
  readonly #conflicts: Counter;
  readonly #helps: Counter;
  readonly #zombieWrites: Counter;
  /** What was counted of each slab's drops, which begin at 0 in every incarnation. */
  readonly #seenDrops: WeakMap<SlabSource, { series: number; families: number }> = new WeakMap();
  readonly #seen: Seen = { stale: 0, bad: 0, conflicts: 0, helps: 0, zombies: 0 };
  #slots: Set<string> = new Set();

  constructor({ collector, watch, registry = defaultRegistry }: SelfMetricsOptions) {
    this.#collector = collector;
    this.#watch = watch;
    const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
      Gauge.getOrCreate<L>({ name, help, labelNames, registry });
    const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
      Counter.getOrCreate<L>({ name, help, labelNames, registry });
    this.#workers = gauge("promslab_workers", "Workers by state: starting, live, hung, ended.", "state");
    this.#restarts = counter(
      "promslab_worker_restarts_total",
      "Workers that were replaced, by reason.",
      "reason",
    );
    this.#heartbeatAge = gauge(
      "promslab_worker_heartbeat_age_seconds",
      "Seconds since the worker's last heartbeat was seen.",
      "worker",
    );
    this.#slabUsed = gauge(
      "promslab_slab_used_bytes",
      "Bytes of the worker's slab that are in use.",
      "worker",
    );
    this.#slabSize = gauge("promslab_slab_size_bytes", "Bytes that the worker's slab reserves.", "worker");
    this.#series = gauge("promslab_slab_series", "Series in the worker's slab.", "worker");
    this.#dropped = counter(
      "promslab_dropped_total",
      "Updates of label sets, and families, that found no room: what=series went to an overflow series.",
      "what",
    );
    this.#stale = counter("promslab_scrape_stale_children_total", "Children served with an earlier value.");
    this.#badSlabs = counter("promslab_bad_slabs_total", "Slabs that were refused or found damaged.");
    this.#conflicts = counter(
      "promslab_conflicting_families_total",
      "Families left out because two workers disagree.",
    );
    this.#helps = counter(
      "promslab_help_mismatches_total",
      "Families of a worker whose help text is another elsewhere; the first text is shown.",
    );
    this.#zombieWrites = counter(
      "promslab_zombie_writes_total",
      "Folded slabs that were found written to afterwards.",
    );
    for (const reason of RESTART_REASONS) this.#restarts.labels(reason);
    for (const what of ["series", "families"]) this.#dropped.labels(what);
    collector.beforePass((filter) => this.#update(filter));
  }

  /** Counts a worker that was replaced. */
  restarted(reason: RestartReason): void {
    this.#restarts.inc({ reason });
  }

  #update(filter: ReadonlySet<string> | undefined): void {
    this.#watch.check();
    // WHY: who asks for a few families twenty times a second should not pay for these.
    if (filter !== undefined && !namesAny(filter)) return;
    const states = new Map<string, number>(WORKER_STATES.map((state) => [state, 0]));
    const slots = new Set<string>();
    for (const [source, { state }] of this.#watch.workers) {
      states.set(state, states.get(state)! + 1);
      if (state !== "ended") this.#describe(source, slots);
      this.#countDrops(source);
    }
    for (const [state, count] of states) this.#workers.set({ state }, count);
    for (const worker of this.#slots) if (!slots.has(worker)) this.#forget(worker);
    this.#slots = slots;
    const { stats } = this.#collector;
    this.#advance("stale", this.#stale, stats.staleChildren);
    this.#advance("bad", this.#badSlabs, stats.badSlabs);
    this.#advance("conflicts", this.#conflicts, stats.conflictingFamilies);
    this.#advance("helps", this.#helps, stats.mismatchedHelps);
    this.#advance("zombies", this.#zombieWrites, this.#watch.zombieWrites);
  }

  #describe(source: SlabSource, slots: Set<string>): void {
    const { worker } = source;
    const status = source.status();
    slots.add(worker);
    this.#heartbeatAge.set({ worker }, this.#watch.heartbeatAgeMs(source) / 1000);
    this.#slabUsed.set({ worker }, status.usedBytes);
    this.#slabSize.set({ worker }, status.totalBytes);
    this.#series.set({ worker }, status.seriesCount);
  }

  #countDrops(source: SlabSource): void {
    const { droppedSeries, droppedFamilies } = source.status();
    const seen = this.#seenDrops.get(source) ?? { series: 0, families: 0 };
    this.#dropped.inc({ what: "series" }, droppedSeries - seen.series);
    this.#dropped.inc({ what: "families" }, droppedFamilies - seen.families);
    this.#seenDrops.set(source, { series: droppedSeries, families: droppedFamilies });
  }

  #forget(worker: string): void {
    for (const gauge of [this.#heartbeatAge, this.#slabUsed, this.#slabSize, this.#series]) {
      gauge.remove({ worker });
    }
  }

  #advance(what: keyof Seen, counter: Counter, now: number): void {
    counter.inc(now - this.#seen[what]);
    this.#seen[what] = now;
  }
}

/** Whether a filter names any of the families here. */
function namesAny(filter: ReadonlySet<string>): boolean {
  for (const name of filter) if (name.startsWith(PREFIX)) return true;
  return false;
}
