import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { compareResults, writeComparison } from "../../../bench/report/compare.ts";
import { formatFigure, formatTimes } from "../../../bench/report/figures.ts";
import { judgeGoals } from "../../../bench/report/goals.ts";
import { writeReport } from "../../../bench/report/markdown.ts";
import { BEGIN, END, readmeFigures, replaceFigures } from "../../../bench/report/readme.ts";
import { findLosses, suiteTables } from "../../../bench/report/tables.ts";
import { logScale } from "../../../bench/report/svg.ts";
import { makeResult, makeRow } from "./_make_result.ts";

const FASTER_PEER = makeRow({ subject: "client_golang", runtime: "go", samples: [2, 2, 2] });
const SLOWER_PEER = makeRow({ subject: "prom-client", samples: [400, 500, 600] });
const RESULT = makeResult([makeRow(), SLOWER_PEER, FASTER_PEER]);

Deno.test("figures have three digits, and thousands are set apart", () => {
  assertEquals([0, 0.01234, 1.234, 12.34, 123.4, 12345.6, 123_456_789].map(formatFigure), [
    "0",
    "0.0123",
    "1.23",
    "12.3",
    "123",
    "12 346",
    "123 M",
  ]);
  assertEquals([0.5, 1, 9.94, 55.5].map(formatTimes), ["0.50x", "1.0x", "9.9x", "56x"]);
});

Deno.test("suiteTables() puts promslab first, then peers of its runtime, and marks what it loses", () => {
  const [{ markdown }] = suiteTables(makeResult([FASTER_PEER, SLOWER_PEER, makeRow()]), "micro");
  assertEquals(markdown.split("\n"), [
    "| | promslab | client_golang | prom-client |",
    "| --- | ---: | ---: | ---: |",
    "| counter_bound_64 | 4.00 / 5.00 | 2.00 (**0.50x**) | 400 / 500 (100x) |",
  ]);
});

Deno.test("suiteTables() shows peers of another runtime by its name, and failures by their reason", () => {
  const cluster = makeRow({ subject: "cluster", runtime: "node", samples: [], note: "timed out" });
  const [{ markdown }] = suiteTables(makeResult([makeRow(), cluster]), "micro");
  assertStringIncludes(markdown, "| | promslab | cluster (node) |");
  assertStringIncludes(markdown, "failed: timed out");
});

Deno.test("findLosses() names what a peer does better by best and by median", () => {
  assertEquals(findLosses(RESULT).map(({ row, times }) => [row.subject, times]), [["client_golang", 0.5]]);
  const lucky = makeRow({ subject: "lucky", samples: [3, 50, 60] });
  assertEquals(findLosses(makeResult([makeRow(), lucky])), []);
});

Deno.test("judgeGoals() tells reached from missed and from not measured", () => {
  const [bound, observe] = judgeGoals(RESULT);
  assertEquals(bound.verdict, "reached");
  assertStringIncludes(bound.measured, "100x");
  assertStringIncludes(bound.measured, "2.00 times the time of client_golang");
  assertEquals([observe.verdict, observe.measured], ["not measured", ""]);
  const slow = makeResult([makeRow({ samples: [10] }), SLOWER_PEER, FASTER_PEER]);
  assertEquals(judgeGoals(slow)[0].verdict, "missed");
});

Deno.test("judgeGoals() names every operation that a JavaScript peer does faster, on any runtime", () => {
  const row = (runtime: string, subject: string, ns: number) =>
    makeRow({ runtime, subject, samples: [ns, ns + 1, ns + 2] });
  const verdict = (rows: ReturnType<typeof row>[], part: string) =>
    judgeGoals(makeResult(rows)).find(({ goal }) => goal.includes(part))!;
  const rows = [row("deno", "promslab", 20), row("deno", "prom-client", 100), row("go", "client_golang", 2)];
  const part = "no operation takes more than 1.2 times";
  assertEquals(verdict(rows, part).verdict, "reached");
  assertStringIncludes(verdict(rows, part).measured, "0 of 1 operations, at worst: counter_bound_64 on deno");
  rows.push(row("bun", "promslab", 20), row("bun", "@platformatic/prom-client", 10));
  assertEquals(verdict(rows, part).verdict, "missed");
  assertEquals(
    verdict(rows, part).measured,
    "1 of 2 operations: counter_bound_64 on bun takes 1.91 times @platformatic/prom-client's time",
  );
  const entry = "the compat entry is slower";
  assertEquals(verdict(rows, entry).verdict, "not measured");
  assertEquals(verdict([...rows, row("deno", "promslab/compat", 90)], entry).verdict, "reached");
  assertEquals(verdict([...rows, row("deno", "promslab/compat", 150)], entry).verdict, "missed");
});

