/**
 * Names and their families.
 *
 * @module
 */
// CONTROL PLANE
import { Family } from "../metric/family.ts";
import type { CollectCallback, Registerer } from "../metric/registerer.ts";
import { descriptorDifference, takenNames } from "../model/define.ts";
import type { Descriptor } from "../model/descriptor.ts";
import { DuplicateFamilyError } from "../model/errors.ts";
import type { Removal } from "../model/removal.ts";
import { WallClock } from "../metric/wall_clock.ts";
import type { CellShape } from "../slab/cell_shape.ts";
import { createControl, RemovalClock, TicketCounter } from "../slab/control.ts";
import { createConfinedSlab, openSlab, type Slab, SlabError } from "../slab/slab.ts";
import { publish, SlabWriter } from "../slab/slab_writer.ts";
import { CollectCallbacks } from "./collect_callbacks.ts";
import { RemovalLog } from "./removal_log.ts";

/** Options of a {@linkcode Registry}. */
export interface RegistryOptions {
  /** Address space of the slab that the registry makes for itself, in bytes. Default 64 MiB. */
  readonly slabBytes?: number;
  /** A monotonic clock in milliseconds, by which the memory of removed series rests. */
  readonly now?: () => number;
  /** The time of day in milliseconds since the Unix epoch. */
  readonly wallNow?: () => number;
}

/** What another thread gives so that a registry writes where that thread can read. */
export interface Attachment {
  /** The slab, made by `createSlab()`. */
  readonly slab: SharedArrayBuffer;
  /** The control block that all threads share, made by `createControl()`. */
  readonly control?: SharedArrayBuffer;
  /** The slab of the thread that gathers, in whose directory removals are announced. */
  readonly log?: SharedArrayBuffer;
}

/** Another thread's slab, whose header says how many removals of the log its owner has applied. */
export interface RemovalListener {
  status(): { readonly removalsSeen: number };
}

/**
 * The families of one thread, by name. Owner thread only. All of them write into one slab, which the registry makes
 * at the first definition unless it was given one before.
 *
 * @example A registry of its own, as tests want it
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registry });
 * assertEquals(registry.descriptors().map(({ name }) => name), ["jobs_total"]);
 * ```
 */
export class Registry implements Registerer {
  readonly #families: Map<string, Family> = new Map();
  /** Those that have a name here and those that have none. */
  readonly #allFamilies: Family[] = [];
  /**
   * Who reads the removals that this registry announces, as the collectors of this thread know them.
   *
   * @internal
   */
  readonly audience: Set<RemovalListener> = new Set();
  /** Which family writes samples of a name. */
  readonly #owners: Map<string, Descriptor> = new Map();
  readonly #callbacks: CollectCallbacks = new CollectCallbacks(this);
  /** @internal */
  readonly clock: WallClock;
  readonly #slabBytes: number | undefined;
  readonly #now: (() => number) | undefined;
  #writer: SlabWriter | undefined;
  #tickets: TicketCounter | undefined;
  #control: SharedArrayBuffer | undefined;
  #log: RemovalLog | undefined;
  /** Orders removals, once this registry is read by others that it reads too. */
  #removalClock: RemovalClock | undefined;
  /** How many removals there were before. */
  #removalsPassed = 0;

  /** A registry without families. Its slab is made at the first definition, or given by {@linkcode Registry.attach}. */
  constructor(options: RegistryOptions = {}) {
    this.#slabBytes = options.slabBytes;
    this.#now = options.now;
    this.clock = new WallClock(options.wallNow);
  }

  /**
   * Makes the registry write into a slab that another thread made. Before the first definition.
   *
   * @throws {SlabError} If the memory is not a slab of this library's layout version
   * @throws {Error} If the registry has a slab already
   */
  attach({ slab, control, log }: Attachment): void {
    if (this.#writer !== undefined) {
      throw new Error("Cannot attach slab: the registry has one already, attach before the first definition");
    }
    this.#writer = new SlabWriter(openSlab(slab), this.#now);
    this.#control = control;
    if (log !== undefined) {
      this.#log = new RemovalLog(openSlab(log));
      // WHY: what was removed before this thread has any series does not concern it.
      this.#writer.removalsSeen = this.#log.passOver();
      this.#writer.publishRemovalsSeen();
    }
  }

