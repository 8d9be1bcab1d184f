import { assert, assertEquals, assertThrows } from "@std/assert";
import { KINDS, missingTools, suitesOf } from "../../../tools/_suites.ts";
import { findTool, isToolName, TOOL_NAMES } from "../../../tools/_tools.ts";
import { run } from "../../../tools/_run.ts";

Deno.test("missingTools() names the tools of a file's needs line that are not installed", () => {
  assertEquals(missingTools('import x from "y";\n'), []);
  const absent = TOOL_NAMES.filter((name) => !findTool(name).found);
  assertEquals(missingTools(`import x from "y";\n// needs: ${TOOL_NAMES.join(", ")}\n`), absent);
  assertThrows(() => missingTools("// needs: telepathy\n"), Error, 'Cannot look for "telepathy"');
});

Deno.test("findTool() gives a path and a version exactly where it finds a tool", () => {
  for (const tool of TOOL_NAMES.map(findTool)) {
    assertEquals([tool.path !== "", tool.version !== ""], [tool.found, tool.found], tool.name);
  }
  assert(!isToolName("toString"));
});

Deno.test("suitesOf() makes one command of a kind's files and none of an empty folder", async () => {
  const [unit] = await suitesOf("unit");
  const command = unit.command("report.xml", ["--filter", "x"]);
  assert(command.includes("tests/unit/tools/suites_test.ts"));
  assertEquals(command.slice(command.indexOf("--filter"), command.indexOf("--filter") + 2), [
    "--filter",
    "x",
  ]);
  assert(KINDS.includes("e2e"));
});

Deno.test("the test runner refuses a kind that it does not know", async () => {
  const { code, output } = await run([Deno.execPath(), "run", "-A", "tools/test.ts", "telepathy"]);
  assertEquals(code, 2);
  assert(output.includes('Cannot test "telepathy"'), output);
});
