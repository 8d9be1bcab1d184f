/**
 * Timers of metrics that take seconds.
 *
 * @module
 */
// CONTROL PLANE
import type { LabelValues } from "./types.ts";

/**
 * Starts to measure.
 *
 * @param labels the labels that are known at the start
 * @param record takes the labels of the start and the end together, and the elapsed seconds
 * @returns ends the measurement, with more labels if need be, hands it to `record` and returns it, in seconds
 */
export function startTimer<T extends string>(
  labels: LabelValues<T> | undefined,
  record: (labels: LabelValues<T>, seconds: number) => void,
): (labels?: LabelValues<T>) => number {
  const startMs = performance.now();
  return (endLabels) => {
    const seconds = (performance.now() - startMs) / 1000;
    record(Object.assign({}, labels, endLabels), seconds);
    return seconds;
  };
}
