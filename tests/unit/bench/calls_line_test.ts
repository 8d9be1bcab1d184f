import { assertEquals, assertThrows } from "@std/assert";
import { formatAnswer, formatCall, parseAnswer } from "../../../bench/runner/calls_line.ts";

Deno.test("a call is one line of words", () => {
  assertEquals(formatCall(["run", "counter_64", 1000]), "run counter_64 1000\n");
  assertThrows(() => formatCall(["two words"]), TypeError, '"two words"');
  assertThrows(() => formatCall([""]), TypeError);
});

Deno.test("an answer comes back as the value that was sent, or as its error", () => {
  assertEquals(parseAnswer(formatAnswer({ value: { a: [1] } }).trimEnd()), { a: [1] });
  assertEquals(parseAnswer(formatAnswer({ value: undefined }).trimEnd()), null);
  assertThrows(
    () => parseAnswer(formatAnswer({ error: new Error("bad\nluck") }).trimEnd()),
    Error,
    "bad luck",
  );
  assertThrows(() => parseAnswer("hello"), Error, '"hello"');
});
