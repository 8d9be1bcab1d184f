/**
 * In which order a family's series are shown, and in which blocks.
 *
 * @module
 */
import type { LabelValues, SeriesBlock } from "../model/samples.ts";

/** The most numbers in one block: what a format renders in about a millisecond. */
const BLOCK_VALUES = 16384;
const BLOCK_SERIES = 4096;

/** How many series a block has at most, for series of `stride` numbers. */
export function seriesPerBlock(stride: number): number {
  return Math.max(1, Math.min(BLOCK_SERIES, Math.floor(BLOCK_VALUES / stride)));
}

/**
 * Cuts series into blocks.
 *
 * @param series the label values of each series, in order
 * @returns at least one block
 */
export function cutBlocks(
  series: readonly LabelValues[],
  { labelNames, stride }: { readonly labelNames: readonly string[]; readonly stride: number },
): SeriesBlock[] {
  const perBlock = seriesPerBlock(stride);
  const blocks: SeriesBlock[] = [];
  for (let start = 0; start < series.length || start === 0; start += perBlock) {
    blocks.push({ labelNames, series: series.slice(start, start + perBlock) });
  }
  return blocks;
}

/** The order of two label sets of one family: by the values of the labels, one after the other. */
export function compareLabels(a: LabelValues, b: LabelValues): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}
