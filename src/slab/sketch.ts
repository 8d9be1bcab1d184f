/**
 * Writes and reads the sketches from which a summary's quantiles are told: bins that grow by a constant factor, which
 * bounds the relative error and merges by adding up, as in DDSketch (Masson, Rim and Lee, VLDB 2019,
 * https://doi.org/10.14778/3352063.3352135).
 *
 * @module
 */
// DATA PLANE
import {
  CHUNK_BINS,
  CHUNK_BITS,
  SPECIAL_BIN,
  SPECIAL_BINS,
  SUMMARY_CHUNK_COUNT32,
} from "../layout/summary_cell.ts";
import { codeOf, indexStart, isNegativeCode, keyOfCode } from "./native_code.ts";
import type { SketchPlan } from "./sketch_plan.ts";
import type { Slab } from "./slab.ts";

export { CHUNK_BINS, SPECIAL_BIN } from "../layout/summary_cell.ts";

/** A bin counts to here before its overflow is counted. */
const BIN_RANGE = 2 ** 30;
const BIN_MASK = BIN_RANGE - 1;
const BIN_BITS = 30;

/**
 * Counts a value in the sketch. Owner thread only. Allocates nothing.
 *
 * @param slab the owner's slab
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param plan the plan of the summary's cells
 * @param value any number but NaN
 * @param slot the slot of time, as `plan.slotOf()` tells it
 */
export function addToSketch(slab: Slab, cell32: number, plan: SketchPlan, value: number, slot: number): void {
  const { i32 } = slab;
  const area = plan.areaOf(slot);
  const magnitude = value < 0 ? -value : value;
  if (i32[cell32 + plan.slots32 + area] !== slot || magnitude === 0 || magnitude === Infinity) {
    return addRarity(slab, cell32, plan, value, slot);
  }
  const key = Math.ceil(Math.log(magnitude) * plan.binsPerE) | 0;
  const id = codeOf(key >> CHUNK_BITS, value < 0);
  const index32 = cell32 + plan.index32;
  const ids32 = cell32 + plan.chunkIds32;
  let at = indexStart(id, plan.indexShift);
  let chunk = i32[index32 + at] - 1;
  while (chunk >= 0 && i32[ids32 + chunk] !== id) {
    at = (at + 1) & plan.indexMask;
    chunk = i32[index32 + at] - 1;
  }
  // WHY: what the index says beyond the count was left by an insertion that was not completed.
  if (chunk < 0 || chunk >= i32[cell32 + SUMMARY_CHUNK_COUNT32]) {
    return addRarity(slab, cell32, plan, value, slot);
  }
  const bin32 = cell32 + binOf(plan, chunk, area) + (key & (CHUNK_BINS - 1));
  const count = (i32[bin32] + 1) | 0;
  i32[bin32] = count;
  if ((count & BIN_MASK) === 0) countOverflow(i32, bin32, plan);
}

/** Counts a value whose chunk is not there, or whose slot is new, or that has no logarithm. */
function addRarity(slab: Slab, cell32: number, plan: SketchPlan, value: number, slot: number): void {
  const { i32 } = slab;
  const area = plan.areaOf(slot);
  if (i32[cell32 + plan.slots32 + area] !== slot) emptyArea(slab, cell32, plan, slot);
  if (value !== 0 && Number.isFinite(value)) {
    const id = codeOf(keyOfMagnitude(plan, Math.abs(value)) >> CHUNK_BITS, value < 0);
    if (hasChunk(slab, cell32, plan, id) || insertChunk(slab, cell32, plan, id)) {
      return addToSketch(slab, cell32, plan, value, slot);
    }
  }
  const bin32 = rareBin(slab, cell32, plan, value, slot);
  const count = (i32[bin32] + 1) | 0;
  i32[bin32] = count;
  if ((count & BIN_MASK) === 0) countOverflow(i32, bin32, plan);
}

