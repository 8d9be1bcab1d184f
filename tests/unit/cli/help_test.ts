import { assert, assertStringIncludes } from "@std/assert";
import { helpText } from "../../../src/cli/help.ts";
import { SETTINGS, variableOf } from "../../../src/cli/settings.ts";

Deno.test("helpText() lists every flag with its variable", () => {
  const text = helpText("Usage: x", SETTINGS);
  for (const { flag } of SETTINGS) {
    assertStringIncludes(text, flag);
    assertStringIncludes(text, `[${variableOf(flag)}]`);
  }
  assert(text.startsWith("Usage: x\n"));
  assertStringIncludes(text, "--config FILE");
});
