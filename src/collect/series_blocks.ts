/**
 * In which order a family's series are shown, and in which blocks.
 *
 * @module
 */
// CONTROL PLANE
import type { LabelValues, SeriesBlock } from "../model/samples.ts";

/** The most numbers in one block: what a format renders in about a millisecond. */
const BLOCK_VALUES = 16384;
const BLOCK_SERIES = 4096;

/** How many series a block has at most, for series of `stride` numbers. */
export function seriesPerBlock(stride: number): number {
  return Math.max(1, Math.min(BLOCK_SERIES, Math.floor(BLOCK_VALUES / stride)));
}

/** The series of a family in the order of its output, and the blocks that they were cut into. */
export interface CutSeries {
  /** Numbers of the series. */
  readonly order: Int32Array;
  /** At least one, but for a family that was not cut yet. */
  readonly blocks: readonly SeriesBlock[];
}

/**
 * Cuts series into blocks. A block of the last cut whose series are the same stays, and with it what formats rendered of
 * it: where label sets are added, those that come before them. A number may have gone to another series only if it was
 * out of the order in between.
 *
 * @param order numbers of the series
 * @param family what a series' labels are, and how many numbers it has
 * @param last the last cut; it is the result if the order is the same
 */
export function cutBlocks(
  order: Int32Array,
  family: {
    readonly labelsOf: (index: number) => LabelValues;
    readonly labelNames: readonly string[];
    readonly stride: number;
  },
  last: CutSeries,
): CutSeries {
  const { labelsOf, labelNames, stride } = family;
  if (last.blocks.length > 0 && isSameOrder(order, last.order)) return last;
  const perBlock = seriesPerBlock(stride);
  const blocks: SeriesBlock[] = [];
  for (let start = 0; start < order.length || start === 0; start += perBlock) {
    const indexes = order.subarray(start, start + perBlock);
    const before: SeriesBlock | undefined = last.blocks[blocks.length];
    const stays = before !== undefined && isSameOrder(indexes, last.order.subarray(start, start + perBlock));
    blocks.push(stays ? before : { labelNames, series: Array.from(indexes, labelsOf) });
  }
  return { order, blocks };
}

/** The order of two label sets of one family: by the values of the labels, one after the other. */
export function compareLabels(a: LabelValues, b: LabelValues): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/** Whether two orders name the same series. */
function isSameOrder(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let place = 0; place < a.length; place++) if (a[place] !== b[place]) return false;
  return true;
}
