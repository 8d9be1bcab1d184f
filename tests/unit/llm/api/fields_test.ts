import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../../../src/llm/api/api_error.ts";
import { describe, Fields } from "../../../../src/llm/api/fields.ts";

/** What is said of a wrong field. */
function refusal(read: () => unknown): string {
  return assertThrows(read, ApiError).message;
}

Deno.test("Fields wants an object", () => {
  for (const [body, given] of [[[], "an array"], [null, "nothing"], ["a", "a string"], [5, "5"]]) {
    assertEquals(refusal(() => new Fields(body)), `The request body must be a JSON object, got ${given}`);
  }
});

Deno.test("Fields takes null for a field that is not there, and leaves others alone", () => {
  const fields = new Fields({ gone: null, no: false, zero: 0, empty: "" });
  assertEquals([fields.get("gone"), fields.get("nowhere")], [undefined, undefined]);
  assertEquals([fields.boolean("no"), fields.number("zero"), fields.string("empty")], [false, 0, ""]);
  assertEquals([fields.integer("gone"), fields.object("gone")], [undefined, undefined]);
  assertEquals([fields.strings("gone"), fields.tokens("gone")], [[], []]);
});

Deno.test("Fields.number() allows the bounds themselves", () => {
  const fields = new Fields({ a: 2, b: "2" });
  assertEquals(fields.number("a", { min: 2, max: 2 }), 2);
  assertEquals(refusal(() => fields.number("a", { min: 3 })), "`a` must be at least 3, got 2");
  assertEquals(refusal(() => fields.number("a", { max: 1 })), "`a` must be at most 1, got 2");
  assertEquals(refusal(() => fields.number("b")), "`b` must be a number, got a string");
});

Deno.test("Fields.integer() refuses fractions and what is too large to be one", () => {
  const fields = new Fields({ half: 0.5, huge: 2 ** 53, largest: 2 ** 53 - 1 });
  assertEquals(fields.integer("largest"), 2 ** 53 - 1);
  assertEquals(refusal(() => fields.integer("half")), "`half` must be an integer, got 0.5");
  assertEquals(refusal(() => fields.integer("huge")), "`huge` must be an integer, got 9007199254740992");
});

Deno.test("Fields.strings() takes one or several", () => {
  const fields = new Fields({ one: "a", several: ["a", "b"], none: [], mixed: ["a", 1] });
  assertEquals([fields.strings("one"), fields.strings("several"), fields.strings("none")], [
    ["a"],
    ["a", "b"],
    [],
  ]);
  assertEquals(
    refusal(() => fields.strings("mixed")),
    "`mixed` must be a string or an array of strings, got an array",
  );
});

Deno.test("Fields.tokens() takes integers from 0", () => {
  assertEquals(new Fields({ a: [0, 5] }).tokens("a"), [0, 5]);
  for (const a of [[-1], [0.5], ["1"], 5, {}]) {
    assertEquals(
      refusal(() => new Fields({ a }).tokens("a")).startsWith("`a` must be an array of token ids"),
      true,
    );
  }
});

Deno.test("Fields.object() gives the fields of a field", () => {
  const fields = new Fields({ a: { b: true }, list: [], text: "a" });
  assertEquals(fields.object("a")?.boolean("b"), true);
  assertEquals(refusal(() => fields.object("list")), "`list` must be an object, got an array");
  assertEquals(refusal(() => fields.object("text")), "`text` must be an object, got a string");
});

Deno.test("describe() says what kind a value is, and never repeats a text", () => {
  assertEquals([null, [1], { a: 1 }, "secret", true, 1.5].map(describe), [
    "nothing",
    "an array",
    "an object",
    "a string",
    "true",
    "1.5",
  ]);
});