Deno.test("writeReport() names the decision that says why a goal is missed", async () => {
  const row = (subject: string, ns: number) =>
    makeRow({ work: "counter_object_64", subject, samples: [ns, ns + 1] });
  const result = makeResult([row("promslab", 40), row("prom-client", 200)]);
  const { decision } = judgeGoals(result).find(({ goal }) => goal.includes("3 labels"))!;
  assertStringIncludes(
    writeReport(result, {}).markdown,
    `| **missed**, see \`docs/decisions/${decision}\` |`,
  );
  await Deno.stat(new URL(`../../../docs/decisions/${decision}`, import.meta.url));
  const fast = makeResult([row("promslab", 10), row("prom-client", 200)]);
  assertEquals(judgeGoals(fast).find(({ goal }) => goal.includes("3 labels"))?.decision, undefined);
});

Deno.test("judgeGoals() asks how much a scrape grows with the workers", () => {
  const at = (workers: number, ms: number) =>
    makeRow({
      suite: "merge",
      work: "counter",
      unit: "ms",
      sizes: { workers, series: 10_000 },
      samples: [ms],
    });
  const verdict = (from: number, to: number) =>
    judgeGoals(makeResult([at(1, from), at(64, to)])).find(({ goal }) => goal.includes("1 -> 64"))?.verdict;
  assertEquals([verdict(1, 3.9), verdict(1, 4.1)], ["reached", "missed"]);
});

Deno.test("judgeGoals() asks what LLM servers serve of a core, and what recording and scrapes take of it", () => {
  const row = (work: string, unit: string, samples: number[]) =>
    makeRow({ suite: "llm", work, unit, samples });
  const verdict = (rows: ReturnType<typeof row>[], part: string) =>
    judgeGoals(makeResult(rows)).find(({ goal }) => goal.includes(part))!;
  const rate = (...samples: number[]) =>
    verdict([row("server", "tokens/CPU s", samples)], "100 streams").verdict;
  assertEquals([rate(24_000, 25_100, 20_000), rate(24_900, 24_000)], ["reached", "missed"]);
  const cost = (token: number) =>
    verdict([
      row("record_token", "ns", [token]),
      row("record_request", "ns", [40_000]),
      row("record_step", "ns", [5000]),
    ], "LLM metrics");
  // 600 for a token, 100 for its part of a request, 50 for its part of a step, of 40 000.
  assertEquals([cost(600).verdict, cost(600).measured], ["reached", "1.88 % (median 1.88 %)"]);
  assertEquals(cost(660).verdict, "missed");
  const scrapes = (...busy: number[]) =>
    verdict(
      [row("scrapes", "% of a core", busy), row("no_scrapes", "% of a core", busy.map(() => 0.1))],
      "20 scrapes",
    );
  assertEquals([scrapes(0.9, 1, 1.3).verdict, scrapes(0.9, 1.2, 1.3).verdict], ["reached", "missed"]);
  assertEquals(scrapes(0.9, 1, 1.3).measured, "0.80 % (median 0.90 %)");
});

Deno.test("writeReport() has goals, losses, tables, plots and what was skipped", () => {
  const result = makeResult(RESULT.rows, {
    skips: [{ suite: "micro", subject: "bun", reason: "is not installed" }],
  });
  const { markdown, plots } = writeReport(result, { micro: "What?" });
  for (const part of ["## Goals", "## Where promslab loses", "## micro", "What?", "- micro, bun: is not"]) {
    assertStringIncludes(markdown, part);
  }
  assertEquals(plots.map(({ name }) => name), ["micro-deno"]);
  assertStringIncludes(markdown, "![micro-deno](2026-01-02-micro-deno.svg)");
  assertMatch(plots[0].svg, /^<svg .*<\/svg>\n$/s);
});

