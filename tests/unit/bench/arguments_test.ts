import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../bench/runner/arguments.ts";

Deno.test("parseArguments() tells patterns from flags", () => {
  assertEquals(parseArguments(["micro/counter", "--quick", "--subjects", "a,b", "--output=none"]), {
    patterns: ["micro/counter"],
    subjects: ["a", "b"],
    runtimes: [],
    rounds: 3,
    quick: true,
    output: "none",
    resume: undefined,
  });
  assertEquals(parseArguments([]).rounds, 15);
});

Deno.test("parseArguments() refuses what it does not know", () => {
  assertThrows(() => parseArguments(["--fast"]), TypeError, '"--fast"');
  assertThrows(() => parseArguments(["--rounds"]), TypeError, "its value is missing");
  assertThrows(() => parseArguments(["--rounds", "0"]), TypeError, "at least 1");
  assertThrows(
    () => parseArguments(["--resume", "x.json", "--quick"]),
    TypeError,
    '"--quick" with "--resume"',
  );
});

Deno.test("parseArguments() takes a quick run for granted where it is told to", () => {
  const { quick, rounds } = parseArguments(["micro"], { quick: true });
  assertEquals([quick, rounds], [true, 3]);
  assertEquals(parseArguments(["--rounds", "5"], { quick: true }).rounds, 5);
  assertEquals(parseArguments(["--resume", "x.json"], { quick: true }).resume, "x.json");
});
