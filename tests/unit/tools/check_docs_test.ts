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
    callables: [],
    superClass: undefined,
  };
  assertEquals(undocumented(symbol), []);
  assertEquals(undocumented({ ...symbol, exampleCount: 0 }), ["a.ts:1 x: no @example"]);
  assertEquals(undocumented({ ...symbol, kind: "interface", exampleCount: 0 }), []);
  assertEquals(undocumented({ ...symbol, kind: "interface", doc: "\n" }), ["a.ts:1 x: no docstring"]);
});

Deno.test("undocumented() names options without a docstring, numbers without a unit, and errors that nobody tells", () => {
  const property = { name: "limit", optional: true, doc: "", isNumber: true };
  const symbol = {
    name: "x",
    kind: "interface",
    doc: "Has.",
    exampleCount: 0,
    place: "a.ts:1",
    properties: [property],
    callables: [],
    superClass: undefined,
  };
  assertEquals(undocumented(symbol), [
    "a.ts:1 x.limit: no docstring",
    "a.ts:1 x.limit: a number without a unit",
  ]);
  const said = [{ ...property, doc: "At most so many bytes." }, {
    ...property,
    name: "limitBytes",
    doc: "So.",
  }];
  assertEquals(undocumented({ ...symbol, properties: said }), []);

  // What this calls throws, and its own docstring is put aside here.
  const callable = {
    name: "createStepRing",
    saysThrows: false,
    file: "src/slab/step_ring.ts",
    line: Deno.readTextFileSync(new URL("../../../src/slab/step_ring.ts", import.meta.url)).split("\n")
      .findIndex((line) => line.startsWith("export function createStepRing")),
    column: 0,
    numbers: [{ name: "wide", doc: "how" }],
  };
  const made = { ...symbol, kind: "function", exampleCount: 1, properties: [], callables: [callable] };
  assertEquals(undocumented(made).map((line) => line.replace(/^.*? /, "")), [
    "createStepRing: no @throws, though of throw",
    "createStepRing(wide): a number without a unit",
  ]);
  assertEquals(undocumented({ ...made, callables: [{ ...callable, saysThrows: true, numbers: [] }] }), []);
});
