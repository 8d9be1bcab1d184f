import { assertEquals } from "@std/assert";
import {
  escapeHelp,
  exemplarText,
  labelText,
  lineText,
  pairText,
  valueText,
} from "../../../src/compat/text.ts";

Deno.test("valueText() writes what is not finite as prom-client does, which has another NaN than others", () => {
  assertEquals([0, -1.5, 1e21, NaN, Infinity, -Infinity].map(valueText), [
    "0",
    "-1.5",
    "1e+21",
    "Nan",
    "+Inf",
    "-Inf",
  ]);
});

Deno.test("pairText() escapes backslash, line feed and quote, whatever the value is", () => {
  assertEquals(pairText("a", 'b\\n"\n'), 'a="b\\\\n\\"\\n"');
  assertEquals([pairText("a", 5), pairText("a", undefined), pairText("a", "")], [
    'a="5"',
    'a="undefined"',
    'a=""',
  ]);
  assertEquals(escapeHelp('b\\"\n'), 'b\\\\"\\n');
});

Deno.test("labelText() and lineText() put labels in their order, and no braces around none", () => {
  assertEquals(labelText({ z: 1, a: "b" }), 'z="1",a="b"');
  assertEquals([lineText("n", labelText({}), 1), lineText("n", labelText({ a: 1 }), NaN)], [
    "n 1",
    'n{a="1"} Nan',
  ]);
});

Deno.test("exemplarText() has the exemplar's labels, value and time", () => {
  const text = exemplarText({ labelSet: { id: 'x"' }, value: 0.5, timestamp: 12.5 });
  assertEquals(text, ' # {id="x\\""} 0.5 12.5');
});
