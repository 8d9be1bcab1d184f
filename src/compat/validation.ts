/**
 * Names, and label sets as callers give them.
 *
 * @module
 */
// CONTROL PLANE
import { format } from "../host/inspect.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

/** Label values as callers give them: anything that can be written as text. */
export type GivenLabels = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object";
}

/**
 * Whether a name is a valid metric name.
 *
 * @example A name with a space
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { validateMetricName } from "promslab/compat";
 *
 * assertEquals([validateMetricName("jobs_total"), validateMetricName("jobs total")], [true, false]);
 * ```
 */
export function validateMetricName(name: string): boolean {
  return isLegacyMetricName(name);
}

/** The label names among the given that are not valid. */
export function invalidLabelNames(names: readonly string[]): string[] {
  return names.filter((name) => !isLegacyLabelName(name));
}

/**
 * Checks what a histogram or a summary is to observe.
 *
 * @throws {TypeError} If it is no finite number
 */
export function checkObservation(value: unknown): asserts value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError(`Value is not a valid number: ${format(value)}`);
  }
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
  // WHY: not Object.fromEntries(), with which labels(...).inc() took 540 ns instead of 105 in Node and Deno.
  const labels: Record<string, unknown> = {};
  for (let i = 0; i < labelNames.length; i++) {
    const name = labelNames[i];
    if (name === "__proto__") return Object.fromEntries(labelNames.map((each, at) => [each, args[at]]));
    labels[name] = args[i];
  }
  return labels;
}

/** The same as an object of the caller's own. */
export function copiedLabelsOf(labelNames: readonly string[], args: readonly unknown[]): GivenLabels {
  const labels = labelsOf(labelNames, args);
  return labels === args[0] ? { ...labels } : labels;
}
