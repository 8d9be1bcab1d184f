import { assertEquals, assertThrows } from "@std/assert";
import { escapeLabelName, escapeMetricName } from "../../../src/exposition/escape_name.ts";
import {
  checkLabelNames,
  checkMetricName,
  isLegacyLabelName,
  isLegacyMetricName,
  isWellFormed,
  underscoredLabelName,
  underscoredMetricName,
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

Deno.test("checkLabelNames() refuses names that are one to scrapers without UTF-8", () => {
  const check = (names: string[], name = "m") =>
    checkLabelNames(names, { name, type: "stateset", utf8: true });
  check(["a.b", "a_c", "a..b"]);
  for (const names of [["a.b", "a_b"], ["a_b", "a.b"], ["a.b", "a-b"], ["\u{1f642}", "_"], ["1", "_"]]) {
    assertThrows(() => check(names), RangeError, "to scrapers that know no UTF-8 names");
  }
  assertThrows(() => check(["a.b", "a.b"]), RangeError, "given twice");
  assertThrows(() => check(["s_t"], "s.t"), RangeError, "reserved for the state");
});

Deno.test("underscoredMetricName() and underscoredLabelName() are what the scheme underscores writes", () => {
  for (const name of ["a", "a:b", "a.b", "1a", "a1", "\u{1f642}", "é_é", "_", ":", "a\ud83d"]) {
    assertEquals(underscoredMetricName(name), escapeMetricName(name, "underscores"));
    assertEquals(underscoredLabelName(name), escapeLabelName(name, "underscores"));
  }
});

Deno.test("isWellFormed() finds halves of pairs", () => {
  const values = ["", "a", "🙂", "\uD83D", "\uDE42", "a\uD83D", "\uDE42\uD83D", "\uD83D\uD83D\uDE42"];
  assertEquals(values.map(isWellFormed), values.map((value) => value.isWellFormed()));
});
