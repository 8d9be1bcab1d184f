/**
 * The server's own lines on stderr.
 *
 * @module
 */
// CONTROL PLANE

/** Writes one line. */
export function logLine(line: string): void {
  writeStderr(`promslab: ${line}`);
}

/** Writes one line and the error with its stack, if there is one. */
export function logError(line: string, error?: unknown): void {
  if (error === undefined) logLine(line);
  else writeStderr(`promslab: ${line}:`, error);
}

/** Writes to stderr. Who reads it may be gone, a closed terminal or pipe: in Deno this throws, and must end no request. */
export function writeStderr(...what: unknown[]): void {
  try {
    console.error(...what);
  } catch {
    // There is nobody left to tell.
  }
}
