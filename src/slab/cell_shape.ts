/**
 * How much memory the cell of each kind takes, and among which neighbours.
 *
 * @module
 */
// CONTROL PLANE
import { COUNTER_PAGE, PAGE_BYTES } from "../layout/cell_page.ts";
import { COUNTER_ALIGNMENT, COUNTER_CELL, COUNTER_LOW_COPY32, counterLow32 } from "../layout/counter_cell.ts";
import { GAUGE_CELL } from "../layout/gauge_cell.ts";
import { histogramCellBytes } from "../layout/histogram_cell.ts";
import { roundUp, toIndex32 } from "../layout/layout.ts";
import { createPrivateSlab, MIN_SLAB_BYTES, type Slab } from "./slab.ts";

/** Which pages a cell goes to: counters share pages that are validated as a whole. */
export type CellArena = "counter" | "latch";

/** The memory that one series takes. */
export interface CellShape {
  readonly arena: CellArena;
  readonly cellBytes: number;
}

/** The shape of a counter's cell. */
export const COUNTER_SHAPE: CellShape = { arena: "counter", cellBytes: COUNTER_CELL.bytes };

/** The shape of a series that has more than its value. */
export function withExtra({ arena, cellBytes }: CellShape, extraBytes: number): CellShape {
  const bytes = cellBytes + extraBytes;
  return { arena, cellBytes: arena === "counter" ? roundUp(bytes, COUNTER_ALIGNMENT) : bytes };
}

/** Whether nothing was ever stored for a series. Owner thread only. */
export function isUntouched({ i32, u8 }: Slab, cellOffset: number, { arena, cellBytes }: CellShape): boolean {
  if (arena === "counter") {
    const low32 = counterLow32(toIndex32(cellOffset));
    if (i32[low32] !== 0 || i32[low32 + COUNTER_LOW_COPY32] !== 0) return false;
  }
  return u8.subarray(cellOffset, cellOffset + cellBytes).every((byte) => byte === 0);
}

/** Brings the memory of a series back to its first state. Owner thread only, when no reader is at it. */
export function clearCell({ i32, u8 }: Slab, cellOffset: number, { arena, cellBytes }: CellShape): void {
  u8.fill(0, cellOffset, cellOffset + cellBytes);
  if (arena !== "counter") return;
  const low32 = counterLow32(toIndex32(cellOffset));
  i32[low32] = 0;
  i32[low32 + COUNTER_LOW_COPY32] = 0;
}

/** The shape of a gauge's cell. */
export const GAUGE_SHAPE: CellShape = { arena: "latch", cellBytes: GAUGE_CELL.bytes };

/** The shape of a classic histogram's cell with the given number of buckets, +Inf included. */
export function histogramShape(bucketCount: number): CellShape {
  return { arena: "latch", cellBytes: histogramCellBytes(bucketCount) };
}

/**
 * A cell in memory that no other thread sees, for a family that found no room in the slab: its handles work,
 * its values go nowhere.
 *
 * @returns the memory, and the cell as an element of its Int32Array
 */
export function createPrivateCell(shape: CellShape): { slab: Slab; cell32: number } {
  const slab = createPrivateSlab(MIN_SLAB_BYTES + shape.cellBytes);
  return { slab, cell32: toIndex32(PAGE_BYTES + COUNTER_PAGE.bytes) };
}
