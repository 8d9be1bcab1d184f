/**
 * What the owner and the readers of a summary's cells must agree on.
 *
 * @module
 */
// CONTROL PLANE
import { CHUNK_BINS, layOutSketch, SUMMARY_CELL } from "../layout/summary_cell.ts";

/** Into how many slots the window is divided; the oldest one falls out of it as a whole. */
export const WINDOW_SLOTS = 5;

/** The values of a series may differ by this factor before they need more chunks than it has. */
const RANGE = 1e9;
/**
 * Chunks besides: one for a range that begins in the middle of a chunk, two for values of the other sign, whose range may
 * do so too.
 */
const SPARE_CHUNKS = 3;

/** What a summary's definition says of its quantiles. */
export interface SketchLimits {
  /** By how much a quantile may be off, as a share of its value. */
  readonly relativeError: number;
  /** How far back the quantiles look; 0 for ever. */
  readonly windowSeconds: number;
}

/** The plan of all cells of one summary. Flat, because every observation looks at it. */
export class SketchPlan {
  /** Whether there is a sketch; without one a cell has only totals. */
  readonly hasSketch: boolean;
  /** The bin of a value is the logarithm of the value times this, rounded up. */
  readonly binsPerE: number;
  /** What lies in a bin is told as this times the bin's upper bound. */
  readonly middle: number;
  /** Whether the quantiles look back over a window. */
  readonly hasWindow: boolean;
  /** How long a slot lasts; Infinity without window. */
  readonly slotMs: number;
  /** How many areas a cell has: one more than slots, so that the one that is emptied is in nobody's window. */
  readonly areaCount: number;
  /** The most chunks of a series. */
  readonly maxChunks: number;
  readonly indexShift: number;
  readonly indexMask: number;
  readonly index32: number;
  readonly chunkIds32: number;
  readonly slots32: number;
  readonly specials32: number;
  readonly chunks32: number;
  readonly overflows32: number;
  /** Size of a cell. */
  readonly cellBytes: number;

  #startMs = 0;
  #endMs = 0;
  #slot = 0;
  #areaSlot = 0;
  #area = 0;

  /** @param limits what the definition says; `undefined` for a summary without quantiles */
  constructor(limits: SketchLimits | undefined) {
    const { relativeError, windowSeconds } = limits ?? { relativeError: 0.5, windowSeconds: 0 };
    const growth = (1 + relativeError) / (1 - relativeError);
    this.hasSketch = limits !== undefined;
    this.binsPerE = 1 / Math.log(growth);
    // WHY: from here both bounds of the bin are equally far in relation to their value.
    this.middle = 2 / (1 + growth);
    this.hasWindow = windowSeconds > 0;
    this.slotMs = windowSeconds === 0 ? Infinity : windowSeconds * 1000 / WINDOW_SLOTS;
    this.areaCount = windowSeconds === 0 ? 1 : WINDOW_SLOTS + 1;
    this.maxChunks = Math.ceil(Math.log(RANGE) * this.binsPerE / CHUNK_BINS) + SPARE_CHUNKS;
    const parts = layOutSketch(this.maxChunks, this.areaCount);
    this.indexShift = parts.indexShift;
    this.indexMask = parts.indexSize - 1;
    this.index32 = parts.index32;
    this.chunkIds32 = parts.chunkIds32;
    this.slots32 = parts.slots32;
    this.specials32 = parts.specials32;
    this.chunks32 = parts.chunks32;
    this.overflows32 = parts.overflows32;
    this.cellBytes = this.hasSketch ? parts.cellBytes : SUMMARY_CELL.bytes;
  }

  /** The slot of time that a moment lies in, modulo 2 ** 32. */
  slotOf(ms: number): number {
    // WHY: nearly all moments lie in the slot of the one before, and a division costs more than all else here.
    if (ms >= this.#startMs && ms < this.#endMs) return this.#slot;
    if (!this.hasWindow) return 0;
    const slots = Math.floor(ms / this.slotMs);
    this.#startMs = slots * this.slotMs;
    this.#endMs = this.#startMs + this.slotMs;
    this.#slot = slots | 0;
    return this.#slot;
  }

  /** The area for a slot. */
  areaOf(slot: number): number {
    if (slot === this.#areaSlot) return this.#area;
    this.#areaSlot = slot;
    this.#area = (slot >>> 0) % this.areaCount;
    return this.#area;
  }

  /** Whether a slot is in the window that ends with another one. */
  isRecent(slot: number, current: number): boolean {
    const age = (current - slot) | 0;
    return age >= 0 && age < WINDOW_SLOTS;
  }

  /** The value that stands for all in a bin, within the relative error. */
  valueOf(key: number): number {
    return this.middle * Math.exp(key / this.binsPerE);
  }
}
