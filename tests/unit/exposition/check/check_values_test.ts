import { assertEquals } from "@std/assert";
import { checkValues } from "../../../../src/exposition/check/check_values.ts";
import type { Finding } from "../../../../src/exposition/check/finding.ts";
import type { ParsedFamily } from "../../../../src/exposition/check/parsed.ts";
import { type Dialect, scanSample } from "../../../../src/exposition/check/scan_line.ts";
import type { MetricType } from "../../../../src/model/metric_type.ts";

/** What is wrong with the lines of a family named `f`: the line's number, from 1, and the rule. */
function findingsIn(type: MetricType, dialect: Dialect, ...lines: string[]): string[] {
  const samples = lines.map((line, i) => scanSample(line, i + 1, dialect));
  const family: ParsedFamily = { name: "f", type, samples, line: 1 };
  const findings: Finding[] = [];
  checkValues(family, dialect, (finding) => findings.push(finding));
  return findings.map(({ line, code }) => `${line} ${code}`);
}

Deno.test("checkValues() says which sample it means, and what it has", () => {
  const samples = [scanSample("f_total -1", 7, "openmetrics")];
  const findings: Finding[] = [];
  checkValues({ name: "f", type: "counter", samples, line: 6 }, "openmetrics", (finding) => {
    findings.push(finding);
  });
  assertEquals(findings, [{ line: 7, code: "bad-counter", message: 'The value is -1 in "f_total"' }]);
});

Deno.test("checkValues() expects nothing of a gauge or of an unknown type", () => {
  for (const type of ["gauge", "unknown"] as const) {
    assertEquals(findingsIn(type, "openmetrics", "f -1.5", 'f{a="b"} NaN'), []);
  }
});

Deno.test("checkValues() wants counters not negative, and any moment for the beginning of one", () => {
  assertEquals(findingsIn("counter", "openmetrics", "f_total 1.5", "f_created -5"), []);
  assertEquals(findingsIn("counter", "text", "f NaN", 'f{a="b"} -Inf'), ["1 bad-counter", "2 bad-counter"]);
});

Deno.test("checkValues() looks at the label sets of a histogram one by one", () => {
  const of = (route: string, le: string) => `f_bucket{route="${route}",le="${le}"}`;
  assertEquals(
    findingsIn(
      "histogram",
      "text",
      `${of("a", "1")} 5`,
      `${of("a", "+Inf")} 5`,
      'f_sum{route="a"} 1',
      'f_count{route="a"} 5',
      `${of("b", "1")} 2`,
      `${of("b", "+Inf")} 3`,
      'f_sum{route="b"} 1',
      'f_count{route="b"} 2',
    ),
    ["8 count-mismatch"],
  );
});

Deno.test("checkValues() finds buckets that are out of order, repeated, or fall", () => {
  const buckets = (...pairs: [le: string, value: number][]) =>
    pairs.map(([le, value]) => `f_bucket{le="${le}"} ${value}`);
  assertEquals(
    findingsIn("histogram", "text", ...buckets(["2", 1], ["1", 1], ["+Inf", 1]), "f_sum 1", "f_count 1"),
    ["2 bad-bound"],
  );
  assertEquals(
    findingsIn("histogram", "text", ...buckets(["1", 1], ["1", 1], ["+Inf", 1]), "f_sum 1", "f_count 1"),
    ["2 bad-bound"],
  );
  assertEquals(
    findingsIn("histogram", "text", ...buckets(["1", 2], ["2", 1], ["+Inf", 2]), "f_sum 1", "f_count 2"),
    ["2 not-cumulative"],
  );
});

Deno.test("checkValues() reads a bound as the number that it is, in the text format however it is spelled", () => {
  for (const le of ["1", "1.0", "1e0", "+1"]) {
    assertEquals(
      findingsIn(
        "histogram",
        "text",
        `f_bucket{le="${le}"} 1`,
        'f_bucket{le="inf"} 1',
        "f_sum 1",
        "f_count 1",
      ),
      [],
      le,
    );
  }
  for (const le of ["1s", "", "0x1", "NaN"]) {
    const [first] = findingsIn("histogram", "text", `f_bucket{le="${le}"} 1`, 'f_bucket{le="+Inf"} 1');
    assertEquals(first, "1 missing-bound", le);
  }
});

