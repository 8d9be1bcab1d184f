/**
 * What is wrong with a command line.
 *
 * @module
 */

/** A command line that makes no sense; the program prints the message and ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A value that cannot be used; the program prints the message and ends with exit code 2. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** Something to look at that cannot be read; the program prints the message and ends with exit code 2. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}
