import { assertEquals } from "@std/assert";
import { removalMatches } from "../../../src/model/removal.ts";

Deno.test("removalMatches() compares the labels that the removal names, and no others", () => {
  const series = { labelNames: ["a", "b"], values: ["1", "2"] };
  const matches = (labels: Record<string, string>) =>
    removalMatches({ family: "f", labels, reset: false, origin: "0/1" }, series);
  assertEquals(matches({}), true);
  assertEquals(matches({ b: "2" }), true);
  assertEquals(matches({ a: "1", b: "2" }), true);
  assertEquals(matches({ a: "2" }), false);
  assertEquals(matches({ c: "1" }), false);
});
