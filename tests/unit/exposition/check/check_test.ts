import { assertEquals } from "@std/assert";
import { checkExposition } from "../../../../src/exposition/check/check.ts";
import { FINDING_CODES, type FindingCode } from "../../../../src/exposition/check/finding.ts";
import type { Dialect } from "../../../../src/exposition/check/scan_line.ts";

/** A body without its last line feed (text) or end line (OpenMetrics), and the findings in it: line and code. */
type Case = readonly [body: string, ...findings: [line: number, code: FindingCode][]];

function bodyOf(lines: string, dialect: Dialect): string {
  return dialect === "text" ? `${lines}\n` : `${lines}${lines === "" ? "" : "\n"}# EOF\n`;
}

function checkCases(dialect: Dialect, cases: readonly Case[]): void {
  for (const [lines, ...wanted] of cases) {
    const found = checkExposition(bodyOf(lines, dialect), dialect);
    assertEquals(found.map(({ line, code }) => [line, code]), wanted, `${lines}\n${JSON.stringify(found)}`);
  }
}

const HISTOGRAM = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2';
const OM_HISTOGRAM = HISTOGRAM.replace('"1"', '"1.0"');

const TEXT_CASES: readonly Case[] = [
  // What is well.
  [""],
  ["a 1"],
  ['\t a\t{ b = "c" , }\t1  -123 '],
  ["# a comment\n#\n# HELP\n# UNIT a b c\n#TYPE nothing\n\na 1"],
  ['# HELP a \\\\ \\n "\n# TYPE a untyped\na{b="\\\\\\"\\n\t\r"} NaN'],
  ['{"a b","c d"="e"} +Inf\n# TYPE "f.g" counter\n{"f.g"} 1e3'],
  [HISTOGRAM],
  ['# TYPE s summary\ns{quantile="0"} NaN\ns{quantile="0.5"} -1\ns_sum -4\ns_count 2'],
  ['# TYPE h histogram\nh_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 1\nh_sum -3\nh_count 1'],
  ['a{b=""} 1\na{c="d"} 2'],
  // Lines.
  ["\ufeffa 1", [1, "bad-encoding"], [1, "bad-metric-name"]],
  ["a 1\r", [1, "bad-encoding"]],
  ["1a 1", [1, "bad-metric-name"]],
  ["{} 1", [1, "bad-metric-name"]],
  ['{b="c"} 1', [1, "bad-metric-name"]],
  ['{""} 1', [1, "bad-metric-name"]],
  ['a{"b"} 1', [1, "bad-labels"]],
  ['a{1b="c"} 1', [1, "bad-label-name"]],
  ['a{b:c="c"} 1', [1, "bad-labels"]],
  ['a{""="c"} 1', [1, "bad-label-name"]],
  ["a{b} 1", [1, "bad-labels"]],
  ["a{b=c} 1", [1, "bad-labels"]],
  ['a{b="c" 1', [1, "bad-labels"]],
  ['a{b="c} 1', [1, "bad-labels"]],
  ['a{b="c",,} 1', [1, "bad-label-name"]],
  ['a{b="c"', [1, "bad-labels"]],
  ['a{b="c" d="e"} 1', [1, "bad-labels"]],
  ['a{b="\\t"} 1', [1, "bad-escape"]],
  ['a{b="\\', [1, "bad-escape"]],
  ['a{b="c",b="d"} 1', [1, "duplicate-label"]],
  ["a", [1, "bad-value"]],
  ["a ", [1, "bad-value"]],
  ["a five", [1, "bad-value"]],
  ["a 0x10", [1, "bad-value"]],
  ["a 1_000", [1, "bad-value"]],
  ["a 1e400", [1, "bad-value"]],
  ["a +nan", [1, "bad-value"]],
  ["a 5n", [1, "bad-value"]],
  ["a 1 1.5", [1, "bad-timestamp"]],
  ["a 1 2 3", [1, "bad-timestamp"]],
  ["a 1 9223372036854775808", [1, "bad-timestamp"]],
  ['a 1 # {b="c"} 1', [1, "bad-timestamp"]],
  // Metadata.
  ["# TYPE a info\na 1", [1, "bad-metadata"]],
  ["# TYPE a\na 1", [1, "bad-metadata"]],
  ["# TYPE 1a counter", [1, "bad-metric-name"]],
  ["# HELP a-b text", [1, "bad-metric-name"]],
  ['# HELP a \\" b', [1, "bad-escape"]],
  ["# HELP a b\n# HELP a b", [2, "duplicate-metadata"]],
  ["# TYPE a gauge\n# TYPE a gauge", [2, "duplicate-metadata"]],
  ["a 1\n# TYPE a gauge", [2, "late-metadata"]],
  // Families.
  ['a{b="1"} 1\nc 1\na{b="2"} 1', [3, "interleaved-family"]],
  ["# TYPE a gauge\n# TYPE c gauge\na 1", [3, "interleaved-family"]],
  [`${HISTOGRAM}\nc 1\nh_count{x="y"} 1`, [7, "interleaved-family"], [7, "missing-inf"], [7, "missing-part"]],
  ["# TYPE h histogram\nh 1", [2, "bad-suffix"], [2, "missing-inf"], [2, "missing-part"]],
  [`h_count 1\n${HISTOGRAM}`, [2, "name-clash"]],
  ["a 1\na 1", [2, "duplicate-series"]],
  ['a{b="1",c="2"} 1\na{c="2",b="1"} 1', [2, "duplicate-series"]],
  ['a 1\na{b=""} 1', [2, "duplicate-series"]],
  // Values.
  ["# TYPE a counter\na -1", [2, "bad-counter"]],
  ["# TYPE a counter\na NaN", [2, "bad-counter"]],
  ['# TYPE h histogram\nh_bucket{le="1"} 1\nh_sum 3\nh_count 2', [2, "missing-inf"]],
  ['# TYPE h histogram\nh_bucket 1\nh_bucket{le="+Inf"} 1\nh_sum 3\nh_count 1', [2, "missing-bound"], [
    3,
    "bad-bound",
  ]],
  [
    '# TYPE h histogram\nh_bucket{le="x"} 1\nh_bucket{le="+Inf"} 1\nh_sum 3\nh_count 1',
    [2, "missing-bound"],
    [3, "bad-bound"],
  ],
  ['# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_bucket{le="1"} 1\nh_sum 3\nh_count 1', [3, "bad-bound"]],
  ['# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 3\nh_count 1', [
    3,
    "not-cumulative",
  ]],
  ['# TYPE h histogram\nh_bucket{le="+Inf"} -1\nh_sum 3\nh_count -1', [2, "bad-counter"], [4, "bad-counter"]],
  [HISTOGRAM.replace("h_count 2", "h_count 3"), [5, "count-mismatch"]],
  [HISTOGRAM.replace("\nh_count 2", ""), [4, "missing-part"]],
  [HISTOGRAM.replace("h_sum 3\nh_count 2", ""), [2, "missing-part"]],
  ["# TYPE s summary\ns_count 1", [2, "missing-part"]],
  ['# TYPE s summary\ns{quantile="2"} 1\ns_sum 1\ns_count 1', [2, "bad-quantile"]],
  ['# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="0.1"} 1\ns_sum 1\ns_count 1', [3, "bad-bound"]],
  ["# TYPE s summary\ns 1\ns_sum 1\ns_count 1", [2, "missing-bound"]],
];

