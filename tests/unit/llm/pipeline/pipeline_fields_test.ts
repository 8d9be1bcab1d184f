import { assertEquals, assertThrows } from "@std/assert";
import { PipelineError, PipelineFields } from "../../../../src/llm/pipeline/pipeline_fields.ts";

const ANY = { min: -Infinity, max: Infinity };

/** What is said of a wrong field: its place, and the message behind it. */
function refusal(read: () => unknown): [where: string, what: string] {
  const { where, message } = assertThrows(read, PipelineError);
  return [where, message.replace(/^Cannot read the pipeline(?: at [^:]+)?: /, "")];
}

function fieldsOf(object: Record<string, unknown>, where = "stages[1]"): PipelineFields {
  return new PipelineFields(object, where);
}

Deno.test("PipelineError says the place, if there is one", () => {
  assertEquals(new PipelineError("a.b", "no").message, "Cannot read the pipeline at a.b: no");
  assertEquals(new PipelineError("", "no").message, "Cannot read the pipeline: no");
});

Deno.test("PipelineFields wants an object, and says what it got", () => {
  const cases: [value: unknown, given: string][] = [
    [undefined, "nothing"],
    [null, "nothing"],
    [[1, 2], "a list of 2"],
    ["text", '"text"'],
    [5, "5"],
  ];
  for (const [value, given] of cases) {
    assertEquals(refusal(() => new PipelineFields(value, "a")), ["a", `wanted an object, got ${given}`]);
  }
});

Deno.test("PipelineFields says the whole place of a field that is wrong", () => {
  const fields = fieldsOf({ inner: { list: [{}, { deep: 5 }] } });
  const [, second] = fields.object("inner").list("list", { min: 0, max: 9 });
  assertEquals(refusal(() => second.text("deep")), ["stages[1].inner.list[1].deep", "wanted text, got 5"]);
  assertEquals(refusal(() => fieldsOf({}, "").text("model")), ["model", "wanted text, got nothing"]);
});

Deno.test("PipelineFields.text() wants a text that says something", () => {
  assertEquals(fieldsOf({ a: "b" }).text("a"), "b");
  for (const a of ["", null, 5, ["b"]]) {
    assertEquals(refusal(() => fieldsOf({ a }).text("a"))[0], "stages[1].a");
  }
});

Deno.test("PipelineFields.oneOf() takes one of the choices, or the usual one", () => {
  const choices = ["llm", "audio"] as const;
  assertEquals(fieldsOf({ kind: "audio" }).oneOf("kind", choices), "audio");
  assertEquals(fieldsOf({ kind: null }).oneOf("kind", choices, "llm"), "llm");
  assertEquals(
    refusal(() => fieldsOf({}).oneOf("kind", choices))[1],
    "wanted one of llm, audio, got nothing",
  );
  assertEquals(
    refusal(() => fieldsOf({ kind: "LLM" }).oneOf("kind", choices, "llm"))[1],
    'wanted one of llm, audio, got "LLM"',
  );
});

Deno.test("PipelineFields.number() allows the bounds themselves, and takes the usual number for none", () => {
  const bounds = { min: 1, max: 2 };
  for (const [given, read] of [[1, 1], [2, 2], [1.5, 1.5], [null, 1.2]]) {
    assertEquals(fieldsOf({ n: given }).number("n", 1.2, bounds), read);
  }
  for (const n of [0.9, 2.1, "1", true]) {
    assertEquals(
      refusal(() => fieldsOf({ n }).number("n", 1.2, bounds))[1],
      `wanted a number from 1 to 2, got ${JSON.stringify(n)}`,
    );
  }
});

Deno.test("PipelineFields.whole() takes no fraction", () => {
  const bounds = { min: 1, max: 9 };
  assertEquals([fieldsOf({ n: 4 }).whole("n", 1, bounds), fieldsOf({}).whole("n", 1, bounds)], [4, 1]);
  assertEquals(
    refusal(() => fieldsOf({ n: 1.5 }).whole("n", 1, bounds))[1],
    "wanted a whole number from 1 to 9, got 1.5",
  );
  assertEquals(
    refusal(() => fieldsOf({ n: 10 }).whole("n", 1, bounds))[1],
    "wanted a number from 1 to 9, got 10",
  );
});

Deno.test("PipelineFields.object() takes the usual object for none", () => {
  assertEquals(fieldsOf({}).object("engine", { blockSize: 4 }).number("blockSize", 1, ANY), 4);
  assertEquals(refusal(() => fieldsOf({}).object("engine")), [
    "stages[1].engine",
    "wanted an object, got nothing",
  ]);
});

Deno.test("PipelineFields.list() wants so many objects", () => {
  const read = (list: unknown) => fieldsOf({ list }).list("list", { min: 1, max: 2 });
  assertEquals(read([{}, {}]).map(({ where }) => where), ["stages[1].list[0]", "stages[1].list[1]"]);
  for (const [list, given] of [[[], "a list of 0"], [[1, 2, 3], "a list of 3"], [{}, "an object"]]) {
    assertEquals(refusal(() => read(list))[1], `wanted a list of 1 to 2 objects, got ${given}`);
  }
  assertEquals(refusal(() => read([{}, 5])), ["stages[1].list[1]", "wanted an object, got 5"]);
});

Deno.test("PipelineFields.names() takes a list of texts, or none", () => {
  assertEquals([fieldsOf({}).names("path"), fieldsOf({ path: ["a"] }).names("path")], [undefined, ["a"]]);
  for (const path of ["a", ["a", 5]]) {
    assertEquals(refusal(() => fieldsOf({ path }).names("path"))[0], "stages[1].path");
  }
});

Deno.test("PipelineFields.finish() refuses fields that nobody asked for, and names those that there are", () => {
  const fields = fieldsOf({ kind: "llm", steps: 4, stepz: 4 });
  fields.text("kind");
  fields.number("steps", 1, ANY);
  assertEquals(refusal(() => fields.finish(["name"])), [
    "stages[1].stepz",
    "there is no such field, wanted kind, steps, name",
  ]);
  fields.finish(["stepz"]);
});
