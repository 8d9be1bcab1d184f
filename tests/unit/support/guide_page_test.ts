import { assertEquals } from "@std/assert";
import { blocksOf, missingFrom } from "../../_support/guide_page.ts";

Deno.test("blocksOf() finds blocks with language, words, text and line", () => {
  const markdown = "# A\n\n```sh run exit=1\nfalse\n```\n\nb\n\n```\nplain\n```\n";
  assertEquals(blocksOf(markdown), [
    { language: "sh", words: ["run", "exit=1"], text: "false\n", line: 3 },
    { language: "", words: [], text: "plain\n", line: 9 },
  ]);
});

Deno.test("missingFrom() compares all lines, a part, or all but the numbers", () => {
  const differs = (printed: string, text: string, ...words: string[]) =>
    missingFrom(printed, { language: "text", words: ["output", ...words], text, line: 1 }) !== "";
  assertEquals(differs("a 1\nb 2\n", "a 1\nb 2\n"), false);
  assertEquals(differs("a 1\nb 2\nc 3\n", "a 1\nb 2\n"), true, "a line that the page does not show");
  assertEquals(differs("a 1\n", "a 1\nb 2\n"), true);
  assertEquals(differs("xx a 1 xx\n", "a 1\n", "contains"), false);
  assertEquals(differs("up 12.5 ms,   7 of 90 %\n", "up 850 µs, 8 of 7 %\n", "varies"), false);
  assertEquals(differs("up 12.5 ms\n", "down 12.5 ms\n", "varies"), true);
  assertEquals(differs("ready (1 worker), 3 goats\n", "ready (2 workers), 1 goat\n", "varies"), false);
  assertEquals(differs("2 sheep\n", "2 seconds\n", "varies"), true);
});
