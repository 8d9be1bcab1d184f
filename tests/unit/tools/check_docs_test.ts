import { assertEquals } from "@std/assert";
import { undocumented } from "../../../tools/check_docs.ts";
import { entryDocs } from "../../../tools/reference/symbols.ts";

Deno.test("entryDocs() reads every entry point with kinds, docs and examples", async () => {
  const entries = await entryDocs();
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)));
  assertEquals(entries.length, Object.keys(exports).length);
  const counter = entries[0].symbols.find(({ name }) => name === "Counter")!;
  assertEquals([counter.kind, counter.exampleCount > 0, counter.doc !== ""], ["class", true, true]);
  const options = entries[0].symbols.find(({ name }) => name === "ServeOptions")!;
  const handler = options.properties.find(({ name }) => name === "handler")!;
  assertEquals([handler.optional, handler.doc !== ""], [false, true]);
});

Deno.test("undocumented() names an export without a docstring, and a function, class or value without an example", () => {
  const symbol = {
    name: "x",
    kind: "function",
    doc: "Does.",
    exampleCount: 1,
    place: "a.ts:1",
    properties: [],
    superClass: undefined,
  };
  assertEquals(undocumented(symbol), []);
  assertEquals(undocumented({ ...symbol, exampleCount: 0 }), ["a.ts:1 x: no @example"]);
  assertEquals(undocumented({ ...symbol, kind: "interface", exampleCount: 0 }), []);
  assertEquals(undocumented({ ...symbol, kind: "interface", doc: "\n" }), ["a.ts:1 x: no docstring"]);
});
