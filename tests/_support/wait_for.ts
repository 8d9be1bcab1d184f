/**
 * Waiting for a condition instead of for a time.
 *
 * @module
 */

/** What {@linkcode waitFor} is told besides the condition. */
export interface WaitOptions {
  /** After so many milliseconds the wait fails. Default 10 000: generous, because a busy machine is no defect. */
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
  const { deadlineMs = 10_000, what, pauseMs = 5 } = options;
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
