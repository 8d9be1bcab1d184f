import { assertEquals } from "@std/assert";
import type { EscapingScheme } from "../../../src/exposition/escape_name.ts";
import { sortedPairs } from "../../../src/exposition/label_pairs.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

function pairsOf(
  labelNames: string[],
  constLabels: Record<string, string> = {},
  escaping: EscapingScheme = "allow-utf-8",
): [name: string, index: number, value: string][] {
  const descriptor = descriptorOf({ name: "a", type: "gauge", labelNames, constLabels });
  return sortedPairs(descriptor, { labelNames, series: [] }, escaping)
    .map(({ name, index, value }) => [name, index, value]);
}

Deno.test("sortedPairs() sorts by name, and says where each label's value is", () => {
  assertEquals(pairsOf(["z", "b"], { m: "M" }), [["b", 1, ""], ["m", -1, "M"], ["z", 0, ""]]);
  assertEquals(pairsOf([]), []);
});

Deno.test("sortedPairs() sorts by code units, whatever the language: capitals before small letters", () => {
  assertEquals(pairsOf(["ä", "a", "B", "_"]).map(([name]) => name), ["B", "_", "a", "ä"]);
});

Deno.test("sortedPairs() sorts the names as they are shown, after they were escaped", () => {
  assertEquals(pairsOf(["a.b", "a_a"], {}, "allow-utf-8").map(([name]) => name), ["a.b", "a_a"]);
  assertEquals(pairsOf(["a.b", "a_a"], {}, "underscores").map(([name]) => name), ["a_a", "a_b"]);
});

Deno.test("sortedPairs() takes the block's labels, the worker's among them", () => {
  const descriptor = descriptorOf({ name: "a", type: "gauge", labelNames: ["x"] });
  const pairs = sortedPairs(descriptor, { labelNames: ["x", "worker"], series: [] }, "allow-utf-8");
  assertEquals(pairs.map(({ name, index }) => [name, index]), [["worker", 1], ["x", 0]]);
});
