import { assertEquals, assertThrows } from "@std/assert";
import { joinRows, parseResult, rowKey, stringifyResult } from "../../../bench/runner/result.ts";
import { makeResult, makeRow } from "./_make_result.ts";

Deno.test("a result survives being written and read", () => {
  const result = makeResult([makeRow({ samples: [1, 2.5] }), makeRow({ subject: "other", note: "why" })]);
  const text = stringifyResult(result);
  assertEquals(parseResult(text), result);
  assertEquals(text.split("\n").filter((line) => line.includes('"samples"')).length, 2);
});

Deno.test("stringifyResult() keeps five digits of a sample", () => {
  const { rows } = parseResult(stringifyResult(makeResult([makeRow({ samples: [1.23456789, 123456789] })])));
  assertEquals(rows[0].samples, [1.2346, 123456789]);
});

Deno.test("parseResult() refuses what is no result", () => {
  assertThrows(() => parseResult('{"format":99,"rows":[]}'), TypeError, 'its format is "99"');
});

Deno.test("rowKey() does not depend on the order of the sizes", () => {
  const sizes = { workers: 4, series: 100 };
  assertEquals(rowKey(makeRow({ sizes })), rowKey(makeRow({ sizes: { series: 100, workers: 4 } })));
});

Deno.test("joinRows() puts samples of one key in line and keeps notes", () => {
  const rows = joinRows([[makeRow({ samples: [1] })], [
    makeRow({ samples: [2], note: "late" }),
    makeRow({ unit: "ms" }),
  ]]);
  assertEquals(rows.map(({ samples, note }) => ({ samples, note })), [
    { samples: [1, 2], note: "late" },
    { samples: [4, 5, 6], note: undefined },
  ]);
});
