import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { type FamilySpec, tokenBuckets } from "../../../src/families/family_spec.ts";
import { FASTAPI_FAMILIES } from "../../../src/families/fastapi.ts";
import { LITELLM_FAMILIES } from "../../../src/families/litellm.ts";
import { VLLM_FAMILIES } from "../../../src/families/vllm.ts";
import { VLLM_OPTIONAL_FAMILIES } from "../../../src/families/vllm_optional.ts";

interface ExpectedFamily {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly buckets: readonly number[] | "tokens" | null;
  readonly status: string;
  readonly children: Record<string, string[]> | null;
}

function expectedFamilies(file: string): ExpectedFamily[] {
  return JSON.parse(Deno.readTextFileSync(new URL(`../../testdata/families/${file}`, import.meta.url)));
}

function assertFamilies(specs: readonly FamilySpec[], file: string): void {
  const actual = specs.map((spec) => ({
    name: spec.name,
    type: spec.type as string,
    labels: spec.labelNames,
    buckets: spec.type === "histogram" ? spec.buckets : null,
    children: spec.children ?? null,
  }));
  const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  const wanted = expectedFamilies(file).map(({ status: _, ...family }) => family);
  assertEquals(actual.sort(byName), wanted.sort(byName) as typeof actual);
}

Deno.test("vLLM families have the names, types, labels, buckets and first children of vLLM", () => {
  const tables = [VLLM_FAMILIES, VLLM_OPTIONAL_FAMILIES].flatMap((table) => Object.values(table));
  assertFamilies(tables as FamilySpec[], "vllm.json");
});

Deno.test("LiteLLM families have the names, types, labels and buckets of LiteLLM", () => {
  assertFamilies(Object.values(LITELLM_FAMILIES) as FamilySpec[], "litellm.json");
});

Deno.test("FastAPI families have the names, types, labels and buckets of the instrumentator", () => {
  assertFamilies(Object.values(FASTAPI_FAMILIES) as FamilySpec[], "fastapi.json");
});

Deno.test("vLLM families that are current and need no feature are in the table that is always defined", () => {
  for (const spec of Object.values(VLLM_FAMILIES)) assertEquals(spec.status, "current", spec.name);
  for (const spec of Object.values(VLLM_OPTIONAL_FAMILIES) as FamilySpec[]) {
    assertEquals(spec.feature !== undefined || spec.status === "deprecated", true, spec.name);
  }
});

Deno.test("vLLM families are keyed by their names", () => {
  const tables: Record<string, FamilySpec>[] = [VLLM_FAMILIES, VLLM_OPTIONAL_FAMILIES] as never;
  for (const table of tables) {
    for (const [key, spec] of Object.entries(table)) {
      const words = spec.name.replace("vllm:", "").split("_");
      const camel = words[0] + words.slice(1).map((word) => word[0].toUpperCase() + word.slice(1)).join("");
      assertEquals(key, camel);
      assertMatch(spec.help, /\S\.$/, `${spec.name} has a help text`);
    }
  }
});

Deno.test("tokenBuckets() goes up to the context length in steps of 1, 2 and 5", () => {
  assertEquals(tokenBuckets(1), [1]);
  assertEquals(tokenBuckets(1024), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  assertEquals(tokenBuckets(131072).length, 16);
  assertEquals(tokenBuckets(131072).at(-1), 100000);
});

Deno.test("help texts speak to users: of the metric, not of its definition", () => {
  for (const table of [VLLM_FAMILIES, VLLM_OPTIONAL_FAMILIES, LITELLM_FAMILIES, FASTAPI_FAMILIES]) {
    for (const { name, help } of Object.values(table) as FamilySpec[]) {
      assertMatch(help, /^[A-Z0-9].*\.$/, name);
      assertNotMatch(help, /\b(help says|buckets are|counter\))/, name);
    }
  }
});
