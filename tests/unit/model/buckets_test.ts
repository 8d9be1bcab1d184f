import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { exponentialBuckets, exponentialBucketsRange, linearBuckets } from "../../../src/model/buckets.ts";

Deno.test("linearBuckets() gives bounds at equal distances, without drift", () => {
  assertEquals(linearBuckets(-15, 5, 6), [-15, -10, -5, 0, 5, 10]);
  assertEquals(linearBuckets(0, 0.1, 4), [0, 0.1, 0.2, 3 * 0.1]);
  assertEquals(linearBuckets(1, 1, 1), [1]);
});

Deno.test("exponentialBuckets() multiplies by the factor", () => {
  assertEquals(exponentialBuckets(100, 1.2, 3), [100, 120, 144]);
  assertEquals(exponentialBuckets(0.5, 2, 4), [0.5, 1, 2, 4]);
});

Deno.test("exponentialBucketsRange() hits both ends", () => {
  const bounds = exponentialBucketsRange(1, 100, 10);
  assertEquals([bounds[0], bounds.at(-1), bounds.length], [1, 100, 10]);
  for (let i = 1; i < 10; i++) assertAlmostEquals(bounds[i] / bounds[i - 1], 100 ** (1 / 9), 1e-12);
});

Deno.test("bucket helpers refuse arguments out of range", () => {
  const cases: [() => unknown, string][] = [
    [() => linearBuckets(1, 1, 0), "wanted a count as a whole number from 1, given 0"],
    [() => linearBuckets(1, 1, 2.5), "given 2.5"],
    [() => linearBuckets(1, 0, 3), "wanted a width above 0, given 0"],
    [() => linearBuckets(NaN, 1, 3), "wanted a finite start, given NaN"],
    [() => linearBuckets(1e17, 1, 3), "wanted finite ascending bounds"],
    [() => exponentialBuckets(0, 2, 3), "wanted a start above 0, given 0"],
    [() => exponentialBuckets(1, 1, 3), "wanted a factor above 1, given 1"],
    [() => exponentialBuckets(1, 10, 400), "wanted finite ascending bounds"],
    [() => exponentialBucketsRange(1, 10, 1), "wanted a count of at least 2, given 1"],
    [() => exponentialBucketsRange(0, 10, 3), "wanted a minimum above 0, given 0"],
    [() => exponentialBucketsRange(10, 10, 3), "wanted a maximum above 10, given 10"],
  ];
  for (const [make, message] of cases) assertThrows(make, RangeError, message);
});
