import { assert, assertEquals, assertRejects } from "@std/assert";
import { environmentVariable, isFile, readText, urlOfArgument } from "../../../src/host/program.ts";

Deno.test("urlOfArgument() makes a file URL of a path and keeps a URL", () => {
  assertEquals(urlOfArgument("/a/b c.ts").href, "file:///a/b%20c.ts");
  assert(urlOfArgument("./x.ts").href.endsWith("/x.ts"));
  assertEquals(urlOfArgument("https://a/b.ts").href, "https://a/b.ts");
});

Deno.test("isFile() tells files from directories and from nothing", async () => {
  assertEquals(await isFile(new URL(import.meta.url)), true);
  assertEquals(await isFile(new URL(".", import.meta.url)), false);
  assertEquals(await isFile(new URL("./none.ts", import.meta.url)), false);
  assertEquals(await isFile(new URL("./program_test.ts/none.ts", import.meta.url)), false);
});

Deno.test("readText() reads a file, and rejects for one that is not there", async () => {
  assert((await readText(new URL(import.meta.url))).startsWith("import"));
  await assertRejects(() => readText(new URL("./none.ts", import.meta.url)));
});

Deno.test("environmentVariable() is undefined for what is not set", () => {
  Deno.env.set("PROMSLAB_TEST_VARIABLE", "x");
  assertEquals(environmentVariable("PROMSLAB_TEST_VARIABLE"), "x");
  Deno.env.delete("PROMSLAB_TEST_VARIABLE");
  assertEquals(environmentVariable("PROMSLAB_TEST_VARIABLE"), undefined);
});

Deno.test({
  name: "environmentVariable() is undefined where the program may not look",
  permissions: { env: false },
  fn: () => assertEquals(environmentVariable("PATH"), undefined),
});
