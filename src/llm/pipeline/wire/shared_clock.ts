/**
 * A clock that threads can compare.
 *
 * @module
 */

/**
 * Milliseconds since the Unix epoch, with the resolution of `performance.now()`. Each thread counts from an origin of
 * its own, which is told on a common scale; a change of the system's clock between two threads' starts shifts them
 * against each other, so a difference of two threads' times is taken as at least 0. Any thread.
 */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}
