/**
 * From counters to what happened between two looks at them.
 *
 * @module
 */

/**
 * How much a counter grew between two looks.
 *
 * @param before its value at the first look; undefined if it was not there, which counts as 0
 * @param after its value at the second look
 * @returns the growth, at least 0: a counter that went down began anew at 0, so all it has is growth
 */
export function increase(before: number | undefined, after: number): number {
  if (!Number.isFinite(after)) return 0;
  if (before === undefined || !Number.isFinite(before) || after < before) return after;
  return after - before;
}

/**
 * How much each bucket of a histogram grew between two looks. Where the histogram began anew, all buckets did.
 *
 * @param before cumulative counts by ascending bound; undefined if it was not there
 * @param after cumulative counts by the same bounds
 * @returns the observations that fell into each bucket, not cumulative
 */
export function bucketIncreases(
  before: readonly number[] | undefined,
  after: readonly number[],
): readonly number[] {
  const last = after.length - 1;
  const isNew = before === undefined || before.length !== after.length || after[last] < before[last];
  const grown = after.map((count, i) => Math.max(0, isNew ? count : count - before[i]));
  return grown.map((count, i) => i === 0 ? count : Math.max(0, count - grown[i - 1]));
}

/** Adds lists of the same length, element by element. An empty list is like one of zeros. */
export function addUp(lists: Iterable<readonly number[]>): readonly number[] {
  let sum: number[] = [];
  for (const list of lists) {
    if (sum.length === 0) sum = [...list];
    else list.forEach((value, i) => sum[i] = (sum[i] ?? 0) + value);
  }
  return sum;
}
