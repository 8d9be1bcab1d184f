import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { checkLayouts, drawLayout, insertDiagram, type LayoutTable } from "../../../tools/layouts.ts";

const PAIR: LayoutTable = {
  name: "pair",
  title: "Pair",
  bytes: 128,
  fields: [
    { offset: 0, size: 4, view: "i32", field: "first", writer: "owner", ordering: "plain", meaning: "one" },
    { offset: 4, size: 124, view: "-", field: "reserved", writer: "nobody", ordering: "zero", meaning: "" },
  ],
};
const SOURCE = `/** A pair. */
export const PAIR = defineLayout({
  name: "pair",
  bytes: 128,
});
`;

Deno.test("drawLayout() aligns columns and counts cache lines", () => {
  assertEquals(drawLayout(PAIR), [
    "offset  size  view  field     writer  ordering  meaning",
    "------  ----  ----  --------  ------  --------  -------",
    "     0     4  i32   first     owner   plain     one",
    "     4   124  -     reserved  nobody  zero",
    "total 128 bytes = 2 cache lines",
  ]);
});

Deno.test("insertDiagram() sets markers above the docstring, and later only replaces what is between them", () => {
  const drawn = insertDiagram(SOURCE, PAIR);
  assertEquals(drawn.startsWith("// <layout:pair>\n// offset"), true);
  assertStringIncludes(drawn, "// </layout>\n\n/** A pair. */\nexport const PAIR");
  assertEquals(insertDiagram(drawn, PAIR), drawn);
  const renamed = { ...PAIR, fields: [{ ...PAIR.fields[0], field: "other" }, PAIR.fields[1]] };
  assertStringIncludes(insertDiagram(drawn, renamed), "other");
  assertEquals(insertDiagram(insertDiagram(drawn, renamed), PAIR), drawn);
});

Deno.test("insertDiagram() refuses a layout that the source does not define", () => {
  assertThrows(() => insertDiagram("const x = 1;\n", PAIR), Error, 'Cannot draw "pair"');
  assertThrows(() => insertDiagram("// <layout:pair>\n" + SOURCE, PAIR), Error, "no closing one");
});

Deno.test("checkLayouts() finds the diagrams of this repository as they should be", async () => {
  assertEquals(await checkLayouts(), []);
});
