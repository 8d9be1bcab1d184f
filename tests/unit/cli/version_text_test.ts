import { assertEquals } from "@std/assert";
import { versionText } from "../../../src/cli/version_text.ts";

Deno.test("versionText() has the version of deno.json and the runtime's", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)));
  assertEquals(versionText(), `promslab ${version} (deno ${Deno.version.deno})`);
});
