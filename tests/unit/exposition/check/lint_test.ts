import { assertEquals } from "@std/assert";
import {
  LINT_CODES,
  type LintCode,
  lintFamilies,
  type LintSubject,
} from "../../../../src/exposition/check/lint.ts";

function subject(parts: Partial<LintSubject>): LintSubject {
  return { name: "x_total", type: "counter", help: "H.", labelNames: [], ...parts };
}

const CASES: [parts: Partial<LintSubject>, ...codes: LintCode[]][] = [
  [{}],
  [{ name: "x_seconds", type: "histogram" }],
  [{ name: "x_count", type: "summary" }],
  [{ name: "x_bucket", type: "gaugehistogram" }],
  [{ name: "x_total", type: "unknown", labelNames: ["le", "quantile"] }],
  [{ name: "total_bytes", type: "gauge" }],
  [{ help: "" }, "no-help"],
  [{ name: "x" }, "counter-without-total"],
  [{ type: "gauge" }, "total-without-counter"],
  [{ type: "histogram" }, "total-without-counter"],
  [{ name: "x_count", type: "gauge" }, "reserved-suffix"],
  [{ name: "x_bucket", type: "summary" }, "reserved-suffix"],
  [{ name: "x_sum" }, "counter-without-total", "reserved-suffix"],
  [{ labelNames: ["le"] }, "reserved-label"],
  [{ labelNames: ["quantile"] }, "reserved-label"],
  [{ name: "x_gauge_total" }, "type-in-name"],
  [{ name: "x_Histogram", type: "histogram" }, "type-in-name"],
  [{ name: "a:x_total" }, "colon-in-name"],
  [{ name: "xY_total", labelNames: ["aB", "c"] }, "camel-case", "camel-case"],
  [{ name: "x_ms", type: "gauge" }, "abbreviated-unit"],
  [{ name: "x_KB_y", type: "gauge" }, "abbreviated-unit"],
  [{ name: "x_hours", type: "gauge" }, "not-base-unit"],
  [{ name: "x_milliseconds_total" }, "not-base-unit"],
  [{ name: "x_bits_seconds", type: "gauge" }, "not-base-unit"],
  [{ name: "x_seconds_bits", type: "gauge" }],
];

Deno.test("lintFamilies() finds what promtool finds", () => {
  for (const [parts, ...codes] of CASES) {
    assertEquals(lintFamilies([subject(parts)]).map(({ code }) => code), codes, JSON.stringify(parts));
  }
});

Deno.test("LINT_CODES are all found by some case", () => {
  const found = new Set(CASES.flatMap(([, ...codes]) => codes));
  assertEquals(Object.keys(LINT_CODES).filter((code) => !found.has(code as LintCode)), []);
});

Deno.test("lintFamilies() overlooks what is allowed, and only that", () => {
  const families = ["vllm:x_ms", "vllm:y", "z:y"].map((name) => subject({ name, type: "gauge" }));
  const problems = lintFamilies(families, [
    { family: /^vllm:/g, codes: ["colon-in-name"], why: "vLLM's names" },
    { family: "z:y", codes: ["no-help"], why: "another code" },
  ]);
  assertEquals(problems.map(({ family, code }) => [family, code]), [["vllm:x_ms", "abbreviated-unit"], [
    "z:y",
    "colon-in-name",
  ]]);
});
