/**
 * Timers for metrics that take seconds.
 *
 * @module
 */
import type { UpdateOptions } from "./exemplar_keeper.ts";

/** Ends a measurement: records the elapsed seconds and returns them. */
export type EndTimer = (options?: UpdateOptions) => number;

/**
 * Starts to measure.
 *
 * @param record takes the elapsed seconds, and what the end of the measurement says besides
 * @returns ends the measurement, hands it to `record` and returns it, in seconds
 */
export function startTimer(record: (seconds: number, options?: UpdateOptions) => void): EndTimer {
  const start = performance.now();
  return (options) => {
    const seconds = (performance.now() - start) / 1000;
    record(seconds, options);
    return seconds;
  };
}
