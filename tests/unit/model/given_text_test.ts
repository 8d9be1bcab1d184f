/**
 * Wrong values in error messages.
 */
import { assertEquals, assertThrows } from "@std/assert";
import { givenText } from "../../../src/model/given_text.ts";
import { Counter, Gauge, Histogram, Registry } from "promslab";

Deno.test("givenText() tells a text from a number, stays on one line, and can show everything", () => {
  const shown = ["3", 3, -Infinity, NaN, 3n, true, undefined, null, "a\nb", {}, () => {}, Symbol("s")].map(
    givenText,
  );
  assertEquals(shown, [
    '"3"',
    "3",
    "-Infinity",
    "NaN",
    "3n",
    "true",
    "undefined",
    "null",
    '"a\\nb"',
    "object",
    "function",
    "symbol",
  ]);
  assertEquals(givenText(Object.create(null)), "object");
});

Deno.test("a text where a number is wanted is shown as a text", () => {
  const registry = new Registry();
  const text = "3" as unknown as number;
  const counter = new Counter({ name: "wrong_total", help: "Wrong.", registry });
  assertThrows(() => counter.inc(text), RangeError, 'wanted a number from 0, given "3"');
  const gauge = new Gauge({ name: "wrong_now", help: "Wrong.", registry });
  assertThrows(() => gauge.set(text), TypeError, 'wanted a number, given "3"');
  const histogram = new Histogram({ name: "wrong_seconds", help: "Wrong.", registry });
  assertThrows(() => histogram.observe(text), RangeError, 'wanted a number that is not NaN, given "3"');
});

Deno.test("a name that would break the line is escaped", () => {
  const registry = new Registry();
  const define = () => new Counter({ name: "a\nb_total", help: "Wrong.", registry });
  assertThrows(define, RangeError, 'Cannot define metric "a\\nb_total": ');
});
