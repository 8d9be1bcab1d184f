/**
 * The values that one slab, or the retired totals, give to one family.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import { strideOf } from "../model/samples.ts";
import type { ExemplarColumn } from "./exemplar_column.ts";
import type { NativeColumn } from "./native_column.ts";
import type { SketchColumn } from "./sketch_column.ts";

/**
 * How many numbers one worker gives for a series of the family. A stateset's states are one number, with a bit for each;
 * a summary's numbers are its sum and its count.
 */
export function columnStrideOf(descriptor: Descriptor): number {
  switch (descriptor.type) {
    case "stateset":
      return 1;
    case "summary":
      return 2;
    default:
      return strideOf(descriptor);
  }
}

/** Where a column comes from. */
export interface ColumnOrigin {
  /** The worker slot as label value. */
  readonly worker: string;
  /** The worker slot, negative for main. */
  readonly slot: number;
  /** The incarnation of the slot. */
  readonly epoch: number;
  /** Whether the worker is alive; columns of the dead and the hung do not count in live modes. */
  readonly live: boolean;
}

/** Whether a series of a column counts. */
export const SERIES_STATE = {
  COUNTED: 0,
  /** Hidden until its values move. */
  DORMANT: 1,
  /** Removed, by a removal that the owner has not applied yet. */
  CONDEMNED: 2,
  /** Starts again at 0, by a removal that the owner has not applied yet: exposed, but nothing of it counts. */
  RESETTING: 4,
  /** Removed, its cell is dead. */
  RECLAIMED: 3,
  /** Left out, because its owner keeps moving it and it was never read whole. */
  UNREAD: 5,
} as const;

/** Values of some series of one family, each series with `stride` numbers. */
export class Column {
  readonly stride: number;
  /** How many series the column has. */
  count = 0;
  /** Number of each series in its family. */
  index: Int32Array = new Int32Array(16);
  /** One of {@linkcode SERIES_STATE} for each series. */
  states: Uint8Array = new Uint8Array(16);
  /** When each series began, in seconds since the Unix epoch. */
  created: Float64Array = new Float64Array(16);
  /** Place of each series in the family's output, -1 if it is hidden. Derived from `index` by the family. */
  positions: Int32Array = new Int32Array(16);
  /** `stride` numbers for each series; the first is NaN until the series was read. */
  values: Float64Array;
  /** Which incarnation of its worker slot the values are of; of values that were merged before, their stamps say it. */
  readonly epoch: number | undefined = undefined;
  /** What orders gauges in time: ticket or version. */
  stamps: Float64Array = new Float64Array(0);
  /** Gauges: 1 if the series was ever set. */
  touched: Uint8Array = new Uint8Array(0);
  /** Present if the family keeps exemplars. */
  readonly exemplars: ExemplarColumn | undefined = undefined;
  /** Present if the family has native buckets. */
  readonly natives: NativeColumn | undefined = undefined;
  /** Present if the family has quantiles. */
  readonly sketches: SketchColumn | undefined = undefined;

  constructor(stride: number) {
    this.stride = stride;
    this.values = new Float64Array(16 * stride);
  }

  /** Whether series `k` of the column is series `k` of the family, as it is where all workers run one program. */
  inFamilyOrder = true;

  /**
   * Counters: whether a page was found in which a cell had flipped, so that values may be fractions. While not, they
   * are whole numbers, and their sum does not depend on the order of addition.
   */
  flipped = false;

  /** Whether series `k` is part of the output, be it that nothing of it counts yet. */
  exposes(k: number): boolean {
    return this.states[k] === SERIES_STATE.COUNTED || this.states[k] === SERIES_STATE.RESETTING;
  }

  /** Adds a series by its number in the family. */
  append(seriesIndex: number): void {
    if (seriesIndex !== this.count) this.inFamilyOrder = false;
    if (this.count === this.index.length) this.grow(2 * this.count);
    this.index[this.count] = seriesIndex;
    this.values[this.count * this.stride] = NaN;
    this.count++;
  }

  /** Adds the series of the family up to a number of them, each of which holds nothing and is hidden. */
  protected appendUpTo(seriesCount: number): void {
    const from = this.count;
    if (seriesCount <= from) return;
    if (seriesCount > this.index.length) this.grow(Math.max(seriesCount, 2 * this.index.length));
    for (let k = from; k < seriesCount; k++) this.index[k] = k;
    this.positions.fill(-1, from, seriesCount);
    this.values.fill(0, from * this.stride, seriesCount * this.stride);
    this.count = seriesCount;
  }

  /** Makes room for `capacity` series. */
  protected grow(capacity: number): void {
    this.index = enlarged(this.index, new Int32Array(capacity));
    this.states = enlarged(this.states, new Uint8Array(capacity));
    this.created = enlarged(this.created, new Float64Array(capacity));
    this.positions = enlarged(this.positions, new Int32Array(capacity));
    this.values = enlarged(this.values, new Float64Array(capacity * this.stride));
    if (this.stamps.length > 0) this.stamps = enlarged(this.stamps, new Float64Array(capacity));
    if (this.touched.length > 0) this.touched = enlarged(this.touched, new Uint8Array(capacity));
  }

  /** Makes room for what gauges have beside their value. */
  protected growGaugeColumns(): void {
    this.stamps = new Float64Array(this.index.length);
    this.touched = new Uint8Array(this.index.length);
  }
}

function enlarged<T extends { set(source: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
