/**
 * Checks of what only some kinds of families have: merge modes, states, quantiles.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "./given_text.ts";
import { MERGE_MODES, type MergeMode, type MetricType } from "./metric_type.ts";
import { isWellFormed } from "./names.ts";

/** The most states of a stateset: they are bits of one exact integer. */
export const MAX_STATES = 52;

/** The merge modes of each kind that does not know all of them; the first is the default. */
const MODES_OF_KIND: Readonly<Partial<Record<MetricType, readonly MergeMode[]>>> = {
  counter: ["sum"],
  histogram: ["sum"],
  summary: ["sum"],
  gaugehistogram: ["livesum", "sum"],
  info: ["livemax", "max", "liveall", "all"],
  stateset: ["mostrecent", "livemostrecent", "liveall", "all"],
};

/**
 * The merge mode of a definition.
 *
 * @param given what its author wrote, if anything
 * @param family its type, and how an error begins
 * @throws {RangeError} If the kind does not know the mode
 */
export function checkMode(given: unknown, family: { type: MetricType; what: string }): MergeMode {
  const modes = MODES_OF_KIND[family.type] ?? MERGE_MODES;
  if (given === undefined) return MODES_OF_KIND[family.type]?.[0] ?? "livesum";
  const mode = modes.find((candidate) => candidate === given);
  if (mode === undefined) {
    throw new RangeError(
      `${family.what}: wanted a merge mode of ${modes.join(", ")}, given ${givenText(given)}`,
    );
  }
  return mode;
}

/**
 * The states of a stateset; empty for other kinds.
 *
 * @throws {TypeError | RangeError} If there are none or too many, or one is empty, no string or given twice
 */
export function checkStates(given: unknown, family: { type: MetricType; what: string }): string[] {
  if (family.type !== "stateset") return [];
  if (!Array.isArray(given)) {
    throw new TypeError(`${family.what}: wanted states as an array, given ${typeof given}`);
  }
  if (given.length === 0 || given.length > MAX_STATES) {
    throw new RangeError(`${family.what}: wanted 1 to ${MAX_STATES} states, given ${given.length}`);
  }
  for (const state of given) {
    if (typeof state !== "string" || state === "" || !isWellFormed(state)) {
      throw new TypeError(
        `${family.what}: wanted states that are well-formed text, given ${JSON.stringify(state)}`,
      );
    }
    if (given.indexOf(state) !== given.lastIndexOf(state)) {
      throw new RangeError(`${family.what}: the state "${state}" is given twice`);
    }
  }
  return [...given];
}
