import { assertEquals } from "@std/assert";
import { bucketGrowth, growthOf, rateOf, ratesBy } from "../../../../src/dashboard/model/sample_changes.ts";
import { counter, histogram, table } from "./_tables.ts";

const before = table(
  counter("jobs", 10, { queue: "a" }),
  counter("jobs", 100, { queue: "b" }),
  histogram("wait", { "1": 4, "+Inf": 1 }),
);
const after = table(
  counter("jobs", 14, { queue: "a" }),
  counter("jobs", 6, { queue: "b" }),
  counter("jobs", 3, { queue: "c" }),
  histogram("wait", { "1": 5, "+Inf": 3 }),
);
const change = { before, after, seconds: 2 };

Deno.test("growthOf() handles each series by itself: grown, begun anew, new", () => {
  assertEquals(growthOf(change, "jobs"), 4 + 6 + 3);
  assertEquals(growthOf(change, "jobs", { queue: "a" }), 4);
  assertEquals(growthOf(change, "wait"), 3);
});

Deno.test("rateOf() and ratesBy() are by the second", () => {
  assertEquals(rateOf(change, "jobs"), 6.5);
  assertEquals([...ratesBy(change, "jobs", "queue")], [["a", 2], ["b", 3], ["c", 1.5]]);
});

Deno.test("bucketGrowth() gives the observations of the time between", () => {
  assertEquals(bucketGrowth(change, "wait"), [1, 2]);
});

Deno.test("nothing is known before the second look, nor of families that are not there", () => {
  const first = { before: undefined, after, seconds: NaN };
  assertEquals(growthOf(first, "jobs"), NaN);
  assertEquals([...ratesBy(first, "jobs", "queue")], []);
  assertEquals(bucketGrowth(first, "wait"), []);
  assertEquals(growthOf(change, "none"), NaN);
});
