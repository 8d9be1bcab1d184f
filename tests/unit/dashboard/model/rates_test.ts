import { assertEquals } from "@std/assert";
import { addUp, bucketIncreases, increase } from "../../../../src/dashboard/model/rates.ts";

Deno.test("increase() is what was added, or all there is after a new beginning", () => {
  assertEquals(increase(3, 10), 7);
  assertEquals(increase(undefined, 10), 10);
  assertEquals(increase(10, 4), 4);
  assertEquals(increase(10, 10), 0);
  assertEquals(increase(1, NaN), 0);
  assertEquals(increase(NaN, 5), 5);
});

Deno.test("bucketIncreases() gives what fell into each bucket", () => {
  assertEquals(bucketIncreases([1, 2, 5], [1, 4, 9]), [0, 2, 2]);
  assertEquals(bucketIncreases(undefined, [1, 4, 9]), [1, 3, 5]);
  assertEquals(bucketIncreases([], []), []);
});

Deno.test("bucketIncreases() takes all of a histogram that began anew", () => {
  assertEquals(bucketIncreases([5, 8, 20], [6, 7, 9]), [6, 1, 2]);
  assertEquals(bucketIncreases([5, 8], [6, 7, 9]), [6, 1, 2], "other buckets are another histogram");
});

Deno.test("addUp() adds lists element by element", () => {
  assertEquals(addUp([[1, 2], [], [10, 20]]), [11, 22]);
  assertEquals(addUp([]), []);
});