const OPENMETRICS_CASES: readonly Case[] = [
  // What is well.
  [""],
  ['# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds \\\\ \\" \\n\na_seconds_total 1.0 12.5\na_seconds_created 12 12.5'],
  ["# HELP a \na 1"],
  [OM_HISTOGRAM],
  ['# TYPE a counter\na_total 1 # {b="c"} 0.5 12.25\n# TYPE b counter\nb_total 1 # {} NaN'],
  ['# TYPE a gaugehistogram\na_bucket{le="+Inf"} 1\na_gsum 1\na_gcount 1'],
  ['# TYPE a info\na_info{b="c"} 1\n# TYPE s stateset\ns{s="x"} 1\ns{s="y"} 0.0'],
  ["a 1 5\na 1 6"],
  ['# TYPE "a.b" counter\n{"a.b_total","c.d"="e"} 1'],
  ['# TYPE h histogram\nh_bucket{le="-1.0"} 1\nh_bucket{le="+Inf"} 1'],
  // Lines.
  ["# EOF\na 1", [2, "after-eof"]],
  ["# EOF\n", [2, "after-eof"]],
  ["# a comment", [1, "bad-comment"]],
  ["#TYPE a gauge", [1, "bad-comment"]],
  ["\na 1", [1, "bad-whitespace"]],
  ["a  1", [1, "bad-whitespace"]],
  ["a\t1", [1, "bad-whitespace"]],
  ["a 1 ", [1, "bad-whitespace"]],
  [" a 1", [1, "bad-metric-name"]],
  ['a{b="c"}  1', [1, "bad-whitespace"]],
  ['a {b="c"} 1', [1, "bad-value"]],
  ['a{b="c", d="e"} 1', [1, "bad-label-name"]],
  ['a{b="c",} 1', [1, "bad-labels"]],
  ["a 1 nan", [1, "bad-timestamp"]],
  ["a 1 1e400", [1, "bad-timestamp"]],
  ["a 1 2 3", [1, "bad-exemplar"]],
  ["# HELP a", [1, "bad-metadata"]],
  ["# HELP a\n", [1, "bad-metadata"], [2, "bad-whitespace"]],
  ['# HELP a say "b"', [1, "bad-escape"]],
  ["# TYPE a untyped", [1, "bad-metadata"]],
  ["# TYPE a gauge ", [1, "bad-metadata"]],
  ['# TYPE a counter\na_total 1 # {b="c"}', [2, "bad-exemplar"]],
  ["# TYPE a counter\na_total 1 # 1 1", [2, "bad-exemplar"]],
  ["# TYPE a counter\na_total 1 # {} x", [2, "bad-value"]],
  ["# TYPE a counter\na_total 1 # {} 1 NaN", [2, "bad-timestamp"]],
  // Families.
  ["# TYPE a counter\na 1", [2, "bad-suffix"]],
  ["# TYPE a gauge\na_total 1", [2, "bad-suffix"]],
  ["# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total 2", [3, "name-clash"]],
  ["# TYPE a counter\n# UNIT a seconds\na_total 1", [1, "bad-unit"]],
  ["# TYPE a_x info\n# UNIT a_x x\na_x_info 1", [1, "bad-unit"]],
  [
    '# TYPE a counter\na_total{b="1"} 1\na_total{b="2"} 1\na_created{b="1"} 1\na_created{b="2"} 1',
    [4, "interleaved-series"],
    [5, "interleaved-series"],
  ],
  ["a 1 5\na 1 4", [2, "mixed-timestamps"]],
  ["# TYPE s summary\ns_sum 1 5\ns_count 1", [3, "mixed-timestamps"]],
  // Values.
  [OM_HISTOGRAM.replace("+Inf", "inf"), [3, "bad-bound"]],
  [OM_HISTOGRAM.replace("1.0", "1"), [2, "bad-bound"]],
  [OM_HISTOGRAM.replace('"} 1', '"} 0.5'), [2, "bad-count"]],
  [OM_HISTOGRAM.replace("h_sum 3", "h_sum -3"), [4, "bad-counter"]],
  [OM_HISTOGRAM.replace('"1.0"', '"-1.0"'), [4, "bad-sum"]],
  ['# TYPE s summary\ns{quantile="0.5"} -1.0\ns_sum 1\ns_count 1', [2, "bad-quantile"]],
  ['# TYPE a info\na_info{b="c"} 2', [2, "bad-info"]],
  ['# TYPE s stateset\ns{s="x"} 2', [2, "bad-state"]],
  ['# TYPE s stateset\ns{t="x"} 1', [2, "bad-state"]],
  ["# TYPE a gauge\na 1 # {} 1", [2, "bad-exemplar-place"]],
  ["a_bucket 1 # {} 1", [1, "bad-exemplar-place"]],
  [`# TYPE a counter\na_total 1 # {a="${"ü".repeat(128)}"} 1`, [2, "exemplar-too-long"]],
  [OM_HISTOGRAM.replace('"} 2', '"} 2 # {} 0.5'), [3, "exemplar-outside-bucket"]],
  [OM_HISTOGRAM.replace('"} 1', '"} 1 # {} 1.5'), [2, "exemplar-outside-bucket"]],
];