  /**
   * The registry's slab; made now if there was none.
   *
   * @internal
   */
  get slab(): Slab {
    return this.#ownWriter().slab;
  }

  /**
   * Orders events of all threads.
   *
   * @internal
   */
  get tickets(): TicketCounter {
    return this.#tickets ??= new TicketCounter(this.control);
  }

  /**
   * Makes the family of a new name.
   *
   * @throws {DuplicateFamilyError} If the name is taken, one of its samples', or the family's in OpenMetrics
   * @internal
   */
  define(descriptor: Descriptor, shape: CellShape): Family {
    const existing = this.#families.get(descriptor.name);
    if (existing !== undefined) throw duplicate(existing.descriptor, descriptor);
    return this.#add(descriptor, shape);
  }

  /**
   * The family of a name, made if it is new.
   *
   * @throws {DuplicateFamilyError} If it is there with another definition
   * @internal
   */
  getOrDefine(descriptor: Descriptor, shape: CellShape): Family {
    const existing = this.#families.get(descriptor.name);
    if (existing === undefined) return this.#add(descriptor, shape);
    if (descriptorDifference(existing.descriptor, descriptor) !== undefined) {
      throw duplicate(existing.descriptor, descriptor);
    }
    return existing;
  }

  /**
   * Makes a family that is in the slab but has no name here: any number of owners may have one of the same definition,
   * each with cells of its own, and whoever gathers adds them up.
   *
   * @internal
   */
  defineUnlisted(descriptor: Descriptor, shape: CellShape): Family {
    const family = new Family(descriptor, { writer: this.#ownWriter(), shape });
    this.#allFamilies.push(family);
    return family;
  }

  /**
   * The family of a name, if it is defined.
   *
   * @internal
   */
  family(name: string): Family | undefined {
    return this.#families.get(name);
  }

  /** The definitions, in the order in which they were made. */
  descriptors(): Descriptor[] {
    return [...this.#families.values()].map((family) => family.descriptor);
  }

  /**
   * Adds a callback that brings families up to date before they are read; see {@linkcode CollectCallback}.
   *
   * @param key what it is known by, by default itself; a key that is there keeps the callback it has
   */
  register(callback: CollectCallback, key: unknown = callback): void {
    this.#callbacks.add(callback, key);
  }

  /** Takes out a callback that {@linkcode Registry.register} added. */
  unregister(key: unknown): void {
    this.#callbacks.delete(key);
  }

  /**
   * Runs the callbacks of this thread and waits for them; `Collector.prepare()` does it before a scrape.
   *
   * @param timeoutMs how long to wait at most, in milliseconds; default 2000
   * @param filter names of the families that are wanted: callbacks that set none of them are not run; all by default
   * @returns the names of the families whose callback failed, which is counted, or is late
   */
  collect(timeoutMs?: number, filter?: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    return this.#callbacks.run(timeoutMs, "scrape", filter);
  }

  /** Makes what this thread counted visible to the next scrape; at the end of each request. */
  publish(): void {
    publish(this.slab);
  }

  /**
   * Shows that this thread is alive; every 250 ms or so. Once a second it also runs this thread's callbacks.
   *
   * @returns whether the supervisor has asked this thread to write no more
   */
  beat(): boolean {
    this.#callbacks.runIfDue();
    this.clock.tick();
    const writer = this.#ownWriter();
    this.#log?.read((removal, number) => {
      writer.removalsSeen = number;
      if (removal.origin !== this.#origin) this.#families.get(removal.family)?.remove(removal);
      else if (removal.ask !== undefined) writer.forgetRemovals(removal.ask);
      writer.publishRemovalsSeen();
    });
    this.sweep();
    return writer.beat();
  }

  /**
   * Gives back the memory of removed series whose children nobody holds any more. Each heartbeat does it, and each pass
   * of a collector in this thread, for threads that have no heartbeat.
   */
  sweep(): void {
    for (const family of this.#allFamilies) family.sweep();
  }

  /** @internal */
  commitBlock(): number {
    return this.#ownWriter().commitBlock();
  }

  /** Removes series from the output of all workers; {@linkcode Metric.remove} and its kind call it. */
  remove(removal: Omit<Removal, "origin">): void {
    this.relay({ ...removal, origin: this.#origin });
  }

  /**
   * Applies a removal to this registry and announces it in its slab. Called for the removals of other threads by the
   * thread that gathers.
   *
   * @throws {SlabError} If the slab has no room to announce it; nothing is removed then
   */
  relay(removal: Removal): void {
    const writer = this.#ownWriter();
    const numbered = this.#removalClock === undefined
      ? removal
      : { ...removal, at: this.#removalClock.draw() };
    const number = writer.appendRemoval(JSON.stringify(numbered));
    if (number === 0) {
      throw new SlabError(`Cannot remove series of "${removal.family}": the slab has no room to announce it`);
    }
    // WHY: without a log this registry's own slab is the log, so what it announces is seen with it.
    if (this.#log === undefined && this.#removalClock === undefined) writer.removalsSeen = number;
    this.#families.get(removal.family)?.remove(numbered);
    writer.publishRemovalsSeen();
  }

  /**
   * Forgets removals that this registry announced, so that their memory is used again.
   *
   * @param upTo the number of the last removal that all whom it concerns have acted on
   * @internal
   */
  forgetRemovals(upTo: number): void {
    this.#ownWriter().forgetRemovals(upTo);
  }

  /** Applies a removal that another thread announced to this registry alone. */
  apply(removal: Removal): void {
    const { at, ...unnumbered } = removal;
    const clock = this.#removalClock;
    if (at === undefined || clock === undefined) {
      return this.#families.get(removal.family)?.remove(unnumbered);
    }
    if (at <= this.#removalsPassed) return;
    // WHY: a thread that could not know of the others' control block counts by its own, in which this may be to come.
    clock.raise(at);
    this.#families.get(removal.family)?.remove(removal);
  }

  /**
   * Orders removals with those of all threads that have the same control block, and that this registry's slab is about
   * to be shown to. The removals before do not concern its series, nor its own before theirs.
   *
   * @internal
   */
  shareRemovals(): void {
    // WHY: where there is a log, its order is that of the removals.
    if (this.#log !== undefined || this.#removalClock !== undefined) return;
    const writer = this.#ownWriter();
    const clock = this.#removalClock = new RemovalClock(this.control);
    writer.forgetRemovals(Infinity);
    clock.raise(writer.removalsSeen);
    this.#removalsPassed = writer.removalsSeen = clock.count;
    writer.publishRemovalsSeen();
    writer.removalClock = clock;
  }

  /** The control block that this registry draws its tickets from; made now if there was none. */
  get control(): SharedArrayBuffer {
    this.#control ??= createControl();
    return this.#control;
  }

  /** Draws tickets from another control block from now on, so that all threads share one. */
  adoptControl(control: SharedArrayBuffer): void {
    this.tickets.adopt(control);
    this.#removalClock?.adopt(control);
    this.#control = control;
  }

  get #origin(): string {
    return `${this.slab.slot}/${this.slab.epoch}`;
  }

  /** Says that this thread will write no more. */
  close(): void {
    this.#ownWriter().close();
  }

  #add(descriptor: Descriptor, shape: CellShape): Family {
    const names = takenNames(descriptor);
    for (const name of names) {
      const owner = this.#owners.get(name);
      if (owner !== undefined) throw collision(name, { existing: owner, rejected: descriptor });
    }
    const family = this.defineUnlisted(descriptor, shape);
    this.#families.set(descriptor.name, family);
    for (const name of names) this.#owners.set(name, descriptor);
    return family;
  }

  #ownWriter(): SlabWriter {
    return this.#writer ??= new SlabWriter(createConfinedSlab({ bytes: this.#slabBytes }), this.#now);
  }
}

function duplicate(existing: Descriptor, rejected: Descriptor): DuplicateFamilyError {
  const difference = descriptorDifference(existing, rejected);
  const how = difference === undefined
    ? "with the same definition; use getOrCreate() to share it"
    : `but ${difference}`;
  return new DuplicateFamilyError(
    `Cannot define ${rejected.type} "${rejected.name}": it is defined already as a ${existing.type}, ${how}`,
    { existing, rejected },
  );
}

function collision(
  name: string,
  definitions: { existing: Descriptor; rejected: Descriptor },
): DuplicateFamilyError {
  const { existing, rejected } = definitions;
  return new DuplicateFamilyError(
    `Cannot define ${rejected.type} "${rejected.name}": its name "${name}" belongs to ${existing.type} "${existing.name}"`,
    definitions,
  );
}
