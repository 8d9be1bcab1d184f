/**
 * Timers for metrics that take seconds.
 *
 * @module
 */

/**
 * Starts to measure.
 *
 * @param record takes the elapsed seconds
 * @returns ends the measurement, hands it to `record` and returns it, in seconds
 */
export function startTimer(record: (seconds: number) => void): () => number {
  const start = performance.now();
  return () => {
    const seconds = (performance.now() - start) / 1000;
    record(seconds);
    return seconds;
  };
}
