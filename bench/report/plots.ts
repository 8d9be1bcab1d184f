/**
 * The pictures of a result.
 *
 * @module
 */
import type { Result, Row } from "../runner/result.ts";
import { best } from "../runner/statistics.ts";
import { barChart, type BarGroup } from "./bar_chart.ts";
import { type Line, lineChart } from "./line_chart.ts";
import { rowName } from "./tables.ts";

/** One picture. */
export interface Plot {
  readonly suite: string;
  readonly name: string;
  readonly svg: string;
}

/** Units of which a picture says something that the table does not. */
const PLOTTED = new Set(["ns", "ms", "requests/s", "tokens/s"]);

/** All pictures of a suite: bars for each runtime, lines where one size varies. */
export function suitePlots(
  result: Pick<Result, "rows">,
  suite: string,
): Plot[] {
  const rows = result.rows.filter((row) =>
    row.suite === suite && PLOTTED.has(row.unit) && row.samples.length > 0 &&
    best(row.samples, row.better) > 0
  );
  const plots: Plot[] = [];
  for (
    const [key, group] of groupBy(rows, (row) => `${row.work}/${row.unit}`)
  ) {
    for (const size of Object.keys(group[0].sizes)) {
      const lines = linesOver(group, size);
      if (!lines.some(({ points }) => points.length > 2)) continue;
      const [work, unit] = key.split("/");
      const svg = lineChart(
        { title: `${suite}: ${work} (best)`, unit, size },
        lines,
      );
      plots.push({ suite, name: `${suite}-${work}-by-${size}`, svg });
    }
  }
  if (plots.length > 0) return plots;
  for (
    const [runtime, group] of groupBy(
      rows.filter(isJavaScript),
      (row) => row.runtime,
    )
  ) {
    const others = rows.filter((row) => !isJavaScript(row));
    const works = groupBy(
      [...group, ...others],
      (row) => `${rowName(row)}/${row.unit}`,
    );
    const groups: BarGroup[] = [...works].map(([key, members]) => ({
      name: key.split("/")[0],
      bars: members.map((row) => ({
        subject: row.subject,
        value: best(row.samples, row.better),
      })),
    })).filter(({ bars }) => bars.length > 1);
    if (groups.length === 0) continue;
    const { unit } = group[0];
    const svg = barChart({
      title: `${suite} on ${runtime} (best, ${unit})`,
      unit,
    }, groups);
    plots.push({ suite, name: `${suite}-${runtime}`, svg });
  }
  return plots;
}

function isJavaScript({ runtime }: Row): boolean {
  return runtime === "deno" || runtime === "bun" || runtime === "node";
}

/** One line per subject and runtime, over one size, at the most frequent values of the other sizes. */
function linesOver(rows: readonly Row[], size: string): Line[] {
  const others = groupBy(
    rows,
    ({ sizes }) => JSON.stringify({ ...sizes, [size]: 0 }),
  );
  const [, chosen] = [...others].reduce((a, b) => b[1].length > a[1].length ? b : a);
  return [...groupBy(chosen, (row) => `${row.subject}, ${row.runtime}`)]
    .map(([subject, members]) => ({
      subject,
      points: members.map((row) => [row.sizes[size], best(row.samples, row.better)] as const)
        .sort(([a], [b]) => a - b),
    }))
    .filter(({ subject, points }) =>
      points.length > 1 && !/, (bun|node)$/.test(subject) ||
      /cluster/.test(subject)
    );
}

function groupBy<T>(
  items: readonly T[],
  key: (item: T) => string,
): Map<string, T[]> {
  return Map.groupBy(items, key);
}
