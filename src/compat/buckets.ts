/**
 * Generators of bucket bounds.
 *
 * @module
 */
// CONTROL PLANE

/**
 * Bounds with equal distances: `start + i * width`.
 *
 * @param start the first bound
 * @param width the distance between two bounds
 * @param count how many bounds, at least 1
 * @throws {Error} If the count is below 1
 *
 * @example Bounds at equal distances
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linearBuckets } from "promslab/compat";
 *
 * assertEquals(linearBuckets(1, 2, 3), [1, 3, 5]);
 * ```
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  if (count < 1) throw new Error("Linear buckets needs a positive count");
  return Array.from({ length: count }, (_, i) => start + i * width);
}

/**
 * Bounds of which each is a multiple of the one before it.
 *
 * @param start the first bound, above 0
 * @param factor the factor by which each bound is above the one before it, above 1
 * @param count how many bounds, at least 1
 * @throws {Error} If the start is not above 0, the factor not above 1, or the count below 1
 *
 * @example Bounds that double
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exponentialBuckets } from "promslab/compat";
 *
 * assertEquals(exponentialBuckets(1, 2, 4), [1, 2, 4, 8]);
 * ```
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  if (start <= 0) throw new Error("Exponential buckets needs a positive start");
  if (count < 1) throw new Error("Exponential buckets needs a positive count");
  if (factor <= 1) throw new Error("Exponential buckets needs a factor greater than 1");
  // WHY: multiplied step by step, as callers compare the bounds with literals that came from prom-client.
  const bounds = [start];
  while (bounds.length < count) bounds.push(bounds[bounds.length - 1] * factor);
  return bounds;
}
