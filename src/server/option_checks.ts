/**
 * Checks of options, each with the one message that says what was given and what is wanted.
 *
 * @module
 */
// CONTROL PLANE
import { StartError } from "./start_error.ts";

/** Bounds of a number, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The error of an option that cannot have its value. */
export function refuse(name: string, value: unknown, wanted: string): StartError {
  const option = { name, value: String(value), wanted };
  return new StartError("BAD_OPTION", `Cannot use ${name} "${option.value}": wanted ${wanted}`, { option });
}

/** The value, if it is a whole number within the bounds. @throws {StartError} If it is not */
export function wholeNumber(name: string, value: unknown, { min, max }: Bounds): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw refuse(name, value, `a whole number from ${min} to ${max}`);
}

/**
 * The value, if it is a number within the bounds.
 *
 * @param what what the number counts, as in `a number of seconds`
 * @throws {StartError} If it is not
 */
export function within(name: string, value: unknown, { min, max }: Bounds, what = "a number"): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw refuse(name, value, `${what} from ${min} to ${max}`);
}

/** The value, if it is a number of seconds up to a day. @throws {StartError} If it is not */
export function seconds(name: string, value: unknown): number {
  return within(name, value, { min: 0, max: 86_400 }, "a number of seconds");
}

/** The value, if it is one of those known. @throws {StartError} If it is not */
export function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw refuse(name, value, `one of ${known.join(", ")}`);
}
