/**
 * Gathers the families of all slabs.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "../model/given_text.ts";
import { descriptorDifference, sampleNames } from "../model/define.ts";
import type { Descriptor } from "../model/descriptor.ts";
import type { Removal } from "../model/removal.ts";
import type { FamilySamples, SampleSink } from "../model/samples.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { Registry } from "../registry/registry.ts";
import { openSlab } from "../slab/slab.ts";
import type { CollectorOptions, CollectorStats } from "./collector_options.ts";
import { checkDefaultLabels } from "./default_labels.ts";
import { MergedFamily } from "./merged_family.ts";
import { PendingRemovals } from "./pending_removals.ts";
import { RetryBudget } from "./retry_budget.ts";
import { type DirectoryListener, readCommits, SlabSource } from "./slab_source.ts";
import { Turns } from "./turns.ts";

/** The names that no two families may share. */
function namesOf(descriptor: Descriptor): string[] {
  return [descriptor.name, ...sampleNames(descriptor)];
}

function byName({ descriptor: a }: MergedFamily, { descriptor: b }: MergedFamily): number {
  return a.name < b.name ? -1 : 1;
}

/** How many records of a directory are read in about two milliseconds. */
const RECORDS_PER_SLICE = 256;

/**
 * Reads any number of slabs as one registry. One thread only, any; in a server it is the main thread.
 * Workers are not asked, not stopped, and need not be alive.
 *
 * @example The sum of two workers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter, createSlab, Registry, snapshot } from "promslab";
 *
 * const collector = new Collector(new Registry());
 * for (const slot of [0, 1]) {
 *   const slab = createSlab({ slot, epoch: 1 });
 *   const worker = new Registry();
 *   worker.attach({ slab });
 *   collector.addSlab(slab);
 *   new Counter({ name: "jobs_total", help: "Jobs done.", registry: worker }).inc(slot + 1);
 * }
 * const [jobs] = await snapshot(collector);
 * assertEquals([jobs.name, "value" in jobs && jobs.value], ["jobs", 3]);
 * ```
 */
