import { assertEquals, assertThrows } from "@std/assert";
import { readCommandLine } from "../../../src/cli/command_line.ts";
import { gatherOptions } from "../../../src/cli/gather_options.ts";
import { SETTINGS } from "../../../src/cli/settings.ts";
import { SettingError } from "../../../src/cli/usage_error.ts";

function gather(
  from: { args?: string[]; variables?: Record<string, string>; file?: Record<string, unknown> },
) {
  return gatherOptions(SETTINGS, {
    line: readCommandLine(from.args ?? [], SETTINGS),
    variable: (name) => from.variables?.[name],
    file: from.file && { path: "x.json", values: new Map(Object.entries(from.file)) },
  });
}

Deno.test("gatherOptions() prefers a flag to a variable, and a variable to the file", () => {
  const { options, names } = gather({
    args: ["--workers", "3"],
    variables: { PROMSLAB_WORKERS: "4", PROMSLAB_ADMIN_PORT: "0" },
    file: { workers: 5, "admin-port": 6, port: 7, instrument: false },
  });
  assertEquals(options, { workers: 3, adminPort: 0, port: 7, instrument: false });
  assertEquals(Object.fromEntries(names), {
    workers: "--workers",
    adminPort: "PROMSLAB_ADMIN_PORT",
    port: '"port" in x.json',
    instrument: '"instrument" in x.json',
  });
});

Deno.test("gatherOptions() leaves an empty variable out", () => {
  assertEquals(gather({ variables: { PROMSLAB_PORT: "" } }).options, {});
});

Deno.test("gatherOptions() refuses values of the wrong type, naming where they stand", () => {
  const refusals: [Parameters<typeof gather>[0], string][] = [
    [{ args: ["--port", "http"] }, 'Cannot use --port "http": wanted a number'],
    [{ variables: { PROMSLAB_WORKERS: "two" } }, 'Cannot use PROMSLAB_WORKERS "two": wanted a number'],
    [{ file: { host: 1 } }, 'Cannot use "host" in x.json "1": wanted text'],
    [
      { variables: { PROMSLAB_INSTRUMENT: "maybe" } },
      'Cannot use PROMSLAB_INSTRUMENT "maybe": wanted true or false',
    ],
  ];
  for (const [from, message] of refusals) {
    assertEquals(assertThrows(() => gather(from), SettingError).message, message);
  }
  assertThrows(() => gather({ file: { prot: 1 } }), SettingError, 'unknown key "prot"');
});
