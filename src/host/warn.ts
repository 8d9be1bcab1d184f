/**
 * Warnings of the process.
 *
 * @module
 */
import process from "node:process";

const said: Set<string> = new Set();

/** Warns, but of each thing once only. Shown on standard error unless the program listens to the `warning` event. */
export function warnOnce(message: string, cause?: unknown): void {
  if (said.has(message)) return;
  said.add(message);
  const detail = cause instanceof Error ? cause.message : cause === undefined ? "" : String(cause);
  process.emitWarning(detail === "" ? message : `${message}: ${detail}`, { type: "PromslabWarning" });
}