export class Collector {
  /** What happened to the scrapes so far. */
  readonly stats: CollectorStats = {
    staleChildren: 0,
    badSlabs: 0,
    conflictingFamilies: 0,
    mismatchedHelps: 0,
  };
  readonly #registry: Registry;
  readonly #onProblem: (message: string) => void;
  readonly #now: (() => number) | undefined;
  readonly #wallNow: () => number;
  readonly #defaultLabels: Readonly<Record<string, string>>;
  readonly #relaysRemovals: boolean;
  readonly #families: Map<string, MergedFamily> = new Map();
  /** Which family writes samples of a name. */
  readonly #owners: Map<string, Descriptor> = new Map();
  #sorted: MergedFamily[] | undefined;
  /** Families whose series end when they are idle. */
  #expiring: MergedFamily[] = [];
  readonly #sources: Set<SlabSource> = new Set();
  #ownSource: SlabSource | undefined;
  #preparing: Promise<void> | undefined;
  /** Families whose callback failed in the last {@linkcode Collector.prepare}. */
  #leftOut: ReadonlySet<string> = new Set();
  readonly #beforePass: ((filter?: ReadonlySet<string>) => void)[] = [];
  readonly #turns: Turns = new Turns();
  readonly #beforeRetire: ((source: SlabSource) => void)[] = [];
  /** Removals that some worker has not applied yet. */
  readonly #removals: PendingRemovals = new PendingRemovals();
  readonly #listener: DirectoryListener = {
    familyFor: (descriptor) => this.#familyFor(descriptor),
    removal: (removal, number, source) => this.#removal(removal, number, source),
    lateRemoval: (series) => this.#removals.late(series),
  };

  /**
   * A collector of one slab so far, that of its own thread.
   *
   * @param registry the registry of this thread, which is always part of what is gathered
   * @throws {TypeError} If the registry is none
   * @throws {TypeError | RangeError} If a default label has no valid name or value
   */
  constructor(registry: Registry = defaultRegistry, options: CollectorOptions = {}) {
    if (typeof registry?.collect !== "function") {
      throw new TypeError(`Cannot make a collector: wanted a Registry, given ${givenText(registry)}`);
    }
    this.#registry = registry;
    this.#onProblem = options.onProblem ?? (() => {});
    this.#now = options.now;
    this.#wallNow = options.wallNow ?? Date.now;
    this.#defaultLabels = checkDefaultLabels(options.defaultLabels ?? {});
    this.#relaysRemovals = options.relaysRemovals ?? true;
  }

  /**
   * Adds a worker's slab.
   *
   * @param buffer memory that `createSlab()` made
   * @returns the source, to be handed to {@linkcode Collector.setLive} and {@linkcode Collector.retire}
   * @throws {SlabError} If it is not a slab of this library's layout version; it is counted too
   */
  addSlab(buffer: SharedArrayBuffer): SlabSource {
    try {
      const source = new SlabSource(openSlab(buffer), this.#relaysRemovals);
      this.#sources.add(source);
      if (this.#relaysRemovals) this.#registry.audience.add(source);
      return source;
    } catch (error) {
      this.stats.badSlabs++;
      throw error;
    }
  }

  /**
   * Has no removal wait any more for the owners of the slabs: when all of them have ended and the process goes on. What
   * they counted can still be gathered.
   */
  letGo(): void {
    for (const source of this.#sources) this.#registry.audience.delete(source);
  }

  /** The slabs that are part of what is gathered, without the collector's own registry. */
  get sources(): ReadonlySet<SlabSource> {
    return this.#sources;
  }

  /** Families that passes leave out, because their collect callback failed or was late. */
  get leftOut(): ReadonlySet<string> {
    return this.#leftOut;
  }

  /**
   * Has a function called before each pass, to bring values up to date that nobody pushes. It is given the names of the
   * families that are wanted, if not all are. It must not throw.
   */
  beforePass(update: (filter?: ReadonlySet<string>) => void): void {
    this.#beforePass.push(update);
  }

  /** Has a function called for each slab that is about to be taken out, whose header it may read a last time. */
  beforeRetire(look: (source: SlabSource) => void): void {
    this.#beforeRetire.push(look);
  }

  /** Says whether a source's worker is alive. The live gauges of others are hidden; they come back with it. */
  setLive(source: SlabSource, live: boolean): void {
    if (source.live === live) return;
    source.live = live;
    for (const { family } of source.columns()) family.livenessChanged();
  }

  /**
   * Takes a slab out whose owner has ended: its totals, and gauges that are not live, are kept. The slab is read
   * one last time, so call this when the owner writes no more.
   */
  retire(source: SlabSource): void {
    if (!this.#sources.delete(source)) return;
    for (const look of this.#beforeRetire) look(source);
    this.#registry.audience.delete(source);
    this.#parse(source);
    const budget = new RetryBudget(this.#now);
    source.read(budget, () => this.#parse(source));
    for (const { family, column } of source.columns()) family.leave(column, true);
    this.stats.staleChildren += budget.staleCount;
    this.#removals.leave(source);
    this.#succeedDefinitions(source);
  }

  /**
   * Lets go of families that only an ended worker had, if another definition waits for that: after a change of the
   * program the new one counts as soon as no worker has the old one, whose totals mean something else.
   */
  #succeedDefinitions(ended: SlabSource): void {
    const wanted = new Set([...this.#sources].flatMap(({ refused }) => [...refused].flatMap(namesOf)));
    if (wanted.size === 0) return;
    const freed = new Set<string>();
    for (const { family } of ended.columns()) {
      const names = namesOf(family.descriptor);
      if (!family.isAbandoned || !names.some((name) => wanted.has(name))) continue;
      this.#families.delete(family.descriptor.name);
      for (const name of names) {
        this.#owners.delete(name);
        freed.add(name);
      }
      this.#expiring = this.#expiring.filter((one) => one !== family);
      this.#sorted = undefined;
    }
    const mayFit = (descriptor: Descriptor) => namesOf(descriptor).some((name) => freed.has(name));
    if (freed.size > 0) { for (const source of this.#sources) source.retryRefused(this.#listener, mayFit); }
  }

  /**
   * Runs the collect callbacks of this thread, so that the next pass finds current values. Families whose callback
   * failed are left out of the passes until the next call. Calls that overlap share one run.
   *
   * @param timeoutMs how long to wait for asynchronous callbacks, in milliseconds; default 2000
   * @param filter names of the families that the next pass is to give: callbacks of others are not run; all by default
   */
  prepare(timeoutMs?: number, filter?: ReadonlySet<string>): Promise<void> {
    if (this.#preparing !== undefined) return this.#preparing;
    const prepared = this.#registry.collect(timeoutMs, filter).then((failed) => {
      this.#leftOut = failed;
      this.#preparing = undefined;
    });
    // WHY: who wants all families cannot share a run for some.
    if (filter === undefined) this.#preparing = prepared;
    return prepared;
  }

  /**
   * Runs a function that makes a pass, or changes what is gathered, when no other such function is under way. The columns
   * serve one pass at a time: a pass that begins while another waits between two blocks would give that one values of
   * two moments. Metrics handlers, `snapshot()` and what pushes take their turns here by themselves, so do not wait for
   * them within `run`. Call this for a pass of your own over a collector that is also read by one of them.
   *
   * @param run has its turn alone; what it rejects with is handed on
   */
  exclusively<T>(run: () => T | Promise<T>): Promise<T> {
    return this.#turns.exclusively(run);
  }

  /** One pass over all slabs into a sink: families sorted by name, series by label values. */
  gather(sink: SampleSink, filter?: ReadonlySet<string>): void {
    for (const block of this.blocks(filter)) sink.samples(block);
  }

  /**
   * The same pass, block by block, so that the caller may turn to other work in between. Values are read when a
   * family's first block is asked for. No callback runs: {@linkcode Collector.prepare} does that. Passes that
   * overlap spoil each other: see {@linkcode Collector.exclusively}.
   *
   * @param filter names of the families that are wanted; all by default
   */
  *blocks(filter?: ReadonlySet<string>): Iterable<FamilySamples> {
    for (const update of this.#beforePass) update(filter);
    this.poll();
    const budget = new RetryBudget(this.#now);
    const parse = (source: SlabSource) => void this.#parse(source);
    readCommits([this.#ownSource!, ...this.#sources], budget, { parse, filter });
    const now = this.#expiring.length === 0 ? 0 : this.#now?.() ?? performance.now();
    const wallMs = this.#wallNow();
    this.#registry.clock.look();
    for (const family of this.#wanted(filter)) {
      if (this.#leftOut.has(family.descriptor.name)) continue;
      yield* family.blocks(budget, now, wallMs);
    }
    this.stats.staleChildren += budget.staleCount;
    for (const family of this.#expiring) this.#removeIdle(family);
  }

  /** The families of a pass, by name. A few are looked up, so that their cost does not grow with all the others. */
  #wanted(filter: ReadonlySet<string> | undefined): readonly MergedFamily[] {
    if (filter === undefined) return this.#sorted ??= [...this.#families.values()].sort(byName);
    const wanted: MergedFamily[] = [];
    let last = "";
    let isSorted = true;
    for (const name of filter) {
      const family = this.#families.get(name);
      if (family === undefined) continue;
      isSorted &&= last < name;
      last = name;
      wanted.push(family);
    }
    return isSorted ? wanted : wanted.sort(byName);
  }

  /**
   * Learns what is new in all directories, and passes on the removals that workers asked for. Every pass begins with
   * it; called every 250 ms or so besides, it makes removals act sooner.
   */
  poll(): void {
    const own = this.#ownSource ??= new SlabSource(this.#registry.slab, this.#relaysRemovals);
    for (const source of this.#sources) this.#parse(source);
    this.#registry.sweep();
    // WHY: last, because a removal that a worker asked for is announced in this slab.
    this.#parse(own);
    this.#forgetRemovals();
  }

  /**
   * The same, some records at a time, so that a million new series do not keep the thread from other work for seconds.
   *
   * @param pause lets other work run; called every few milliseconds
   * @param filter names of the families whose new series are put in order now; all by default
   */
  async learn(pause: () => Promise<void> | undefined, filter?: ReadonlySet<string>): Promise<void> {
    await this.learnBeforePass(pause, filter);
    this.poll();
  }

  /**
   * The part of {@linkcode Collector.learn} that may take long, for a pass that follows at once and polls by itself.
   *
   * @param pause lets other work run, if that is due; called every few milliseconds
   * @param filter names of the families that the pass is to give; all by default
   * @internal
   */
  async learnBeforePass(
    pause: () => Promise<void> | undefined,
    filter?: ReadonlySet<string>,
  ): Promise<void> {
    for (const source of [...this.#sources]) {
      while (this.#sources.has(source) && !this.#parse(source, RECORDS_PER_SLICE)) await pause();
    }
    for (const family of this.#wanted(filter)) for (const _ of family.sorting()) await pause();
  }

  #removeIdle(family: MergedFamily): void {
    const { name, labelNames } = family.descriptor;
    for (const values of family.takeIdle()) {
      const labels = Object.fromEntries(labelNames.map((label, i) => [label, values[i]]));
      try {
        this.#registry.remove({ family: name, labels, reset: false });
      } catch (error) {
        // WHY: there is no room to announce it now; the series is still idle at the next pass.
        this.#onProblem((error as Error).message);
      }
    }
  }

  /** Takes a removal: from a worker to pass it on, from the own slab to act on it. */
  #removal(removal: Removal, number: number, source: SlabSource): void {
    if (!this.#relaysRemovals) return this.#actOn(removal, { by: source, number });
    if (source !== this.#ownSource) {
      this.#removals.asked(removal, source);
      try {
        this.#registry.relay({ ...removal, ask: number });
      } catch (error) {
        this.#onProblem((error as Error).message);
      }
      return;
    }
    const place = { number, origin: this.#removals.askedBy(removal) ?? source };
    this.#removals.add({ removal, ...place });
    this.#families.get(removal.family)?.remove(removal, place);
  }

  /**
   * Acts on a removal of a thread that has no common log with this one: at once in the own registry, and in what is
   * gathered of threads that have not acted on it yet, or never will.
   */
  #actOn(removal: Removal, announced: { readonly by: SlabSource; readonly number: number }): void {
    if (announced.by !== this.#ownSource) this.#registry.apply(removal);
    if (removal.at === undefined) return;
    const place = { number: removal.at, origin: undefined };
    this.#removals.add({ removal, ...place, announced });
    this.#families.get(removal.family)?.remove(removal, place);
  }

  /** Forgets the removals that all workers have applied. */
  #forgetRemovals(): void {
    if (!this.#relaysRemovals) {
      const isRead = (source: SlabSource) => source === this.#ownSource || this.#sources.has(source);
      return this.#removals.forgetSettled(isRead);
    }
    let seen = this.#removals.last;
    if (seen === undefined) return;
    // WHY: those of all collectors of this thread, as they share the log.
    for (const source of this.#registry.audience) seen = Math.min(seen, source.status().removalsSeen);
    this.#removals.forget(seen);
    this.#registry.forgetRemovals(seen);
  }

  /**
   * Learns what is new in a slab's directory. A damaged slab keeps what was learned before the damage.
   *
   * @returns whether nothing new is left
   */
  #parse(source: SlabSource, newMax?: number): boolean {
    if (source.bad) return true;
    try {
      return source.parse(this.#listener, newMax);
    } catch (error) {
      source.bad = true;
      this.stats.badSlabs++;
      this.#onProblem(`Cannot read slab of worker ${source.worker}: ${(error as Error).message}`);
      return true;
    }
  }

  #familyFor(descriptor: Descriptor): MergedFamily | undefined {
    const { name } = descriptor;
    const existing = this.#families.get(name);
    if (existing === undefined) return this.#addFamily(descriptor);
    const { help } = existing.descriptor;
    const difference = descriptorDifference(existing.descriptor, { ...descriptor, help });
    if (difference === undefined) {
      if (help !== descriptor.help) this.#tellHelp(existing.descriptor, descriptor);
      return existing;
    }
    this.#refuse(`Cannot merge family "${name}": it is defined in two ways, ${difference}`);
    return undefined;
  }

  #addFamily(descriptor: Descriptor): MergedFamily | undefined {
    const { name } = descriptor;
    const samples = sampleNames(descriptor);
    for (const sample of samples) {
      const owner = this.#owners.get(sample);
      if (owner === undefined) continue;
      this.#refuse(
        `Cannot merge family "${name}": its sample "${sample}" belongs to ${owner.type} "${owner.name}" of another worker`,
      );
      return undefined;
    }
    const family = new MergedFamily(descriptor, this.#defaultLabels);
    this.#families.set(name, family);
    if (descriptor.ttlSeconds > 0) this.#expiring.push(family);
    for (const sample of samples) this.#owners.set(sample, descriptor);
    this.#sorted = undefined;
    return family;
  }

  /** A help text changes no number, so the family merges; every scrape shows the text that came first. */
  #tellHelp({ name, help }: Descriptor, { help: other }: Descriptor): void {
    this.stats.mismatchedHelps++;
    this.#onProblem(
      `Merged family "${name}" in spite of its help texts: shown is ${JSON.stringify(help)}, not ${
        JSON.stringify(other)
      }`,
    );
  }

  #refuse(problem: string): void {
    this.stats.conflictingFamilies++;
    this.#onProblem(problem);
  }
}
