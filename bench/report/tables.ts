/**
 * Tables of a result's rows: one per suite, unit and runtime, with losses beside wins.
 *
 * @module
 */
import type { Result, Row } from "../runner/result.ts";
import { advantage, best, median } from "../runner/statistics.ts";
import { formatFigure, formatTimes, groupThousands } from "./figures.ts";
import { ownRowFor, sameSizes } from "./lookup.ts";

/** One Markdown table and what stands above it. */
export interface Table {
  readonly suite: string;
  readonly unit: string;
  readonly runtime: string;
  readonly markdown: string;
}

/** A comparison in which a peer did better. */
export interface Loss {
  readonly row: Row;
  readonly runtime: string;
  readonly times: number;
}

type Rows = Pick<Result, "rows">;

/**
 * All tables of a suite. Runtimes without a row of promslab have none: its peers stand beside it in another.
 * The suite's first unit is what it is about and has a table for each runtime; the others have one for the first.
 */
export function suiteTables(result: Rows, suite: string): Table[] {
  const rows = result.rows.filter((row) => row.suite === suite);
  const own = rows.filter((row) => row.subject === "promslab");
  const runtimes = unique(
    (own.length > 0 ? own : rows).map((row) => row.runtime),
  );
  return unique(rows.map((row) => row.unit)).flatMap((unit, index) =>
    (index === 0 ? runtimes : runtimes.slice(0, 1)).map((runtime) => ({
      suite,
      unit,
      runtime,
      markdown: table(
        { rows },
        rows.filter((row) => row.unit === unit),
        runtime,
      ),
    })).filter(({ markdown }) => markdown !== "")
  );
}

/** The rows that the table of a runtime shows: those of this runtime, and peers that do not run there. */
function rowsFor(rows: readonly Row[], runtime: string): Row[] {
  const here = new Set(
    rows.filter((row) => row.runtime === runtime).map((row) => row.subject),
  );
  const elsewhere = new Map<string, string>();
  for (const row of rows) {
    if (
      !here.has(row.subject) && row.subject !== "promslab" &&
      !elsewhere.has(row.subject)
    ) {
      elsewhere.set(row.subject, row.runtime);
    }
  }
  return rows.filter((row) => row.runtime === runtime || elsewhere.get(row.subject) === row.runtime);
}

function table(result: Rows, all: readonly Row[], runtime: string): string {
  const rows = rowsFor(all, runtime);
  if (!rows.some((row) => row.runtime === runtime)) return "";
  const columns = unique(rows.map((row) => columnOf(row, runtime)))
    .sort((a, b) => rank(a) - rank(b));
  const lines = [
    `| | ${columns.join(" | ")} |`,
    `| --- |${" ---: |".repeat(columns.length)}`,
  ];
  const done: Row[] = [];
  for (const row of rows) {
    if (
      done.some((other) => other.work === row.work && sameSizes(other.sizes, row.sizes))
    ) continue;
    done.push(row);
    const cells = columns.map((column) => {
      const cell = rows.find((other) =>
        columnOf(other, runtime) === column && other.work === row.work &&
        sameSizes(other.sizes, row.sizes)
      );
      return cell === undefined ? "" : cellText(result, cell, runtime);
    });
    lines.push(`| ${rowName(row)} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n");
}

function columnOf(row: Row, runtime: string): string {
  if (
    row.runtime === runtime || row.runtime === "go" || row.runtime === "native"
  ) return row.subject;
  return `${row.subject} (${row.runtime})`;
}

/** Ours first, then the peers of the same runtime, then the others. */
function rank(column: string): number {
  return column === "promslab" ? 0 : column.includes("(") ? 2 : 1;
}

/** The work and its sizes: `counter, 4 workers, 10 000 series`. */
export function rowName({ work, sizes }: Row): string {
  return [
    work,
    ...Object.entries(sizes).map(([name, value]) => `${groupThousands(value)} ${name}`),
  ].join(", ");
}

function cellText(result: Rows, row: Row, runtime: string): string {
  if (row.samples.length === 0) {
    return `failed: ${(row.note ?? "").replaceAll("|", "/").slice(0, 120)}`;
  }
  const low = formatFigure(best(row.samples, row.better));
  const middle = formatFigure(median(row.samples));
  const figures = low === middle ? low : `${low} / ${middle}`;
  const note = row.note === undefined ? "" : ` (${row.note.replaceAll("|", "/")})`;
  const own = row.subject === "promslab" ? undefined : ownRowFor(result, row, runtime);
  if (own === undefined || belowResolution(own, row)) return figures + note;
  const times = advantage(own.samples, row.samples, row.better).best;
  const mark = formatTimes(times);
  return `${figures} (${times < 1 ? `**${mark}**` : mark})${note}`;
}

/** Every comparison that promslab loses, by best and by median alike, the worst first. */
export function findLosses(result: Rows): Loss[] {
  const losses: Loss[] = [];
  for (const row of result.rows) {
    if (row.subject === "promslab" || row.samples.length === 0) continue;
    const own = ownRowFor(result, row);
    if (own === undefined || belowResolution(own, row)) continue;
    const times = advantage(own.samples, row.samples, row.better);
    if (times.best < 1 && times.median < 1) {
      losses.push({ row, runtime: own.runtime, times: times.best });
    }
  }
  return losses.sort((a, b) => a.times - b.times);
}

/** Stalls are watched with a timer that some runtimes fire every 2 ms at best: shorter ones cannot be told apart. */
const STALL_RESOLUTION_MS = 3;

function belowResolution(own: Row, peer: Row): boolean {
  return own.unit.endsWith("stall ms") &&
    Math.max(best(own.samples), best(peer.samples)) <= STALL_RESOLUTION_MS;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
