/**
 * The figures in the README, between two markers, made from a result.
 *
 * @module
 */
import type { Result } from "../runner/result.ts";
import { advantage, best } from "../runner/statistics.ts";
import { formatFigure, formatTimes } from "./figures.ts";
import { findRow, type Query } from "./lookup.ts";

/** Where the figures begin in a Markdown file. */
export const BEGIN = "<!-- bench figures: deno task bench readme RESULT.json -->";
/** Where they end. */
export const END = "<!-- end of bench figures -->";

const LINES: readonly (readonly [text: string, own: Query, peers: readonly Query[]])[] = [
  micro("`child.inc()`", "counter_bound_64"),
  micro("`counter.inc({ method, route, status })`", "counter_object_64"),
  micro("`child.observe()`, 12 buckets", "histogram_bound_64"),
  scrape("scrape of 4 workers x 10 000 counters", "counter", 10_000),
  scrape("scrape of 4 workers x 1 000 histograms", "histogram", 1000),
];

function micro(text: string, work: string): (typeof LINES)[number] {
  const own = { suite: "micro", work, runtime: "deno" };
  return [text, own, [{ ...own, subject: "prom-client" }, {
    ...own,
    runtime: "go",
    subject: "client_golang",
  }]];
}

function scrape(
  text: string,
  work: string,
  series: number,
): (typeof LINES)[number] {
  const row = {
    suite: "merge",
    work,
    unit: "ms",
    sizes: { workers: 4, series },
  };
  return [text, { ...row, runtime: "deno" }, [
    { ...row, subject: "prom-client cluster" },
    { ...row, subject: "Python multiprocess" },
  ]];
}

/** A result and where it lies in the repository. */
export interface ResultFile {
  readonly result: Result;
  readonly file: string;
}

/** The figures as Markdown, each from the first result that has it, with the files and the commands that made them. */
export function readmeFigures(results: readonly ResultFile[]): string {
  const lines = [
    "| in Deno, best of a run | promslab | instead |",
    "| --- | ---: | --- |",
  ];
  const used = new Set<ResultFile>();
  for (const [text, query, peers] of LINES) {
    const from = results.find(({ result }) =>
      findRow(result, { ...query, subject: "promslab" }) !== undefined
    );
    if (from === undefined) continue;
    used.add(from);
    const own = findRow(from.result, { ...query, subject: "promslab" })!;
    const others = peers.flatMap((peer) => {
      const row = findRow(from.result, peer);
      if (row === undefined) return [];
      const times = advantage(own.samples, row.samples, own.better).best;
      return [
        `${row.subject} ${formatFigure(best(row.samples, row.better))} ${row.unit} (${formatTimes(times)})`,
      ];
    });
    lines.push(
      `| ${text} | ${formatFigure(best(own.samples, own.better))} ${own.unit} | ${others.join(", ")} |`,
    );
  }
  return [...lines, ...[...used].flatMap((from) => ["", sourceOf(from)])].join("\n");
}

function sourceOf({ result, file }: ResultFile): string {
  const { machine, command, commit, rounds } = result;
  return `From [\`${file}\`](${file}): \`${command}\` at ${commit}, ${rounds} interleaved rounds on ${machine.cores} cores of ${machine.cpu}.`;
}

/**
 * Puts the figures between the markers of a Markdown file.
 *
 * @throws {Error} If the markers are not there.
 */
export function replaceFigures(markdown: string, figures: string): string {
  const start = markdown.indexOf(BEGIN);
  const end = markdown.indexOf(END);
  if (start < 0 || end < start) {
    throw new Error(
      `Cannot place the figures: the file has no "${BEGIN}" followed by "${END}"`,
    );
  }
  return `${markdown.slice(0, start)}${BEGIN}\n${figures}\n${markdown.slice(end)}`;
}
