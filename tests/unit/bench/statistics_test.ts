import { assertEquals, assertThrows } from "@std/assert";
import { advantage, best, median, quantile } from "../../../bench/runner/statistics.ts";

Deno.test("quantile() interpolates between the samples around it", () => {
  assertEquals(quantile([4, 1, 3, 2], 0.5), 2.5);
  assertEquals(quantile([10], 0.99), 10);
  assertEquals(quantile([0, 100], 0.25), 25);
  assertThrows(() => quantile([], 0.5), RangeError, "no sample");
});

Deno.test("best() takes the smallest or the biggest sample", () => {
  assertEquals(best([3, 1, 2]), 1);
  assertEquals(best([3, 1, 2], "higher"), 3);
});

Deno.test("advantage() compares round by round, so that a disturbed round spoils one ratio only", () => {
  const ours = [10, 100, 10];
  const theirs = [40, 400, 20];
  assertEquals(advantage(ours, theirs), { best: 2, median: 4 });
  assertEquals(advantage([200], [100], "higher"), { best: 2, median: 2 });
  assertEquals(median([5, 1, 3]), 3);
});
