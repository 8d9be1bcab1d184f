import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bucketQuantile } from "../../../../src/dashboard/model/quantiles.ts";

const BOUNDS = [0.1, 0.5, 1, Infinity];

Deno.test("bucketQuantile() interpolates within the bucket, as histogram_quantile() does", () => {
  assertAlmostEquals(bucketQuantile(0.5, BOUNDS, [0, 10, 0, 0]), 0.3);
  assertAlmostEquals(bucketQuantile(0.5, BOUNDS, [10, 10, 0, 0]), 0.1);
  assertAlmostEquals(bucketQuantile(0.75, BOUNDS, [10, 10, 0, 0]), 0.3);
  assertAlmostEquals(bucketQuantile(0.9, BOUNDS, [10, 0, 0, 0]), 0.09);
});

Deno.test("bucketQuantile() cannot say more than the highest finite bound", () => {
  assertEquals(bucketQuantile(0.99, BOUNDS, [1, 1, 1, 7]), 1);
});

Deno.test("bucketQuantile() is the lowest bound where that is not above 0", () => {
  assertEquals(bucketQuantile(0.5, [-5, 5, Infinity], [10, 0, 0]), -5);
});

Deno.test("bucketQuantile() of nothing is NaN", () => {
  assertEquals(bucketQuantile(0.5, BOUNDS, [0, 0, 0, 0]), NaN);
  assertEquals(bucketQuantile(0.5, [], []), NaN);
  assertEquals(bucketQuantile(0.5, [Infinity], [3]), NaN);
});
