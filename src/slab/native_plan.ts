/**
 * What the owner and the readers of a native histogram's cells must agree on.
 *
 * @module
 */
// CONTROL PLANE
import { layOutNativeCell } from "../layout/native_cell.ts";

/** How a native histogram's definition is put into numbers. */
export interface NativeLimits {
  /** The schema that a series starts with, 8 to -4. */
  readonly schema: number;
  /** The zero threshold that a series starts with. */
  readonly zeroThreshold: number;
  /** The most native buckets, at least 4. */
  readonly maxBuckets: number;
  /** The widest that the zero bucket may become before resolution is given up instead. */
  readonly maxZeroThreshold: number;
  /** Seconds after which a series with too many buckets may be reset instead; 0 for never. */
  readonly minResetSeconds: number;
}

/** The native buckets of a cell on their way to a smaller number. Used by the owner alone, one cell at a time. */
export interface NativeDraft {
  size: number;
  reduced: number;
  widened: number;
  zeroCount: number;
  readonly codes: Int32Array;
  readonly counts: Float64Array;
  /** Finds codes while buckets are joined. */
  readonly index: Int32Array;
}

/** The plan of all cells of one native histogram. Flat, because every observation looks at it. */
export class NativePlan {
  /** Upper bounds of the classic buckets without +Inf; empty if there are none. */
  readonly bounds: Float64Array;
  /** Number of classic buckets, +Inf included; 0 if there are none. */
  readonly classicCount: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly maxBuckets: number;
  readonly maxZeroThreshold: number;
  readonly minResetSeconds: number;
  /** By how many bits a hash of 32 bits is shifted to the right to give an element of the index. */
  readonly indexShift: number;
  /** Masks an element of the index. */
  readonly indexMask: number;
  /** From a cell's `sequence` to copy A, in elements of 32 bits. */
  readonly copies32: number;
  /** Size of a copy in elements of 32 bits. */
  readonly copy32: number;
  /** From a copy's start to its first count, in elements of 64 bits. */
  readonly counts64: number;
  /** From a copy's start to its first code, in elements of 32 bits. */
  readonly codes32: number;
  /** Size of a cell. */
  readonly cellBytes: number;
  /** Room for one bucket more than a cell has. */
  readonly draft: NativeDraft;
  /** When a series may be reset first is counted from here, in seconds since the Unix epoch. */
  readonly startSeconds: number;
  /** The time in seconds since the Unix epoch. */
  readonly now: () => number;

  /**
   * @param bounds upper bounds of the classic buckets, ascending, without +Inf; none if there are no classic buckets
   * @param now the time in seconds since the Unix epoch
   */
  constructor(bounds: readonly number[], limits: NativeLimits, now: () => number = () => Date.now() / 1000) {
    this.bounds = Float64Array.from(bounds);
    this.classicCount = bounds.length === 0 ? 0 : bounds.length + 1;
    this.schema = limits.schema;
    this.zeroThreshold = limits.zeroThreshold;
    this.maxBuckets = limits.maxBuckets;
    this.maxZeroThreshold = limits.maxZeroThreshold;
    this.minResetSeconds = limits.minResetSeconds;
    const parts = layOutNativeCell(this.classicCount, limits.maxBuckets);
    this.indexShift = parts.indexShift;
    this.indexMask = parts.indexSize - 1;
    this.copies32 = parts.copies32;
    this.copy32 = parts.copy32;
    this.counts64 = parts.counts64;
    this.codes32 = parts.codes32;
    this.cellBytes = parts.cellBytes;
    this.draft = {
      size: 0,
      reduced: 0,
      widened: 0,
      zeroCount: 0,
      codes: new Int32Array(limits.maxBuckets + 1),
      counts: new Float64Array(limits.maxBuckets + 1),
      index: new Int32Array(parts.indexSize),
    };
    this.startSeconds = now();
    this.now = now;
  }
}
