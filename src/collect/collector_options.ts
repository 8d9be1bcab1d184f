/**
 * What a collector is told, and what it tells of its scrapes.
 *
 * @module
 */
import type { LabelValue } from "../model/label_values.ts";

/** Options of a `Collector`. */
export interface CollectorOptions {
  /** Takes one sentence about each slab or family that is left out. Default: nothing is said. */
  readonly onProblem?: (message: string) => void;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
  /** The time of day in milliseconds since the Unix epoch, on which the window of summaries depends. */
  readonly wallNow?: () => number;
  /** Labels that every series gets beside its own; a family's own label of the name wins. */
  readonly defaultLabels?: Readonly<Record<string, LabelValue>>;
  /**
   * Whether this thread passes on the removals of others, as the thread that all workers look to does. Where every
   * thread reads all others, none does: each acts on its own slab when it learns of a removal. Default true.
   */
  readonly relaysRemovals?: boolean;
}

/** What happened to the scrapes of a collector so far. */
export interface CollectorStats {
  /** Children that were served with an earlier value because their owner kept moving them. */
  staleChildren: number;
  /** Slabs that were refused or found damaged. */
  badSlabs: number;
  /** Families of a slab that are defined otherwise elsewhere and therefore left out. */
  conflictingFamilies: number;
  /** Families of a slab whose help text is another elsewhere; they are merged under the text that came first. */
  mismatchedHelps: number;
}
