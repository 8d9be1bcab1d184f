/**
 * Which samples of a family belong to one label set.
 *
 * @module
 */
// CONTROL PLANE
import type { ParsedFamily, ParsedSample } from "./parsed.ts";

/** What tells series apart: the labels that are not empty, in any order. */
export function seriesKey({ labels }: ParsedSample, without?: string): string {
  const pairs = [...labels].filter(([name, value]) => value !== "" && name !== without);
  return JSON.stringify(pairs.sort(([a], [b]) => a < b ? -1 : 1));
}

/** What the lines of one label set of a family have in common. */
export function groupKey(sample: ParsedSample, family: ParsedFamily): string {
  return seriesKey(sample, ownLabel(family));
}

/** The label that tells the lines of one label set apart. */
function ownLabel({ name, type }: ParsedFamily): string | undefined {
  if (type === "histogram" || type === "gaugehistogram") return "le";
  if (type === "summary") return "quantile";
  return type === "stateset" ? name : undefined;
}
