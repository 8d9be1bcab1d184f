import { assert, assertStringIncludes } from "@std/assert";
import { helpText } from "../../../src/cli/help.ts";
import { SERVE_SETTINGS, SETTINGS, variableOf } from "../../../src/cli/settings.ts";

Deno.test("helpText() lists every flag with its variable", () => {
  const text = helpText("Usage: x", SETTINGS);
  for (const { flag } of SETTINGS) {
    assertStringIncludes(text, flag);
    assertStringIncludes(text, `[${variableOf(flag)}]`);
  }
  assert(text.startsWith("Usage: x\n"));
  assertStringIncludes(text, "--config FILE");
});

Deno.test("the guide on operating has every flag of a server", async () => {
  const guide = await Deno.readTextFile(new URL("../../../docs/guide/operating.md", import.meta.url));
  for (const { flag, type } of [...SETTINGS, ...SERVE_SETTINGS]) {
    // A switch that is on by default stands there as what turns it off.
    assert(guide.includes(`--${flag}`) || (type === "switch" && guide.includes(`--no-${flag}`)), flag);
  }
});
