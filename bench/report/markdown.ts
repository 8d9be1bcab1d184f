/**
 * The report of a result.
 *
 * @module
 */
import { type Result, resultSeconds } from "../runner/result.ts";
import { formatTimes } from "./figures.ts";
import { judgeGoals } from "./goals.ts";
import { type Plot, suitePlots } from "./plots.ts";
import { findLosses, rowName, suiteTables } from "./tables.ts";

/** What each suite asks, by its name. */
export type Questions = Readonly<Record<string, string>>;

/** The report as Markdown, and the pictures that it shows by their names. */
export function writeReport(
  result: Result,
  questions: Questions,
): { markdown: string; plots: Plot[] } {
  const suites = [...new Set(result.rows.map(({ suite }) => suite))];
  const plots = suites.flatMap((suite) => suitePlots(result, suite));
  const parts = [
    head(result),
    partTable(result),
    goalTable(result),
    losses(result),
    ...suites.map((suite) => suitePart(result, suite, { question: questions[suite] ?? "", plots })),
    skipped(result),
  ];
  return {
    markdown: parts.filter((part) => part !== "").join("\n\n") + "\n",
    plots,
  };
}

function head(result: Result): string {
  const { date, command, commit, machine, versions, rounds, quick, parts } = result;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", ");
  return [
    `# Benchmark of ${date.slice(0, 10)}`,
    `\`${command}\`, commit ${commit}, ${resultSeconds(result)} s. ${machine.cpu}, ${machine.cores} cores, ${
      Math.round(machine.memoryBytes / 2 ** 30)
    } GiB, ${machine.os}${parts.length === 1 ? `; load average ${parts[0].load} at the start` : ""}.`,
    `Versions: ${list}.`,
    `Figures are the best / the median of ${rounds} rounds; every round measured each subject once, one right after the other. ` +
    "In brackets: how many times better promslab is, by the best samples. **Bold**: the peer is better.",
    ...(quick
      ? [
        "This was a quick run: it shows that everything works, its figures are worth little.",
      ]
      : []),
  ].join("\n\n");
}

/** When what was measured, if not at once. Rows of one suite and work are always of one part. */
function partTable({ parts }: Result): string {
  if (parts.length < 2) return "";
  const lines = parts.map(({ date, load, seconds, works }) =>
    `| ${date.slice(0, 19).replace("T", " ")} | ${seconds} | ${load} | ${suitesOf(works).join("; ")} |`
  );
  return [
    "## Parts",
    "",
    "Measured one after the other, on one machine and commit. Above a load of about 0.5, others were at work when a part began. What is compared of one work is of one part.",
    "",
    "| began (UTC) | seconds | load average then | measured |",
    "| --- | ---: | ---: | --- |",
    ...lines,
  ].join("\n");
}

/** More works of one suite than these are counted, not named. */
const NAMED_WORKS = 5;

/** `suite/work` names by suite: `merge: counter, histogram`. */
function suitesOf(works: readonly string[]): string[] {
  const bySuite = Map.groupBy(works, (work) => work.split("/")[0]);
  return [...bySuite].map(([suite, members]) => {
    const names = members.map((work) => work.slice(suite.length + 1));
    return `${suite}: ${names.length > NAMED_WORKS ? `${names.length} works` : names.join(", ")}`;
  });
}

function goalTable(result: Result): string {
  const lines = judgeGoals(result).map(({ goal, measured, verdict, decision }) => {
    const why = decision === undefined ? "" : `, see \`docs/decisions/${decision}\``;
    return `| ${goal} | ${measured} | ${verdict === "missed" ? `**missed**${why}` : verdict} |`;
  });
  return [
    "## Goals",
    "",
    "| goal | measured | |",
    "| --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function losses(result: Result): string {
  const found = findLosses(result);
  if (found.length === 0) return "";
  const lines = found.map(({ row, runtime, times }) =>
    `| ${row.suite}: ${rowName(row)} (${row.unit}) | ${row.subject} | ${runtime} | ${formatTimes(times)} |`
  );
  return [
    "## Where promslab loses",
    "",
    "By the best and by the median alike.",
    "",
    "| work | better is | promslab on | |",
    "| --- | --- | --- | ---: |",
    ...lines,
  ].join("\n");
}

function suitePart(
  result: Result,
  suite: string,
  { question, plots }: { question: string; plots: readonly Plot[] },
): string {
  const parts = [`## ${suite}`, ...(question === "" ? [] : [question])];
  for (const plot of plots.filter((plot) => plot.suite === suite)) {
    parts.push(`![${plot.name}](${plotFile(result, plot)})`);
  }
  for (const { unit, runtime, markdown } of suiteTables(result, suite)) {
    parts.push(`### ${unit}, promslab on ${runtime}`, markdown);
  }
  return parts.join("\n\n");
}

function skipped({ skips }: Result): string {
  if (skips.length === 0) return "";
  const lines = skips.map(({ suite, subject, reason }) => `- ${suite}, ${subject}: ${reason}`);
  return ["## Not measured here", "", ...lines].join("\n");
}

/** The file name of a plot: beside the report, named after the result. */
export function plotFile(
  result: Pick<Result, "date" | "quick">,
  { name }: Plot,
): string {
  return `${fileStem(result)}-${name}.svg`;
}

/** How the names of all files of a result begin. */
export function fileStem({ date, quick }: Pick<Result, "date" | "quick">): string {
  return `${date.slice(0, 10)}${quick ? "-quick" : ""}`;
}
