/**
 * Where a metric finds the registry that it joins.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { Removal } from "../model/removal.ts";
import type { CellShape } from "../slab/cell_shape.ts";
import type { TicketCounter } from "../slab/control.ts";
import type { Slab } from "../slab/slab.ts";
import type { Family } from "./family.ts";
import type { WallClock } from "./wall_clock.ts";

/** Why a callback runs: this thread is about to scrape, or it is only heard from, for others to scrape. */
export type CollectTrigger = "scrape" | "heartbeat";

/**
 * Brings families up to date that nobody pushes: pool sizes, cache fill, what another system says. The thread that
 * scrapes runs it before each scrape; other threads run theirs at a heartbeat, about once a second.
 */
export interface CollectCallback {
  /** The families that it sets. If it fails, they are left out of the scrape, and no others. */
  readonly families: readonly string[];
  /** Sets them, at once or when the promise resolves. */
  collect(trigger: CollectTrigger): void | Promise<void>;
}

/** What a metric needs of a registry. */
export interface Registerer {
  /**
   * Makes the family of a new name.
   *
   * @throws {DuplicateFamilyError} If the name is taken, one of its samples', or the family's in OpenMetrics
   * @internal
   */
  define(descriptor: Descriptor, shape: CellShape): Family;
  /**
   * The family of a name, made if it is new.
   *
   * @throws {DuplicateFamilyError} If it is there with another definition
   * @internal
   */
  getOrDefine(descriptor: Descriptor, shape: CellShape): Family;
  /**
   * Adds a callback that runs before values are read.
   *
   * @param key what it is known by, by default itself; a key that is there keeps the callback it has
   */
  register(callback: CollectCallback, key?: unknown): void;
  /**
   * Where its series lie.
   *
   * @internal
   */
  readonly slab: Slab;
  /**
   * Where commits are noted, as an element of the slab's Int32Array; 0 if there is no room.
   *
   * @internal
   */
  commitBlock(): number;
  /** Removes series from the output of all workers. */
  remove(removal: Omit<Removal, "origin">): void;
  /**
   * Orders events of all threads.
   *
   * @internal
   */
  readonly tickets: TicketCounter;
  /**
   * The time of day.
   *
   * @internal
   */
  readonly clock: WallClock;
}

/** Under this symbol of `globalThis` the thread's default registry lies; its number changes with {@linkcode Registerer}. */
export const DEFAULT_REGISTERER = Symbol.for("promslab.registerer.1");

/**
 * The default registry of this thread, which all copies of the library in the thread share.
 *
 * @throws {Error} If no copy of the library has set it up
 */
export function defaultRegisterer(): Registerer {
  const found = (globalThis as Record<symbol, unknown>)[DEFAULT_REGISTERER];
  if (found === undefined) {
    throw new Error(
      'Cannot find the default registry: import "promslab" before metrics are defined, or pass a registry',
    );
  }
  return found as Registerer;
}
