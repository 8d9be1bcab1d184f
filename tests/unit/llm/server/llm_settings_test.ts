import { assertEquals } from "@std/assert";
import { SETTINGS } from "../../../../src/cli/settings.ts";
import type { LlmOptions } from "../../../../src/llm/server/llm_options.ts";
import { LLM_SETTINGS, type LlmSetting } from "../../../../src/llm/server/llm_settings.ts";
import { resolveLlmOptions } from "../../../../src/llm/server/resolve_llm_options.ts";

/** The options that the source declares, with their types. */
function declaredOptions(): Map<string, string> {
  const source = Deno.readTextFileSync(new URL("../../../../src/llm/server/llm_options.ts", import.meta.url));
  return new Map(
    [...source.matchAll(/^ {2}readonly (\w+)\?: (\w+);/gm)].map(([, name, type]) => [name, type]),
  );
}

/** The default that a setting's help names, as a value; undefined if it names none, or a rule. */
function statedDefault({ help, type }: LlmSetting): number | string | boolean | undefined {
  const text = /\(default: ([^ ,)]+)\)$/.exec(help)?.[1];
  if (text === undefined) return undefined;
  return type === "number" ? Number(text) : type === "switch" ? text === "on" : text;
}

Deno.test("LLM_SETTINGS have one flag for each option, none twice and none of another command's", () => {
  const flags = [...SETTINGS, ...LLM_SETTINGS].map(({ flag }) => flag);
  assertEquals(new Set(flags).size, flags.length);
  const options = LLM_SETTINGS.map(({ option }) => option);
  assertEquals(new Set(options).size, options.length);
  assertEquals(new Set<string>(options), new Set(declaredOptions().keys()));
});

Deno.test("LLM_SETTINGS are read as what their options are", () => {
  const declared = declaredOptions();
  const types = { number: "number", text: "string", file: "string", switch: "boolean" };
  assertEquals(
    LLM_SETTINGS.filter(({ option, type }) => declared.get(option) !== types[type]).map(({ flag }) => flag),
    [],
  );
});

Deno.test("LLM_SETTINGS name the defaults that hold", () => {
  for (const setting of LLM_SETTINGS) {
    const stated = statedDefault(setting);
    if (stated === undefined) continue;
    const isGateways = /^(?:upstream|inputCost|outputCost)/.test(setting.option);
    const base: LlmOptions = isGateways ? { upstreams: "http://127.0.0.1:1" } : {};
    const plan = resolveLlmOptions({ ...base, [setting.option]: stated });
    assertEquals(plan, resolveLlmOptions(base), `--${setting.flag}: ${setting.help}`);
  }
});