Deno.test("writeReport() says what was measured when, if not at once", () => {
  const part = (date: string, works: string[]) => ({ date, load: 0.25, seconds: 60, works });
  const parts = [
    part("2026-01-02T03:04:05.678Z", ["micro/a", "micro/b"]),
    part("2026-01-02T05:00:00.000Z", ["merge/counter", "memory/series"]),
  ];
  const { markdown } = writeReport(makeResult(RESULT.rows, { parts }), {});
  assertStringIncludes(markdown, "| 2026-01-02 03:04:05 | 60 | 0.25 | micro: a, b |");
  assertStringIncludes(markdown, "| 2026-01-02 05:00:00 | 60 | 0.25 | merge: counter; memory: series |");
  assertStringIncludes(markdown, ", 120 s.");
  assertEquals(writeReport(RESULT, {}).markdown.includes("## Parts"), false);
});

Deno.test("writeReport() draws lines where a size varies", () => {
  const rows = [1, 4, 16].map((workers) =>
    makeRow({ suite: "merge", unit: "ms", sizes: { workers }, samples: [workers] })
  );
  const { plots } = writeReport(makeResult(rows), {});
  assertEquals(plots.map(({ name }) => name), ["merge-counter_bound_64-by-workers"]);
  assertEquals(plots[0].svg.match(/<circle/g)?.length, 3);
});

Deno.test("logScale() covers whole decades", () => {
  const scale = logScale([3, 250], [0, 300]);
  assertEquals(scale.ticks, [1, 10, 100, 1000]);
  assertEquals([1, 10, 1000].map(scale.at), [0, 100, 300]);
});

Deno.test("compareResults() calls a row changed only if best and median agree", () => {
  const before = makeResult([makeRow({ samples: [10, 10, 10] })]);
  const verdictOf = (samples: number[]) =>
    compareResults(before, makeResult([makeRow({ samples })]))[0].verdict;
  assertEquals(verdictOf([20, 20, 20]), "worse");
  assertEquals(verdictOf([5, 5, 5]), "better");
  assertEquals(verdictOf([10, 30, 30]), "same");
  assertEquals(verdictOf([11, 11, 11]), "same");
});

Deno.test("writeComparison() warns of another machine", () => {
  const other = makeResult([makeRow()], { machine: { ...RESULT.machine, cpu: "another" } });
  assertStringIncludes(writeComparison(RESULT, other), "The machines differ");
});

Deno.test("the README's figures replace what stood between the markers, and only that", () => {
  const figures = readmeFigures([{ result: RESULT, file: "bench/results/x.json" }]);
  assertStringIncludes(figures, "| `child.inc()` | 4.00 ns | prom-client 400 ns (100x)");
  assertStringIncludes(figures, "`deno task bench`");
  const text = `before\n${BEGIN}\nold\n${END}\nafter\n`;
  assertEquals(replaceFigures(text, figures), `before\n${BEGIN}\n${figures}\n${END}\nafter\n`);
  assertThrows(() => replaceFigures("nothing here", figures), Error, "Cannot place the figures");
});

Deno.test("the README's figures come from the first result that has them, and name each that gave one", () => {
  const scrape = (subject: string, runtime: string, ms: number) =>
    makeRow({
      suite: "merge",
      work: "counter",
      subject,
      runtime,
      unit: "ms",
      sizes: { workers: 4, series: 10_000 },
      samples: [ms],
    });
  const other = makeResult([
    makeRow({ samples: [99] }),
    scrape("promslab", "deno", 0.5),
    scrape("prom-client cluster", "node", 100),
  ]);
  const figures = readmeFigures([{ result: RESULT, file: "a.json" }, { result: other, file: "b.json" }]);
  assertStringIncludes(figures, "| `child.inc()` | 4.00 ns |");
  assertStringIncludes(figures, "0.5 ms | prom-client cluster 100 ms (200x) |");
  assertEquals(figures.match(/^From .*$/gm)?.map((line) => line.slice(0, 14)), [
    "From [`a.json`",
    "From [`b.json`",
  ]);
});
