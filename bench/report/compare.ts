/**
 * What changed between two results.
 *
 * @module
 */
import { type Result, type Row, rowKey } from "../runner/result.ts";
import { best, median } from "../runner/statistics.ts";
import { formatFigure } from "./figures.ts";

/** A smaller difference than this, in best or median, is not told from noise. */
const NOISE = 0.15;

/** One row in both results. */
export interface Change {
  readonly key: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** Below 1: it got better. */
  readonly factor: number;
  readonly verdict: "better" | "worse" | "same";
}

/** Compares the rows that both results have. A row has changed only if best and median both say so. */
export function compareResults(before: Result, after: Result): Change[] {
  const known = new Map(before.rows.map((row) => [rowKey(row), row]));
  return after.rows.flatMap((row) => {
    const old = known.get(rowKey(row));
    if (
      old === undefined || old.samples.length === 0 || row.samples.length === 0
    ) return [];
    return [changeOf(old, row)];
  });
}

function changeOf(old: Row, row: Row): Change {
  const { better, unit } = row;
  const worse = (a: number, b: number) => better === "lower" ? b / a : a / b;
  const byBest = worse(best(old.samples, better), best(row.samples, better));
  const byMedian = worse(median(old.samples), median(row.samples));
  const verdict = Math.min(byBest, byMedian) > 1 + NOISE
    ? "worse"
    : Math.max(byBest, byMedian) < 1 / (1 + NOISE)
    ? "better"
    : "same";
  const [was, is] = [best(old.samples, better), best(row.samples, better)];
  return {
    key: rowKey(row),
    unit,
    before: was,
    after: is,
    factor: byBest,
    verdict,
  };
}

/** The comparison as text, the worst first. */
export function writeComparison(before: Result, after: Result): string {
  const changes = compareResults(before, after);
  const told = changes.filter(({ verdict }) => verdict !== "same").sort((
    a,
    b,
  ) => b.factor - a.factor);
  const lines = told.map(({ key, unit, before, after, factor, verdict }) =>
    `${verdict.padEnd(6)} ${factor.toFixed(2).padStart(6)}x  ${formatFigure(before)} -> ${
      formatFigure(after)
    } ${unit}  ${key}`
  );
  const same = changes.length - told.length;
  const warning = before.machine.cpu === after.machine.cpu &&
      before.machine.cores === after.machine.cores
    ? []
    : [
      `The machines differ: ${before.machine.cpu} and ${after.machine.cpu}. Compare ratios, not times.`,
    ];
  return [
    `${before.date} (${before.commit}) -> ${after.date} (${after.commit})`,
    ...warning,
    ...lines,
    `${same} of ${changes.length} rows are the same within ${NOISE * 100} % by best or by median.`,
  ].join("\n");
}
