import { assert, assertEquals } from "@std/assert";
import { DENO, exists, filesUnder, run } from "../../../tools/_run.ts";

Deno.test("run() gives the exit code and both outputs, colourless", async () => {
  const script = `console.log("%cred", "color: red"); console.error("no"); Deno.exit(3);`;
  const { code, stdout, output } = await run([DENO, "eval", script]);
  assertEquals({ code, stdout, output }, { code: 3, stdout: "red\n", output: "red\nno\n" });
});

Deno.test("run() ends a command at its limit, and says so", async () => {
  const { code, timedOut } = await run([DENO, "eval", "setInterval(() => {}, 1000)"], { limitSeconds: 0.2 });
  assertEquals({ code, timedOut }, { code: 124, timedOut: true });
});

Deno.test("run() of a program that does not exist gives 127", async () => {
  assertEquals((await run(["promslab-no-such-program"])).code, 127);
});

Deno.test("filesUnder() finds files by their ending, sorted, and none in a folder that is absent", () => {
  const files = filesUnder("tools", ".ts");
  assert(files.includes("tools/_run.ts"));
  assertEquals(files, [...files].sort());
  assertEquals([filesUnder("no_such_folder", ".ts"), exists("no_such_folder")], [[], false]);
});
