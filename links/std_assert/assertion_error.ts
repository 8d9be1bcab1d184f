/**
 * The error of a failed assertion.
 *
 * @module
 */

/** Thrown by every assertion of this package that does not hold. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Appends the caller's own message, if any, as the original package does. */
export function withSuffix(message: string, suffix: string | undefined): string {
  return suffix ? `${message}: ${suffix}` : `${message}.`;
}
