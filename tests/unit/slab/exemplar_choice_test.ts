import { assertEquals } from "@std/assert";
import { exemplarToGiveUp } from "../../../src/slab/exemplar_choice.ts";

function giveUp(exemplars: [value: number, timestamp: number][]): number {
  const values = Float64Array.from(exemplars, ([value]) => value);
  const timestamps = Float64Array.from(exemplars, ([, timestamp]) => timestamp);
  return exemplarToGiveUp(values, timestamps, exemplars.length);
}

Deno.test("exemplarToGiveUp() gives up the older of the two closest", () => {
  assertEquals(giveUp([[1, 10], [100, 11], [10, 12], [11, 13]]), 2);
  assertEquals(giveUp([[1, 10], [100, 11], [11, 13], [10, 12]]), 3);
  assertEquals(giveUp([[1, 10], [2, 11], [1000, 12], [1001, 13]]), 2, "closest on a logarithmic scale");
  assertEquals(giveUp([[-1, 10], [1, 11], [2, 12]]), 1, "values of different signs are far apart");
  assertEquals(giveUp([[0, 10], [5, 11], [0, 12]]), 0);
});

Deno.test("exemplarToGiveUp() gives up a stale one first", () => {
  assertEquals(giveUp([[1, 400], [100, 99], [10, 400], [11, 400]]), 1);
  assertEquals(giveUp([[1, 400], [100, 100], [10, 399], [11, 400]]), 2);
});