Deno.test("checkExposition() finds what is wrong with a text, and nothing else", () => {
  checkCases("text", TEXT_CASES);
});

Deno.test("checkExposition() finds what is wrong with an OpenMetrics text, and nothing else", () => {
  checkCases("openmetrics", OPENMETRICS_CASES);
});

Deno.test("checkExposition() looks at how a body ends and is encoded", () => {
  assertEquals(checkExposition("a 1", "text").map(({ code }) => code), ["missing-line-feed"]);
  assertEquals(checkExposition("a 1\n", "openmetrics").map(({ code }) => code), ["missing-eof"]);
  assertEquals(checkExposition("", "openmetrics").map(({ code }) => code), ["missing-eof"]);
  assertEquals(checkExposition("# EOF", "openmetrics"), []);
  const bytes = Uint8Array.of(
    ...new TextEncoder().encode('a 1\nb{c="'),
    0xff,
    ...new TextEncoder().encode('"} 1\n'),
  );
  assertEquals(checkExposition(bytes, "text").map(({ line, code }) => [line, code]), [[2, "bad-encoding"]]);
});

Deno.test("FINDING_CODES are all found by some case", () => {
  const found = new Set(
    [...TEXT_CASES, ...OPENMETRICS_CASES].flatMap(([, ...findings]) => findings.map(([, code]) => code)),
  );
  found.add("missing-line-feed").add("missing-eof");
  assertEquals(Object.keys(FINDING_CODES).filter((code) => !found.has(code as FindingCode)), []);
});
