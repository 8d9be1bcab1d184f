/**
 * Waiting for a condition instead of for a time.
 *
 * @module
 */

/**
 * Lets every timer of this thread run that is due within a millisecond, and those that it sets in its turn, some times
 * over. Timers of one thread run in the order in which they are due, so that what has not come by then was not set,
 * however slow the machine is.
 */
export async function shortTimersRun(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 2));
}

/**
 * What a promise gives.
 *
 * @throws {Error} If it has given nothing by the deadline
 */
export async function within<T>(
  promise: Promise<T>,
  { what, deadlineMs = 60_000 }: { readonly what: string; readonly deadlineMs?: number },
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Cannot wait any longer for ${what}: ${deadlineMs} ms passed`)),
    deadlineMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What {@linkcode waitFor} is told besides the condition. */
export interface WaitOptions {
  /** After so many milliseconds the wait fails. Default 60 000: generous, because a busy machine is no defect. */
  readonly deadlineMs?: number;
  /** What is waited for, in words that complete "Cannot wait any longer for …". */
  readonly what: string;
  /** Pause between two looks, in milliseconds. Default 5. */
  readonly pauseMs?: number;
}

/**
 * Looks at a condition again and again until it gives something truthy, and gives that. A condition that throws has not
 * come true yet.
 *
 * @throws {Error} If the deadline passes; the last value or error is named
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const { deadlineMs = 60_000, what, pauseMs = 5 } = options;
  const startMs = performance.now();
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() - startMs > deadlineMs) {
      throw new Error(
        `Cannot wait any longer for ${what}: ${deadlineMs} ms passed, last seen ${String(last)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
