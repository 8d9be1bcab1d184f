import { assertEquals, assertThrows } from "@std/assert";
import {
  checkLabelNames,
  checkMetricName,
  isLegacyLabelName,
  isLegacyMetricName,
  isWellFormed,
} from "../../../src/model/names.ts";

Deno.test("checkMetricName() takes the data model's names, and any UTF-8 if told to", () => {
  for (const name of ["a", "_a", ":a:b", "A1_total"]) checkMetricName(name);
  for (const name of ["", "1a", "a b", "a-b", "a.b", "é"]) {
    assertThrows(() => checkMetricName(name), RangeError, `Cannot define metric "${name}"`);
    if (name !== "") checkMetricName(name, true);
  }
  assertThrows(() => checkMetricName("", true), RangeError);
  assertThrows(() => checkMetricName("\uD800", true), RangeError);
  assertThrows(() => checkMetricName(5), TypeError, "given number");
});

Deno.test("checkLabelNames() knows no colon, and any UTF-8 only if told to", () => {
  const check = (name: string, utf8?: boolean) => checkLabelNames([name], { name: "m", type: "gauge", utf8 });
  for (const name of ["a", "_a", "A1"]) check(name);
  for (const name of ["a:b", "a.b", "1", ""]) assertThrows(() => check(name), RangeError);
  check("a.b", true);
  assertThrows(() => check("", true), RangeError);
  assertThrows(() => check("__a", true), RangeError);
});

Deno.test("isLegacyMetricName() and isLegacyLabelName() say what needs no quotes", () => {
  assertEquals(["a:b", "a", "a.b"].map(isLegacyMetricName), [true, true, false]);
  assertEquals(["a:b", "a", "a.b"].map(isLegacyLabelName), [false, true, false]);
});

Deno.test("isWellFormed() finds halves of pairs", () => {
  const values = ["", "a", "🙂", "\uD83D", "\uDE42", "a\uD83D", "\uDE42\uD83D", "\uD83D\uD83D\uDE42"];
  assertEquals(values.map(isWellFormed), values.map((value) => value.isWellFormed()));
});
