/**
 * From the buckets of many moments to the cells of a heat map.
 *
 * @module
 */
import type { Latency } from "./frame.ts";
import type { Moment } from "./history.ts";

/** A heat map: columns from old to new, rows by ascending bound. */
export interface HeatCells {
  /** The upper bound of each row. */
  readonly bounds: readonly number[];
  /** Observations, by column and then by row. */
  readonly columns: readonly (readonly number[])[];
  /** The most observations in one cell. */
  readonly most: number;
}

/** What part of the past is drawn, and in how many columns. */
export interface HeatWindow {
  readonly endSeconds: number;
  readonly windowSeconds: number;
  readonly columns: number;
}

/**
 * Puts the observations of each moment into the column of its time. Rows reach from the lowest to the highest bucket
 * with any observation in the window, and one further on either side.
 */
export function heatCells(
  moments: readonly Moment[],
  latency: Latency,
  options: HeatWindow & { readonly bounds: readonly number[] },
): HeatCells {
  const { endSeconds, windowSeconds, columns: count, bounds } = options;
  const all = Array.from({ length: count }, () => new Array<number>(bounds.length).fill(0));
  const start = endSeconds - windowSeconds;
  let [low, high] = [Infinity, -1];
  for (const { atSeconds, buckets } of moments) {
    const column = Math.ceil((atSeconds - start) / windowSeconds * count) - 1;
    const counts = buckets[latency];
    if (column < 0 || column >= count || counts.length !== bounds.length) continue;
    counts.forEach((value, row) => {
      if (value <= 0) return;
      all[column][row] += value;
      low = Math.min(low, row);
      high = Math.max(high, row);
    });
  }
  if (high < 0) return { bounds: [], columns: [], most: 0 };
  const first = Math.max(0, low - 1);
  const last = Math.min(bounds.length - 1, high + 1);
  const columns = all.map((column) => column.slice(first, last + 1));
  const most = Math.max(...columns.map((column) => Math.max(...column)));
  return { bounds: bounds.slice(first, last + 1), columns, most };
}
