import { assertEquals } from "@std/assert";
import { SERVE_SETTINGS, type Setting, SETTINGS, variableOf } from "../../../src/cli/settings.ts";
import { LLM_SETTINGS } from "../../../src/llm/server/llm_settings.ts";

const COMMANDS: Readonly<Record<string, readonly Setting[]>> = {
  serve: [...SETTINGS, ...SERVE_SETTINGS],
  server: [...SETTINGS, ...LLM_SETTINGS],
};

Deno.test("no two settings of a command share a flag, a variable, or the option that they set", () => {
  for (const [command, settings] of Object.entries(COMMANDS)) {
    const twice = (names: string[]) => names.filter((name, i) => names.indexOf(name) !== i);
    assertEquals(twice(settings.map(({ flag }) => flag)), [], command);
    assertEquals(twice(settings.map(({ flag }) => variableOf(flag))), [], command);
    // Two flags may set one option where one names a file with its value.
    const options = settings.filter(({ type }) => type !== "file");
    assertEquals(twice(options.map(({ option, part }) => `${option}.${part ?? ""}`)), [], command);
  }
});

Deno.test("flags are words with dashes, none begins with no-, and each has a help", () => {
  const all = Object.values(COMMANDS).flat();
  assertEquals(all.filter(({ flag }) => !/^(?!no-)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(flag)), []);
  assertEquals(all.filter(({ help }) => help.trim() === "" || /[.\n]$/.test(help)), []);
  assertEquals(all.filter(({ type, placeholder }) => (type !== "switch") !== (placeholder !== "")), []);
});

Deno.test("what is secret by its name is marked so, and is then left out of what is shown", () => {
  const all = Object.values(COMMANDS).flat();
  const named = all.filter(({ flag, type }) =>
    /^(?:\w+-)?(?:admin-token|api-key|password|secret)$/.test(flag) && type !== "file"
  );
  assertEquals(named.map(({ flag, secret }) => `${flag} ${secret}`).sort(), [
    "admin-token true",
    "admin-token true",
    "api-key true",
    "upstream-api-key true",
  ]);
});

Deno.test("variableOf() is the flag in capitals", () => {
  assertEquals(variableOf("admin-port"), "PROMSLAB_ADMIN_PORT");
});
