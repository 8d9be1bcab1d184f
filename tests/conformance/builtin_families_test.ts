/**
 * The names and help texts of all families that the project defines, by promlint's rules.
 */
import { assert, assertEquals } from "@std/assert";
import { type LintAllowance, lintFamilies, type LintSubject } from "../../src/exposition/check/lint.ts";
import { familyGroups } from "../../tools/family_catalog.ts";

/** What may break rules, as others' dashboards know it by that name. */
const ALLOWED: readonly LintAllowance[] = [
  {
    family: /^vllm:/,
    codes: ["colon-in-name"],
    why: "vLLM puts a colon behind its prefix, and its dashboards and autoscalers ask for these names",
  },
  {
    family: "vllm:iteration_tokens_total",
    codes: ["total-without-counter"],
    why: "vLLM's histogram of the tokens of a step has this name",
  },
  {
    family: /^vllm:omni_.*_s$/,
    codes: ["abbreviated-unit"],
    why: "vLLM-Omni writes seconds as _s",
  },
];

const groups = await familyGroups();
const families = groups.flatMap(({ families }) => families) as readonly LintSubject[];

Deno.test("lintFamilies() finds nothing in the built-in families but what is allowed", () => {
  assert(families.length > 100, `${families.length} families`);
  for (
    const prefix of [
      "http_",
      "process_",
      "nodejs_",
      "promslab_",
      "promhttp_",
      "vllm:",
      "vllm:omni_",
      "litellm_",
    ]
  ) {
    assert(families.some(({ name }) => name.startsWith(prefix)), `no family of ${prefix}`);
  }
  assertEquals(lintFamilies(families, ALLOWED), []);
});

Deno.test("each allowance for built-in families is needed", () => {
  for (const allowance of ALLOWED) {
    const others = ALLOWED.filter((other) => other !== allowance);
    assert(lintFamilies(families, others).length > 0, allowance.why);
  }
});
