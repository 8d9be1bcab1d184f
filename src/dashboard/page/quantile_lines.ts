/**
 * The lines of a histogram's quantiles.
 *
 * @module
 */
import type { Latency } from "../model/frame.ts";
import { QUANTILES } from "../model/history.ts";
import type { Line } from "./line_chart.ts";

const COLORS = [1, 5, 3];

/** One line for each quantile that is kept. */
export function quantileLines(latency: Latency): readonly Line[] {
  return QUANTILES.map((quantile, i) => ({
    label: `p${quantile * 100}`,
    color: COLORS[i],
    value: ({ quantiles }) => quantiles[latency][i],
  }));
}
