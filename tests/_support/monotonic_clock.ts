/**
 * A clock for timers that goes only when a test says so.
 *
 * @module
 */

/**
 * Does something while `performance.now()` stands still but for what the test lets pass.
 *
 * @param act takes what lets so many milliseconds pass
 */
export async function withClock<Result>(
  act: (pass: (ms: number) => void) => Result | Promise<Result>,
): Promise<Result> {
  let nowMs = 12_345;
  const own = Object.getOwnPropertyDescriptor(performance, "now");
  Object.defineProperty(performance, "now", { configurable: true, writable: true, value: () => nowMs });
  try {
    return await act((ms) => {
      nowMs += ms;
    });
  } finally {
    if (own === undefined) delete (performance as { now?: unknown }).now;
    else Object.defineProperty(performance, "now", own);
  }
}
