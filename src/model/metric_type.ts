/**
 * The kinds of families and the ways in which their values merge.
 *
 * @module
 */
// CONTROL PLANE

/** The kind of a family, in the words of OpenMetrics 1.0; `unknown` is the text format's `untyped`. */
export type MetricType =
  | "counter"
  | "gauge"
  | "histogram"
  | "summary"
  | "info"
  | "stateset"
  | "gaugehistogram"
  | "unknown";

/** All {@linkcode MetricType}s. */
export const METRIC_TYPES: readonly MetricType[] = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "info",
  "stateset",
  "gaugehistogram",
  "unknown",
];

/**
 * How the values that several workers give one gauge become one value.
 * The words and meanings of client_python's multiprocess mode, and `latest`, and `liveaverage`, the mean of the living.
 * A mode that starts with `live` looks at the workers that are alive.
 */
export type MergeMode =
  | "all"
  | "liveall"
  | "sum"
  | "livesum"
  | "min"
  | "livemin"
  | "max"
  | "livemax"
  | "mostrecent"
  | "livemostrecent"
  | "liveaverage"
  | "latest";

/** All {@linkcode MergeMode}s. */
export const MERGE_MODES: readonly MergeMode[] = [
  "all",
  "liveall",
  "sum",
  "livesum",
  "min",
  "livemin",
  "max",
  "livemax",
  "mostrecent",
  "livemostrecent",
  "liveaverage",
  "latest",
];

/** Label names that a family of the given type may not use, because its samples carry them. */
export function reservedLabelName(type: MetricType): string | undefined {
  if (type === "histogram" || type === "gaugehistogram") return "le";
  if (type === "summary") return "quantile";
  return undefined;
}
