/**
 * Quantiles of what fell into the buckets of a histogram.
 *
 * @module
 */

/**
 * Estimates a quantile as Prometheus' `histogram_quantile()` does: linearly within the bucket that it lies in; the
 * lowest bucket begins at 0 if its bound is above 0; a quantile in the bucket `+Inf` is the highest finite bound.
 *
 * @param quantile from 0 to 1
 * @param bounds the upper bounds, ascending, the last one `Infinity`
 * @param counts the observations in each bucket, not cumulative
 * @returns NaN without observations
 */
export function bucketQuantile(
  quantile: number,
  bounds: readonly number[],
  counts: readonly number[],
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || bounds.length < 2) return NaN;
  const rank = quantile * total;
  let below = 0;
  let at = 0;
  while (at < bounds.length - 1 && below + counts[at] < rank) below += counts[at++];
  if (at === bounds.length - 1) return bounds[at - 1];
  const upper = bounds[at];
  const lower = at > 0 ? bounds[at - 1] : upper > 0 ? 0 : upper;
  if (counts[at] === 0) return lower;
  return lower + (upper - lower) * (rank - below) / counts[at];
}