Deno.test("checkValues() wants OpenMetrics' one spelling of a bound, whole counts and no negative sum", () => {
  const lines = (le: string, count: string, sum: string) => [
    `f_bucket{le="${le}"} ${count}`,
    `f_bucket{le="+Inf"} ${count}`,
    `f_count ${count}`,
    `f_sum ${sum}`,
  ];
  assertEquals(findingsIn("histogram", "openmetrics", ...lines("1.0", "1", "0.5")), []);
  assertEquals(findingsIn("histogram", "openmetrics", ...lines("1", "1", "0.5")), ["1 bad-bound"]);
  assertEquals(findingsIn("histogram", "openmetrics", ...lines("1.0", "0.5", "0.5")), [
    "1 bad-count",
    "2 bad-count",
    "3 bad-count",
  ]);
  assertEquals(findingsIn("histogram", "openmetrics", ...lines("1.0", "1", "-1")), ["4 bad-counter"]);
  assertEquals(findingsIn("histogram", "openmetrics", ...lines("-1.0", "1", "-1")), ["4 bad-sum"]);
  // Client libraries of the text format do show a sum that goes down.
  assertEquals(findingsIn("histogram", "text", ...lines("-1", "1", "-1")), []);
});

Deno.test("checkValues() lets OpenMetrics leave out sum and count together only, the text format neither", () => {
  const infinite = 'f_bucket{le="+Inf"} 1';
  assertEquals(findingsIn("histogram", "openmetrics", infinite), []);
  assertEquals(findingsIn("histogram", "openmetrics", infinite, "f_sum 1"), ["2 missing-part"]);
  assertEquals(findingsIn("histogram", "text", infinite), ["1 missing-part"]);
  assertEquals(findingsIn("summary", "text", "f_count 1"), ["1 missing-part"]);
});

Deno.test("checkValues() knows the suffixes of a gauge histogram, which may have negative bounds beside a sum", () => {
  const lines = ['f_bucket{le="-1.0"} 2', 'f_bucket{le="+Inf"} 2', "f_gcount 2", "f_gsum -4"];
  assertEquals(findingsIn("gaugehistogram", "openmetrics", ...lines), []);
  assertEquals(findingsIn("gaugehistogram", "openmetrics", ...lines.with(2, "f_gcount 3")), [
    "3 count-mismatch",
  ]);
});

Deno.test("checkValues() wants an exemplar within its bucket: above the last bound, not above its own", () => {
  const withExemplar = (value: string) =>
    findingsIn(
      "histogram",
      "openmetrics",
      'f_bucket{le="1.0"} 0',
      `f_bucket{le="2.0"} 1 # {} ${value}`,
      'f_bucket{le="+Inf"} 1',
    );
  assertEquals(["2", "1.5"].flatMap(withExemplar), []);
  assertEquals(withExemplar("1"), ["2 exemplar-outside-bucket"]);
  assertEquals(withExemplar("2.1"), ["2 exemplar-outside-bucket"]);
});

Deno.test("checkValues() wants exemplars behind buckets and totals, with at most 128 code points of labels", () => {
  const labels = (count: number) => `{a="${"\u{1f600}".repeat(count - 1)}"}`;
  assertEquals(findingsIn("counter", "openmetrics", `f_total 1 # ${labels(128)} 1`), []);
  assertEquals(findingsIn("counter", "openmetrics", `f_total 1 # ${labels(129)} 1`), ["1 exemplar-too-long"]);
  assertEquals(findingsIn("counter", "openmetrics", "f_created 1 # {} 1"), ["1 bad-exemplar-place"]);
  assertEquals(findingsIn("gauge", "openmetrics", "f 1 # {} 1"), ["1 bad-exemplar-place"]);
});

Deno.test("checkValues() wants quantiles ascending from 0 to 1", () => {
  const summary = (...quantiles: string[]) =>
    findingsIn(
      "summary",
      "text",
      ...quantiles.map((quantile) => `f{quantile="${quantile}"} -2`),
      "f_sum 1",
      "f_count 1",
    );
  assertEquals(summary("0", "0.5", "1"), []);
  assertEquals(summary("0.5", "0.5"), ["2 bad-bound"]);
  assertEquals(summary("-0.1", "1.1"), ["1 bad-quantile", "2 bad-quantile"]);
  assertEquals(summary("median"), ["1 missing-bound"]);
  assertEquals(findingsIn("summary", "openmetrics", 'f{quantile="0.5"} -2'), ["1 bad-quantile"]);
});

Deno.test("checkValues() wants 1 of an info, and 0 or 1 with the family's own label of a state", () => {
  assertEquals(findingsIn("info", "openmetrics", 'f_info{version="2"} 1'), []);
  assertEquals(findingsIn("info", "openmetrics", 'f_info{version="2"} 0'), ["1 bad-info"]);
  assertEquals(findingsIn("stateset", "openmetrics", 'f{f="on"} 1', 'f{f="off"} 0'), []);
  assertEquals(findingsIn("stateset", "openmetrics", 'f{f="on"} 0.5', 'f{state="off"} 0'), [
    "1 bad-state",
    "2 bad-state",
  ]);
});
