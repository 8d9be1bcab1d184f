import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { StopFinder } from "../../../../src/llm/api/stop_finder.ts";

function run(
  parts: readonly string[],
  stops: readonly string[],
  include = false,
): [string, string | undefined] {
  const finder = new StopFinder(stops, include);
  let text = "";
  for (const part of parts) {
    text += finder.push(part);
    if (finder.found !== undefined) return [text, finder.found];
  }
  return [text + finder.end(), undefined];
}

Deno.test("StopFinder finds a string that comes in parts, and holds back only what may be its beginning", () => {
  assertEquals(run(["ab", "c", "d"], ["bcd"]), ["a", "bcd"]);
  assertEquals(run(["ab", "c", "x"], ["bcd"]), ["abcx", undefined]);
  assertEquals(run(["aab", "aabX"], ["aabX"]), ["aab", "aabX"]);
  assertEquals(run(["one two"], ["two", "one"]), ["", "one"], "the first one counts");
  assertEquals(run(["say stop"], ["stop"], true), ["say stop", "stop"]);
  assertEquals(run(["abc"], []), ["abc", undefined]);
});

Deno.test("StopFinder lets a stop string pass that is complete before output may stop", () => {
  const finder = new StopFinder(["the"], false);
  assertEquals([finder.push("the ", false), finder.push("t", false), finder.found], ["the ", "", undefined]);
  assertEquals([finder.push("he end"), finder.found], ["", "the"], "one that ends later counts");
});

Deno.test("StopFinder gives what looking at the whole text gives, however it is cut", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
  const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 3 }), {
    maxLength: 3,
  });
  fc.assert(fc.property(fc.array(letters, { maxLength: 6 }), stops, (parts, wanted) => {
    const all = parts.join("");
    const [text, found] = run(parts, wanted);
    if (found === undefined) {
      assertEquals(text, all);
      for (const stop of wanted) assertEquals(all.includes(stop), false);
    } else {
      assertEquals(all.startsWith(text + found), true);
      for (const stop of wanted) assertEquals(text.includes(stop), false);
    }
  }));
});
