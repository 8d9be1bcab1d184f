/**
 * Series of bucket bounds. The bucket +Inf is not among them; every histogram has it.
 *
 * @module
 */
// CONTROL PLANE

/**
 * Bounds at equal distances.
 *
 * @param start the first bound
 * @param width the distance, greater than 0
 * @param count how many bounds, at least 1
 * @returns ascending bounds
 * @throws {RangeError} If an argument is out of its range or two bounds fall together
 *
 * @example Four bounds
 * ```ts
 * import { linearBuckets } from "promslab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(linearBuckets(10, 5, 4), [10, 15, 20, 25]);
 * ```
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  const what = "Cannot make linear buckets";
  checkCount(what, count);
  if (!Number.isFinite(start)) throw new RangeError(`${what}: wanted a finite start, given ${start}`);
  if (!(width > 0)) throw new RangeError(`${what}: wanted a width above 0, given ${width}`);
  return checkBounds(what, Array.from({ length: count }, (_, i) => start + i * width));
}

/**
 * Bounds that grow by a factor.
 *
 * @param start the first bound, greater than 0
 * @param factor by what each bound is multiplied to give the next, greater than 1
 * @param count how many bounds, at least 1
 * @returns ascending bounds
 * @throws {RangeError} If an argument is out of its range or two bounds fall together
 *
 * @example Three bounds
 * ```ts
 * import { exponentialBuckets } from "promslab";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exponentialBuckets(100, 1.5, 3), [100, 150, 225]);
 * ```
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  const what = "Cannot make exponential buckets";
  checkCount(what, count);
  if (!(start > 0)) throw new RangeError(`${what}: wanted a start above 0, given ${start}`);
  if (!(factor > 1)) throw new RangeError(`${what}: wanted a factor above 1, given ${factor}`);
  const bounds = [start];
  while (bounds.length < count) bounds.push(bounds[bounds.length - 1] * factor);
  return checkBounds(what, bounds);
}

/**
 * Bounds from a smallest to a greatest one that grow by one factor.
 *
 * @param min the first bound, greater than 0
 * @param max the last bound, greater than `min`
 * @param count how many bounds, at least 2
 * @returns ascending bounds; the first is `min` and the last is `max`
 * @throws {RangeError} If an argument is out of its range or two bounds fall together
 *
 * @example From a millisecond to ten seconds
 * ```ts
 * import { exponentialBucketsRange } from "promslab";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const bounds = exponentialBucketsRange(0.001, 10, 5);
 * assertAlmostEquals(bounds[1], 0.01);
 * ```
 */
export function exponentialBucketsRange(min: number, max: number, count: number): number[] {
  const what = "Cannot make exponential buckets";
  checkCount(what, count);
  if (count < 2) throw new RangeError(`${what}: wanted a count of at least 2, given ${count}`);
  if (!(min > 0)) throw new RangeError(`${what}: wanted a minimum above 0, given ${min}`);
  if (!(max > min)) throw new RangeError(`${what}: wanted a maximum above ${min}, given ${max}`);
  const factor = Math.pow(max / min, 1 / (count - 1));
  const bounds = Array.from({ length: count }, (_, i) => min * Math.pow(factor, i));
  bounds[count - 1] = max;
  return checkBounds(what, bounds);
}

function checkCount(what: string, count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`${what}: wanted a count as a whole number from 1, given ${count}`);
  }
}

function checkBounds(what: string, bounds: number[]): number[] {
  for (let i = 0; i < bounds.length; i++) {
    if (!Number.isFinite(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1])) {
      throw new RangeError(
        `${what}: bound ${bounds[i]} follows ${bounds[i - 1]}, wanted finite ascending bounds`,
      );
    }
  }
  return bounds;
}
