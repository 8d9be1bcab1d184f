/**
 * Sparse buckets as the formats show them: runs of neighbouring buckets, and the gaps between them.
 *
 * @module
 */
// CONTROL PLANE

/** A larger gap of empty buckets than this begins a new span; the buckets of a smaller one are shown as zeros. */
const GAP_MAX = 2;

/** A run of neighbouring buckets. */
export interface Span {
  /** The first span: the index of its first bucket. Later ones: how many buckets lie between this and the last one. */
  readonly offset: number;
  readonly length: number;
}

/** The buckets on one side of zero. */
export interface SpannedBuckets {
  readonly spans: readonly Span[];
  /** The counts of all buckets in the spans, one after the other. */
  readonly counts: readonly number[];
}

/**
 * Puts buckets into spans.
 *
 * @param keys the indexes of the buckets, ascending
 * @param counts their counts
 */
export function toSpans(keys: Int32Array, counts: Float64Array): SpannedBuckets {
  const spans: { offset: number; length: number }[] = [];
  const spanned: number[] = [];
  let nextKey = 0;
  for (let i = 0; i < keys.length; i++) {
    const gap = keys[i] - nextKey;
    if (i === 0 || gap > GAP_MAX) {
      spans.push({ offset: gap, length: 1 });
    } else {
      for (let k = 0; k < gap; k++) spanned.push(0);
      spans[spans.length - 1].length += gap + 1;
    }
    spanned.push(counts[i]);
    nextKey = keys[i] + 1;
  }
  return { spans, counts: spanned };
}
