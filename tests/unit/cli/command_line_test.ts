import { assertEquals, assertThrows } from "@std/assert";
import { readCommandLine } from "../../../src/cli/command_line.ts";
import { SETTINGS } from "../../../src/cli/settings.ts";
import { UsageError } from "../../../src/cli/usage_error.ts";

const read = (...args: string[]) => readCommandLine(args, SETTINGS);

Deno.test("readCommandLine() takes flags in both spellings, anywhere", () => {
  const { positionals, values } = read("./app.ts", "--workers", "3", "--port=0", "--no-instrument", "-h");
  assertEquals(positionals, ["./app.ts"]);
  assertEquals([...values], [["workers", "3"], ["port", "0"], ["instrument", false], ["help", true]]);
});

Deno.test("readCommandLine() takes negative numbers as values", () => {
  assertEquals(read("--drain-seconds=-1").values.get("drain-seconds"), "-1");
});

Deno.test("readCommandLine() refuses what it does not know, naming it", () => {
  const refusals: Record<string, string[]> = {
    'Unknown flag "--wrokers": did you mean "--workers"? --help lists all flags': ["--wrokers", "3"],
    'Unknown flag "--no-port": --help lists all flags': ["--no-port"],
    'Unknown flag "-x": --help lists all flags': ["-x"],
    'Flag "--port" wants a value: --port=VALUE': ["--port"],
    'Flag "--instrument" takes no value': ["--instrument=yes"],
  };
  for (const [message, args] of Object.entries(refusals)) {
    assertEquals(assertThrows(() => read(...args), UsageError).message, message);
  }
});
