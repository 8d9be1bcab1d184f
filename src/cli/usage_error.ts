/**
 * What is wrong with a command line.
 *
 * @module
 */

/** A command line that makes no sense; the program prints the message and ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A value that cannot be used; the program prints the message and ends with exit code 1. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}