/** The key of a value's bin, the value being greater than 0 and finite. */
function keyOfMagnitude(plan: SketchPlan, magnitude: number): number {
  return Math.ceil(Math.log(magnitude) * plan.binsPerE) | 0;
}

function countOverflow(i32: Int32Array, bin32: number, plan: SketchPlan): void {
  if (plan.overflows32 === 0) return;
  const overflow32 = bin32 + plan.overflows32;
  i32[overflow32] = (overflowsOf(i32[bin32] - 1, i32[overflow32]) + 1) | 0;
}

/** From a cell's `sequence` to the first bin of a chunk in an area, in elements of 32 bits. */
function binOf(plan: SketchPlan, chunk: number, area: number): number {
  return plan.chunks32 + (chunk * plan.areaCount + area) * CHUNK_BINS;
}

function hasChunk(slab: Slab, cell32: number, plan: SketchPlan, id: number): boolean {
  const { i32 } = slab;
  for (let chunk = 0; chunk < i32[cell32 + SUMMARY_CHUNK_COUNT32]; chunk++) {
    if (i32[cell32 + plan.chunkIds32 + chunk] === id) return true;
  }
  return false;
}

/** Takes a new chunk. Returns whether there was one left. */
function insertChunk(slab: Slab, cell32: number, plan: SketchPlan, id: number): boolean {
  const { i32 } = slab;
  const chunkCount = i32[cell32 + SUMMARY_CHUNK_COUNT32];
  if (chunkCount === plan.maxChunks) return false;
  i32[cell32 + plan.chunkIds32 + chunkCount] = id;
  const index32 = cell32 + plan.index32;
  let at = indexStart(id, plan.indexShift);
  while (i32[index32 + at] !== 0 && i32[index32 + at] <= chunkCount) at = (at + 1) & plan.indexMask;
  i32[index32 + at] = chunkCount + 1;
  // ORDER: after the chunk's id; pairs with the load in readArea() (litmus: sketch).
  Atomics.store(i32, cell32 + SUMMARY_CHUNK_COUNT32, chunkCount + 1);
  return true;
}

/** The bin of a value that has no logarithm; for one whose chunk found no room the nearest bin of its own sign. */
function rareBin(slab: Slab, cell32: number, plan: SketchPlan, value: number, slot: number): number {
  const { i32 } = slab;
  const area = plan.areaOf(slot);
  const specials32 = cell32 + plan.specials32 + area * SPECIAL_BINS;
  if (value === Infinity) return specials32 + SPECIAL_BIN.POSITIVE_INFINITY;
  if (value === -Infinity) return specials32 + SPECIAL_BIN.NEGATIVE_INFINITY;
  if (value === 0) return specials32 + SPECIAL_BIN.ZERO;
  const negative = value < 0;
  const key = keyOfMagnitude(plan, Math.abs(value));
  let nearest = -1;
  let distance = Infinity;
  let place = 0;
  for (let chunk = 0; chunk < plan.maxChunks; chunk++) {
    const id = i32[cell32 + plan.chunkIds32 + chunk];
    if (isNegativeCode(id) !== negative) continue;
    const first = keyOfCode(id) << CHUNK_BITS;
    const bin = key < first ? 0 : CHUNK_BINS - 1;
    const away = Math.abs(key - (first + bin));
    if (away >= distance) continue;
    distance = away;
    nearest = chunk;
    place = bin;
  }
  // WHY: among values of the other sign zero is nearest.
  if (nearest < 0) return specials32 + SPECIAL_BIN.ZERO;
  return cell32 + binOf(plan, nearest, area) + place;
}

