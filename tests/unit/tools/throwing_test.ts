import { assertEquals } from "@std/assert";
import { bodyAt, throwsBy } from "../../../tools/_throwing.ts";
import { ROOT } from "../../../tools/_run.ts";

/** Why a function of the tools' own sources throws. */
function causeOf(file: string, beginning: string): string | undefined {
  const line = Deno.readTextFileSync(`${ROOT}/${file}`).split("\n").findIndex((text) =>
    text.startsWith(beginning)
  );
  return throwsBy({ file, line, column: beginning.search(/\S/) });
}

Deno.test("throwsBy() finds what throws by itself, or by a function that it calls here or from elsewhere", () => {
  assertEquals(causeOf("src/cli/tool_arguments.ts", "export function numberFlag("), "throw");
  assertEquals(causeOf("src/cli/check_command.ts", "async function check("), "dialectFlag");
  assertEquals(causeOf("src/cli/tool_arguments.ts", "export async function runTool("), "readToolArguments");
  assertEquals(causeOf("src/metric/metric.ts", "  removeMatching("), "#known");
});

Deno.test("throwsBy() leaves out what is caught, thrown again, or only named", () => {
  assertEquals(causeOf("src/cli/main.ts", "export async function main("), undefined);
  assertEquals(causeOf("src/cli/version_text.ts", "export function versionText("), undefined);
  assertEquals(causeOf("src/metric/metric.ts", "  clear("), undefined);
});

Deno.test("bodyAt() ends where the first line's indentation comes back", () => {
  const lines = ["  a() {", "    if (x) {", "    }", "  }", "  b() {", "  }"];
  assertEquals(bodyAt(lines, 0, 2), lines.slice(0, 4).join("\n"));
  assertEquals(bodyAt(["const f = () => { x(); }"], 0, 0), "const f = () => { x(); }");
});
