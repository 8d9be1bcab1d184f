/**
 * Names, and label sets as callers give them.
 *
 * @module
 */
// CONTROL PLANE
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

/** Label values as callers give them: anything that can be written as text. */
export type GivenLabels = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}

/** Whether a name is a valid metric name. */
export function validateMetricName(name: string): boolean {
  return isLegacyMetricName(name);
}

/** The label names among the given that are not valid. */
export function invalidLabelNames(names: readonly string[]): string[] {
  return names.filter((name) => !isLegacyLabelName(name));
}

/**
 * The labels that a call means: one object, or values in the order of the label names.
 *
 * @throws {Error} If there are too few or too many values
 */
export function labelsOf(labelNames: readonly string[], args: readonly unknown[]): GivenLabels {
  if (typeof args[0] === "object") return (args[0] ?? {}) as GivenLabels;
  if (labelNames.length !== args.length) {
    throw new Error(
      `Invalid number of arguments (${args.length}): "${
        args.join(", ")
      }" for label names (${labelNames.length}): "${labelNames.join(", ")}".`,
    );
  }
  return Object.fromEntries(labelNames.map((name, i) => [name, args[i]]));
}
