import { assertEquals } from "@std/assert";
import { RecentKeys } from "../../../../../src/llm/pipeline/stages/recent_keys.ts";

Deno.test("RecentKeys forgets the oldest first and never holds more than it may", () => {
  const keys = new RecentKeys(2);
  for (const key of ["a", "b", "b", "c"]) keys.add(key);
  assertEquals(["a", "b", "c"].map((key) => keys.has(key)), [false, true, true]);
});
