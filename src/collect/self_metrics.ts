/**
 * What promslab tells about itself: workers, slabs, scrapes that had to make do.
 *
 * @module
 */
// CONTROL PLANE
import { Counter } from "../metric/counter.ts";
import { Gauge } from "../metric/gauge.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import { Registry } from "../registry/registry.ts";
import { createSlab, type Slab } from "../slab/slab.ts";
import { type SlabStatus, slabStatus } from "../slab/slab_status.ts";
import type { Collector } from "./collector.ts";
import type { SlabSource } from "./slab_source.ts";
import { WORKER_STATES, type WorkerState, type WorkerWatch } from "./worker_watch.ts";

/** Why a worker was replaced. */
export type RestartReason = "crash" | "hang" | "memory" | "rolling";

/** Counters that start at 0, so that a first increase is seen as one. */
const RESTART_REASONS: readonly RestartReason[] = ["crash", "hang", "memory", "rolling"];

/** What the names of all of them begin with. */
const PREFIX = "promslab_";

/** Memory for what one thread tells of all others, where each answers for all: four series for each thread. */
const VIEW_SLAB_BYTES = 1024 * 1024;

/** What the families of {@linkcode SelfMetrics} are about. */
export interface SelfMetricsOptions {
  readonly collector: Collector;
  readonly watch: WorkerWatch;
  /** The registry of the collecting thread. Default: the default registry. */
  readonly registry?: Registry;
  /**
   * Whether every thread answers scrapes for all, as those of `deno serve --parallel` do: each then tells what it sees
   * itself, in memory that no other thread reads, and of itself as one of the workers. Families that would differ from
   * thread to thread are left out. For a collector that relays no removals. Default false.
   */
  readonly everyThread?: boolean;
  /** The slots whose workers end early, one after the other, if somebody replaces them. Default: none. */
  readonly crashLoops?: () => ReadonlySet<number>;
}

/** What is told of a slot in a crash loop instead of the state of whatever worker it has just then. */
const CRASH_LOOP = "crash_loop";

/** What the counters have counted so far of numbers that others keep. */
interface Seen {
  stale: number;
  bad: number;
}

/** Families that one thread alone can count. */
interface GathererFamilies {
  readonly restarts: Counter<"reason">;
  readonly conflicts: Counter;
  readonly helps: Counter;
  readonly zombieWrites: Counter;
  readonly seen: { conflicts: number; helps: number; zombies: number };
}

/** The `promslab_` families. The collector's thread only; they are brought up to date before each pass. */
export class SelfMetrics {
  readonly #collector: Collector;
  readonly #watch: WorkerWatch;
  /** The thread's own slab. */
  readonly #own: Slab;
  /** Where the families are. */
  readonly #registry: Registry;
  readonly #everyThread: boolean;
  readonly #crashLoops: () => ReadonlySet<number>;
  readonly #workers: Gauge<"state">;
  readonly #heartbeatAge: Gauge<"worker">;
  readonly #slabUsed: Gauge<"worker">;
  readonly #slabSize: Gauge<"worker">;
  readonly #series: Gauge<"worker">;
  readonly #dropped: Counter<"what">;
  readonly #stale: Counter;
  readonly #badSlabs: Counter;
  readonly #gatherer: GathererFamilies | undefined;
  /** What was counted of each slab's drops, which begin at 0 in every incarnation. */
  readonly #seenDrops: WeakMap<SlabSource | Slab, { series: number; families: number }> = new WeakMap();
  readonly #seen: Seen = { stale: 0, bad: 0 };
  #slots: Set<string> = new Set();

