import { assertEquals } from "@std/assert";
import { textTable } from "../../../src/cli/text_table.ts";

Deno.test("textTable() makes columns as wide as their longest cell", () => {
  assertEquals(textTable(["NAME", "N"], [["a", "1"], ["longer", "200"]], [1]), [
    "NAME      N",
    "a         1",
    "longer  200",
  ]);
  assertEquals(textTable(["A", "B"], [["x", "µ"]]), ["A  B", "x  µ"]);
});
