/**
 * Which exemplar of a native histogram makes room for another one.
 *
 * @module
 */
// DATA PLANE

/** How many exemplars a histogram without classic buckets keeps. */
export const NATIVE_EXEMPLARS = 10;

/** An exemplar older than this goes first. */
const STALE_SECONDS = 300;

/**
 * The exemplar to give up: the oldest if it is stale, else of the two whose values are closest on a logarithmic scale
 * the older one. What remains is spread over the values that occur.
 *
 * @param values the observed values, of which `count` are used
 * @param timestamps when each was observed, in seconds
 * @param count at least 2
 * @returns its place; of equals the first, so that a new one is put last
 */
export function exemplarToGiveUp(values: Float64Array, timestamps: Float64Array, count: number): number {
  let oldest = 0;
  let newest = timestamps[0];
  for (let i = 1; i < count; i++) {
    if (timestamps[i] < timestamps[oldest]) oldest = i;
    if (timestamps[i] > newest) newest = timestamps[i];
  }
  if (newest - timestamps[oldest] > STALE_SECONDS) return oldest;
  let found = oldest;
  let closest = Infinity;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const distance = logDistance(values[i], values[j]);
      if (!(distance < closest)) continue;
      closest = distance;
      found = timestamps[j] < timestamps[i] ? j : i;
    }
  }
  return found;
}

function logDistance(a: number, b: number): number {
  if (a === b) return 0;
  if (a < 0 !== b < 0) return Infinity;
  return Math.abs(Math.log(Math.abs(a)) - Math.log(Math.abs(b)));
}
