import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { numberFlag, readToolArguments, toolHelp, type ToolUsage } from "../../../src/cli/tool_arguments.ts";
import { versionText } from "../../../src/cli/version_text.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";

const USAGE: ToolUsage = {
  line: "promslab look TARGET [FLAGS]",
  text: "Looks.",
  target: { name: "TARGET" },
  flags: [{ flag: "json", help: "as JSON" }, { flag: "timeout", placeholder: "SECONDS", help: "how long" }],
};

Deno.test("readToolArguments() takes target and flags in any order", () => {
  const read = readToolArguments(["--timeout=3", "a", "--json"], USAGE);
  assertEquals([read.target, read.answer, [...read.values]], ["a", undefined, [["timeout", "3"], [
    "json",
    "",
  ]]]);
  assertEquals(readToolArguments(["--timeout", "3", "-"], USAGE).target, "-");
  assertEquals(readToolArguments(["--help"], USAGE).answer, toolHelp(USAGE));
  assertEquals(readToolArguments(["-h", "--nonsense"], USAGE).answer, toolHelp(USAGE));
  assertEquals(readToolArguments(["--version"], USAGE).answer, versionText());
});

Deno.test("readToolArguments() says what is wrong", () => {
  const wrong: [string[], string][] = [
    [[], "Missing argument: TARGET"],
    [["a", "b"], 'Unknown argument "b": wanted one TARGET'],
    [["a", "--jsno"], 'Unknown flag "--jsno": did you mean "--json"?'],
    [["a", "--timeout"], 'Flag "--timeout" wants a value: --timeout=SECONDS'],
    [["a", "--json=yes"], 'Flag "--json" takes no value'],
  ];
  for (const [args, message] of wrong) {
    assertThrows(() => readToolArguments(args, USAGE), UsageError, message);
  }
  const optional = { ...USAGE, target: { name: "URL", fallback: "x" } };
  assertEquals(readToolArguments([], optional).target, "x");
});

Deno.test("numberFlag() takes numbers within bounds only", () => {
  const limits = { fallback: 10, min: 1 };
  assertEquals(numberFlag(new Map(), "timeout", limits), 10);
  assertEquals(numberFlag(new Map([["timeout", "2.5"]]), "timeout", limits), 2.5);
  for (const text of ["0", "many", "", " ", "Infinity", "NaN"]) {
    assertThrows(() => numberFlag(new Map([["timeout", text]]), "timeout", limits), UsageError, "--timeout");
  }
});

Deno.test("toolHelp() lists every flag", () => {
  const help = toolHelp(USAGE);
  assertStringIncludes(help, "Usage: promslab look TARGET [FLAGS]\n\nLooks.\n");
  assertStringIncludes(help, "\n  --timeout SECONDS  how long\n");
});
