/**
 * Timers for metrics that take seconds.
 *
 * @module
 */
// CONTROL PLANE
import type { UpdateOptions } from "./exemplar_keeper.ts";
import { whenOver } from "./when_over.ts";

/** Ends a measurement: records the elapsed seconds and returns them. */
export type EndTimer = (options?: UpdateOptions) => number;

/**
 * Does a piece of work and ends a measurement when it is over, be it by an error or a promise.
 *
 * @param end ends a measurement that has started
 * @param work what is to be done
 * @returns what the work returned
 * @throws what the work throws; the time is recorded all the same
 */
export function timed<Result>(end: () => number, work: () => Result): Result {
  return whenOver(work, () => end());
}

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