  constructor(options: SelfMetricsOptions) {
    const { collector, watch, registry: own = defaultRegistry, everyThread = false } = options;
    this.#collector = collector;
    this.#watch = watch;
    this.#own = own.slab;
    this.#everyThread = everyThread;
    this.#crashLoops = options.crashLoops ?? (() => new Set());
    // WHY: what several threads tell of the same workers must not add up.
    const registry = this.#registry = everyThread ? openView(collector) : own;
    const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
      Gauge.getOrCreate<L>({ name, help, labelNames, registry });
    const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
      Counter.getOrCreate<L>({ name, help, labelNames, registry });
    this.#workers = gauge(
      "promslab_workers",
      "Workers by state: starting, live, hung, ended, crash_loop.",
      "state",
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
    // WHY in the shared registry: each thread counts its own scrapes, so these do add up.
    this.#stale = Counter.getOrCreate({
      name: "promslab_scrape_stale_children_total",
      help: "Children served with an earlier value.",
      registry: own,
    });
    this.#badSlabs = counter("promslab_bad_slabs_total", "Slabs that were refused or found damaged.");
    this.#gatherer = everyThread ? undefined : gathererFamilies(registry);
    for (const what of ["series", "families"]) this.#dropped.labels(what);
    collector.beforePass((filter) => this.#update(filter));
    collector.beforeRetire((source) => this.#countDrops(source, source.status()));
  }

  /** Counts a worker that was replaced. */
  restarted(reason: RestartReason): void {
    this.#gatherer?.restarts.inc({ reason });
  }

  #update(filter: ReadonlySet<string> | undefined): void {
    this.#watch.check();
    // WHY: who asks for a few families twenty times a second should not pay for these.
    if (filter !== undefined && !namesAny(filter)) return;
    const states = new Map<string, number>(WORKER_STATES.map((state) => [state, 0]));
    const crashLoops = this.#crashLoops();
    if (!this.#everyThread) states.set(CRASH_LOOP, crashLoops.size);
    const slots = new Set<string>();
    const count = (state: WorkerState) => states.set(state, states.get(state)! + 1);
    const own = slabStatus(this.#own);
    this.#countDrops(this.#own, own);
    if (this.#everyThread) {
      count("live");
      this.#describe({ worker: String(own.slot), status: own, beatAgeMs: 0 }, slots);
    }
    for (const [source, { state }] of this.#watch.workers) {
      if (state === "ended" || !crashLoops.has(source.slot)) count(state);
      if (state === "ended") continue;
      const beatAgeMs = this.#watch.heartbeatAgeMs(source);
      this.#describe({ worker: source.worker, status: source.status(), beatAgeMs }, slots);
    }
    // WHY not of those that are watched: the slabs of threads without a heart are gathered too.
    for (const source of this.#collector.sources) this.#countDrops(source, source.status());
    for (const [state, count] of states) this.#workers.set({ state }, count);
    for (const worker of this.#slots) if (!slots.has(worker)) this.#forget(worker);
    this.#slots = slots;
    const { stats } = this.#collector;
    const seen = this.#seen;
    advance(seen, "stale", { counter: this.#stale, now: stats.staleChildren });
    advance(seen, "bad", { counter: this.#badSlabs, now: stats.badSlabs });
    if (this.#gatherer === undefined) return;
    const { conflicts, helps, zombieWrites, seen: gathererSeen } = this.#gatherer;
    advance(gathererSeen, "conflicts", { counter: conflicts, now: stats.conflictingFamilies });
    advance(gathererSeen, "helps", { counter: helps, now: stats.mismatchedHelps });
    advance(gathererSeen, "zombies", { counter: zombieWrites, now: this.#watch.zombieWrites });
  }

  #describe({ worker, status, beatAgeMs }: WorkerLook, slots: Set<string>): void {
    slots.add(worker);
    this.#heartbeatAge.set({ worker }, beatAgeMs / 1000);
    this.#slabUsed.set({ worker }, status.usedBytes);
    this.#slabSize.set({ worker }, status.totalBytes);
    this.#series.set({ worker }, status.seriesCount);
  }

  /** Counts what a slab dropped since the last look. The last look is just before its owner's values are kept for good. */
  #countDrops(slab: SlabSource | Slab, { droppedSeries, droppedFamilies }: SlabStatus): void {
    const seen = this.#seenDrops.get(slab) ?? { series: 0, families: 0 };
    if (droppedSeries === seen.series && droppedFamilies === seen.families) return;
    // The words wrap.
    this.#dropped.inc({ what: "series" }, (droppedSeries - seen.series) >>> 0);
    this.#dropped.inc({ what: "families" }, (droppedFamilies - seen.families) >>> 0);
    this.#seenDrops.set(slab, { series: droppedSeries, families: droppedFamilies });
  }

  #forget(worker: string): void {
    for (
      const { descriptor: { name } } of [this.#heartbeatAge, this.#slabUsed, this.#slabSize, this.#series]
    ) {
      // WHY not remove(): no other thread has these families, so a removal that all must act on would tell them nothing.
      this.#registry.apply({ family: name, labels: { worker }, reset: false, origin: "" });
    }
  }
}

/** What is told of one worker. */
interface WorkerLook {
  readonly worker: string;
  readonly status: SlabStatus;
  readonly beatAgeMs: number;
}

/** A registry that this thread's collector reads, and nobody else's. */
function openView(collector: Collector): Registry {
  const slab = createSlab({ bytes: VIEW_SLAB_BYTES });
  const registry = new Registry();
  registry.attach({ slab });
  collector.addSlab(slab);
  return registry;
}

function gathererFamilies(registry: Registry): GathererFamilies {
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    Counter.getOrCreate<L>({ name, help, labelNames, registry });
  const restarts = counter(
    "promslab_worker_restarts_total",
    "Workers that were replaced, by reason.",
    "reason",
  );
  for (const reason of RESTART_REASONS) restarts.labels(reason);
  return {
    restarts,
    conflicts: counter(
      "promslab_conflicting_families_total",
      "Families left out because two workers disagree.",
    ),
    helps: counter(
      "promslab_help_mismatches_total",
      "Families of a worker whose help text is another elsewhere; the first text is shown.",
    ),
    zombieWrites: counter(
      "promslab_zombie_writes_total",
      "Folded slabs that were found written to afterwards.",
    ),
    seen: { conflicts: 0, helps: 0, zombies: 0 },
  };
}

/** Brings a counter up to a number that somebody else keeps. */
function advance<K extends string>(
  seen: Record<K, number>,
  what: K,
  { counter, now }: { readonly counter: Counter; readonly now: number },
): void {
  counter.inc(now - seen[what]);
  seen[what] = now;
}

/** Whether a filter names any of the families here. */
function namesAny(filter: ReadonlySet<string>): boolean {
  for (const name of filter) if (name.startsWith(PREFIX)) return true;
  return false;
}