/** Makes an area that belonged to a slot of the past belong to another one. It is in nobody's window meanwhile. */
function emptyArea(slab: Slab, cell32: number, plan: SketchPlan, slot: number): void {
  const { i32 } = slab;
  const area = plan.areaOf(slot);
  const specials32 = cell32 + plan.specials32 + area * SPECIAL_BINS;
  for (let bin = 0; bin < SPECIAL_BINS; bin++) i32[specials32 + bin] = 0;
  const chunkCount = i32[cell32 + SUMMARY_CHUNK_COUNT32];
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const bins32 = cell32 + binOf(plan, chunk, area);
    for (let bin = 0; bin < CHUNK_BINS; bin++) i32[bins32 + bin] = 0;
  }
  // ORDER: after the bins; pairs with the loads in readArea() (litmus: sketch).
  Atomics.store(i32, cell32 + plan.slots32 + area, slot);
}

/** How often a bin has reached 2 ** 30: the number nearest to what was noted that agrees with the bin's upper bits. */
function overflowsOf(count: number, noted: number): number {
  const ahead = ((count >>> BIN_BITS) - noted) & 3;
  return ahead === 3 ? noted - 1 : noted + ahead;
}

/** What an area of a sketch holds. */
export interface AreaReading {
  /** The slot of time. */
  slot: number;
  readonly specials: Float64Array;
  chunkCount: number;
  /** The id of each chunk: the code of its keys divided by 64, and its sign. */
  readonly chunkIds: Int32Array;
  /** The counts of the chunks' bins, chunk by chunk. */
  readonly bins: Float64Array;
}

/** A reading with room for the areas of a plan. */
export function newAreaReading(plan: SketchPlan): AreaReading {
  return {
    slot: 0,
    specials: new Float64Array(SPECIAL_BINS),
    chunkCount: 0,
    chunkIds: new Int32Array(plan.maxChunks),
    bins: new Float64Array(plan.maxChunks * CHUNK_BINS),
  };
}

/**
 * Reads what was observed in one slot of time; what is observed meanwhile may be in it or not. Any thread.
 *
 * @param slab the slab to read
 * @param cell32 the cell's `sequence` as an element of `slab.i32`
 * @param plan the plan of the summary's cells
 * @param area the area to read
 * @param into takes the reading; what it holds is of no use if the reading is not valid
 * @returns whether the reading is valid; if not, the area began to belong to another slot under the read
 */
export function readArea(
  slab: Slab,
  cell32: number,
  plan: SketchPlan,
  area: number,
  into: AreaReading,
): boolean {
  const { i32 } = slab;
  const { overflows32 } = plan;
  // ORDER: before the bins' plain loads; pairs with the store in emptyArea() (litmus: sketch).
  const slot = Atomics.load(i32, cell32 + plan.slots32 + area);
  // ORDER: before the chunks' ids; pairs with the store in insertChunk() (litmus: sketch).
  const chunkCount = Atomics.load(i32, cell32 + SUMMARY_CHUNK_COUNT32);
  into.slot = slot;
  into.chunkCount = Math.min(chunkCount >>> 0, plan.maxChunks);
  const specials32 = cell32 + plan.specials32 + area * SPECIAL_BINS;
  for (let bin = 0; bin < SPECIAL_BINS; bin++) {
    into.specials[bin] = binCount(i32, specials32 + bin, overflows32);
  }
  for (let chunk = 0; chunk < into.chunkCount; chunk++) {
    into.chunkIds[chunk] = i32[cell32 + plan.chunkIds32 + chunk];
    const bins32 = cell32 + binOf(plan, chunk, area);
    for (let bin = 0; bin < CHUNK_BINS; bin++) {
      into.bins[chunk * CHUNK_BINS + bin] = binCount(i32, bins32 + bin, overflows32);
    }
  }
  // ORDER: a read-modify-write, so that the loads above happen before the area is emptied (litmus: sketch).
  return Atomics.add(i32, cell32 + plan.slots32 + area, 0) === slot;
}

function binCount(i32: Int32Array, bin32: number, overflows32: number): number {
  const count = i32[bin32];
  if (overflows32 === 0) return count >>> 0;
  return overflowsOf(count, i32[bin32 + overflows32]) * BIN_RANGE + (count & BIN_MASK);
}
