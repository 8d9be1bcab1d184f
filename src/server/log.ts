/**
 * The server's own lines on stderr.
 *
 * @module
 */

/** Writes one line. */
export function logLine(line: string): void {
  console.error(`promslab: ${line}`);
}

/** Writes one line and the error with its stack. */
export function logError(line: string, error: unknown): void {
  console.error(`promslab: ${line}:`, error);
}
