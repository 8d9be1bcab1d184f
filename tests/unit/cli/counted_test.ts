import { assertEquals } from "@std/assert";
import { counted } from "../../../src/cli/counted.ts";

Deno.test("counted() knows one from many", () => {
  assertEquals([0, 1, 1200].map((number) => counted(number, "error")), [
    "0 errors",
    "1 error",
    "1,200 errors",
  ]);
  assertEquals(counted(2, "family", "families"), "2 families");
});
