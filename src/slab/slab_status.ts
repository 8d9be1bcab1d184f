/**
 * What a slab's header tells about its owner, and the supervisor's one word in it.
 *
 * @module
 */
// CONTROL PLANE
import { HEADER32 } from "../layout/slab_header.ts";
import type { Slab } from "./slab.ts";

export { SLAB_STATE } from "../layout/slab_header.ts";

/** A look at a slab's header. */
export interface SlabStatus {
  /** Worker slot of the owner, -1 for main. */
  readonly slot: number;
  /** Incarnation of the slot, from 1. */
  readonly epoch: number;
  /** One of SLAB_STATE. */
  readonly state: number;
  /** Heartbeats so far, modulo 2 ** 32. Whether they advance is for the reader's own clock to judge. */
  readonly beat: number;
  /** Series in the directory. */
  readonly seriesCount: number;
  /** Label sets that went to an overflow series. */
  readonly droppedSeries: number;
  /** Families that found no room. */
  readonly droppedFamilies: number;
  /** Removals of the log that the owner has applied. */
  readonly removalsSeen: number;
  /** Bytes in use by the header, the directory and the cell pages. */
  readonly usedBytes: number;
  /** Bytes reserved in all. */
  readonly totalBytes: number;
}

/** Reads a slab's header. Any thread. */
export function slabStatus(slab: Slab): SlabStatus {
  const { i32, u8 } = slab;
  // ORDER: statistics; each word is right by itself, and nothing depends on how they agree.
  return {
    slot: slab.slot,
    epoch: slab.epoch,
    state: Atomics.load(i32, HEADER32.state),
    beat: slabBeat(slab),
    seriesCount: Atomics.load(i32, HEADER32.seriesCount),
    droppedSeries: Atomics.load(i32, HEADER32.droppedSeries),
    droppedFamilies: Atomics.load(i32, HEADER32.droppedFamilies),
    removalsSeen: Atomics.load(i32, HEADER32.removalsSeen),
    usedBytes: Atomics.load(i32, HEADER32.directoryEnd) + u8.length -
      Atomics.load(i32, HEADER32.cellsStart),
    totalBytes: u8.length,
  };
}

/** The heartbeats of a slab's owner so far, as in {@linkcode SlabStatus}. Any thread. */
export function slabBeat({ i32 }: Slab): number {
  // ORDER: statistics; whether it advances is all that matters.
  return Atomics.load(i32, HEADER32.beat) >>> 0;
}

/** Asks the slab's owner to write no more. Supervisor only. The owner looks at the word when it beats. */
export function fenceSlab(slab: Slab): void {
  // ORDER: advice; nothing depends on when or whether it is seen.
  Atomics.store(slab.i32, HEADER32.fence, 1);
}
