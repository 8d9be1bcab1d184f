import { assertEquals } from "@std/assert";
import {
  escapeHelp,
  escapeQuoted,
  quoteLabelName,
  quoteMetricName,
} from "../../../src/exposition/escape_text.ts";

Deno.test("escapeQuoted() escapes backslash, quote and line feed, and nothing else", () => {
  assertEquals(escapeQuoted('a\\b"c\nd'), 'a\\\\b\\"c\\nd');
  assertEquals(escapeQuoted("\t\r'{}=,ü\u2028"), "\t\r'{}=,ü\u2028");
  assertEquals(escapeQuoted("\\n"), "\\\\n", "an escape in the text is no escape");
});

Deno.test("escapeHelp() leaves quotes alone", () => {
  assertEquals(escapeHelp('a\\b"c\nd'), 'a\\\\b"c\\nd');
});

Deno.test("quoteMetricName() and quoteLabelName() quote what the classic data model does not have", () => {
  assertEquals(["a:b_1", "a.b", "1a", "", 'a"b'].map(quoteMetricName), [
    "a:b_1",
    '"a.b"',
    '"1a"',
    '""',
    '"a\\"b"',
  ]);
  // A colon may stand in the name of a metric, and not in that of a label.
  assertEquals(["a_1", "a:b", "é"].map(quoteLabelName), ["a_1", '"a:b"', '"é"']);
});
