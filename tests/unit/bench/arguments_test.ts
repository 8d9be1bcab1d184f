import { assertEquals, assertThrows } from "@std/assert";
import { ROOT } from "../../../tools/_run.ts";
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

Deno.test("the commands of docs/internals/benchmarking.md are ones that the bench takes", async () => {
  const page = await Deno.readTextFile(`${ROOT}/docs/internals/benchmarking.md`);
  const [, block] = /^```sh [^\n]*\n(deno task bench [\s\S]*?)^```$/m.exec(page)!;
  const commands = block.trim().split("\n").map((line) => line.replace(/ {2,}#.*$/, ""));
  assertEquals(commands.length, 8);
  for (const command of commands) {
    const words = (command.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ""));
    const [program, task, bench, ...args] = words;
    assertEquals([program, task, bench], ["deno", "task", "bench"], command);
    // What compares or writes anew takes the files of results; all else is patterns and flags of a run.
    if (["compare", "report", "readme"].includes(args[0])) {
      assertEquals(args.slice(1).every((word) => /^[A-Z]+\.json$/.test(word)), true, command);
      assertEquals(args.length, args[0] === "compare" ? 3 : 2, command);
    } else parseArguments(args);
  }
});
