/**
 * Commits: updates of several cells of one slab that readers see all together or not at all.
 *
 * @module
 */
// DATA PLANE
import { PAGE_BYTES } from "../layout/cell_page.ts";
import { COMMIT32, COMMIT_BLOCK_BYTES, COMMIT_CELLS_MAX, COMMIT_SLOTS } from "../layout/commit_block.ts";
import { toIndex32 } from "../layout/layout.ts";
import { HEADER32 } from "../layout/slab_header.ts";
import type { Slab } from "./slab.ts";

export { COMMIT_CELLS_MAX };

/** One cell's part of a commit. */
export interface CommitPart {
  /** The cell's `sequence` as an element of the slab's Int32Array. No two parts of a commit have the same. */
  readonly cell32: number;
  /**
   * Moves the cell from one copy to the other, exactly once. Throws nothing but for want of stack, and leaves the cell fit
   * for its next move, as nothing comes after it.
   */
  move(): void;
}

/**
 * Makes a commit. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param block32 the slab's commit block as an element of `slab.i32`
 * @param parts what it consists of
 * @param count how many of the parts, from the first; at most {@linkcode COMMIT_CELLS_MAX}
 */
export function commitParts(
  slab: Slab,
  block32: number,
  parts: readonly CommitPart[],
  count = parts.length,
): void {
  const { i32 } = slab;
  const slot32 = slotOf(block32, i32[block32] >>> 1);
  for (let k = 0; k < count; k++) {
    const { cell32 } = parts[k];
    i32[slot32 + COMMIT32.cells + 2 * k] = cell32;
    i32[slot32 + COMMIT32.cells + 2 * k + 1] = i32[cell32];
  }
  i32[slot32 + COMMIT32.cellCount] = count;
  // ORDER: odd before the first cell moves, after its slot is filled; pairs with commitSequence() (litmus: commit).
  Atomics.add(i32, block32, 1);
  try {
    for (let k = 0; k < count; k++) parts[k].move();
  } finally {
    // WHY: only an exhausted stack can throw here; a block that stayed odd would hide all that comes after.
    // ORDER: shows the whole commit in one step; pairs with commitsMoved() (litmus: commit).
    Atomics.add(i32, block32, 1);
  }
}

/** Where a slab's commit block lies, as an element of its Int32Array; 0 if it has none, or a damaged one. Any thread. */
export function commitBlock32(slab: Slab): number {
  // ORDER: before the block's words; pairs with the store in SlabWriter (litmus: commit).
  const start = Atomics.load(slab.i32, HEADER32.commits);
  const fits = start > 0 && start % PAGE_BYTES === 0 && start + COMMIT_BLOCK_BYTES <= slab.u8.length;
  return fits ? toIndex32(start) : 0;
}

/** The sequence of a slab's commits, as an unsigned number: odd while one is under way. Any thread, before it reads. */
export function commitSequence(slab: Slab, block32: number): number {
  // ORDER: before the slots' and the cells' loads; pairs with the adds in commitParts() (litmus: commit).
  return Atomics.load(slab.i32, block32) >>> 0;
}

/**
 * The sequence again, after what was read under it. Any thread.
 *
 * @returns how often it moved since: 0 if all that was read is as it was under `sequence`
 */
export function commitsMoved(slab: Slab, block32: number, sequence: number): number {
  // ORDER: a read-modify-write, so that the loads before it happen before the owner's next commit (litmus: commit).
  return (Atomics.add(slab.i32, block32, 0) - sequence) >>> 0;
}

/** How many commits there were between two sequences, one that is under way at the first included. */
export function commitsBetween(from: number, to: number): number {
  return ((to >>> 1) - (from >>> 1)) & 0x7fffffff;
}

/** Whether the slots of so many commits, and that of one more, are still there. */
export function areRemembered(commits: number): boolean {
  return commits < COMMIT_SLOTS - 1;
}

/**
 * Names the cells of one commit. Any thread; what is named is right only if the slot was not used again meanwhile.
 *
 * @param commit the commit's number, half its sequence
 * @param visit takes each cell and the sequence that it had before
 */
export function cellsOfCommit(
  slab: Slab,
  at: { readonly block32: number; readonly commit: number },
  visit: (cell32: number, sequence: number) => void,
): void {
  const { i32 } = slab;
  const slot32 = slotOf(at.block32, at.commit);
  const count = i32[slot32 + COMMIT32.cellCount];
  // WHY: a slot that is used again under the read may hold anything; what it names is then read for nothing.
  for (let k = 0; k < count && k < COMMIT_CELLS_MAX; k++) {
    visit(i32[slot32 + COMMIT32.cells + 2 * k], i32[slot32 + COMMIT32.cells + 2 * k + 1]);
  }
}

function slotOf(block32: number, commit: number): number {
  return block32 + COMMIT32.slots + (commit & (COMMIT_SLOTS - 1)) * COMMIT32.slotSize;
}
