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

/** What a definition says of a summary's quantiles. */
export interface QuantileOptions {
  readonly quantiles?: readonly number[];
  readonly relativeError?: number;
  readonly windowSeconds?: number;
}

/** How far a summary's quantiles look back unless told otherwise. */
const DEFAULT_WINDOW_SECONDS = 600;
const DEFAULT_RELATIVE_ERROR = 0.01;
const MIN_RELATIVE_ERROR = 0.001;
const MAX_RELATIVE_ERROR = 0.5;

/**
 * The quantiles of a summary, complete; nothing of other kinds, and of a summary that has none.
 *
 * @throws {TypeError | RangeError} If a quantile is not from 0 to 1 or they do not ascend, or an option is out of its range
 */
export function checkQuantiles(
  given: QuantileOptions,
  family: { type: MetricType; what: string },
): Required<QuantileOptions> {
  const { quantiles = [], relativeError = DEFAULT_RELATIVE_ERROR, windowSeconds = DEFAULT_WINDOW_SECONDS } =
    given;
  if (family.type !== "summary") return { quantiles: [], relativeError: 0, windowSeconds: 0 };
  if (!Array.isArray(quantiles)) {
    throw new TypeError(`${family.what}: wanted quantiles as an array, given ${givenText(quantiles)}`);
  }
  for (let i = 0; i < quantiles.length; i++) {
    if (!isNumberFrom(0, quantiles[i], 1)) {
      throw new RangeError(`${family.what}: wanted quantiles from 0 to 1, given ${givenText(quantiles[i])}`);
    }
    if (i > 0 && quantiles[i] <= quantiles[i - 1]) {
      throw new RangeError(
        `${family.what}: wanted quantiles in ascending order, given ${quantiles[i]} after ${
          quantiles[i - 1]
        }`,
      );
    }
  }
  if (!isNumberFrom(MIN_RELATIVE_ERROR, relativeError, MAX_RELATIVE_ERROR)) {
    throw new RangeError(
      `${family.what}: wanted a relativeError from ${MIN_RELATIVE_ERROR} to ${MAX_RELATIVE_ERROR}, given ${
        givenText(relativeError)
      }`,
    );
  }
  if (windowSeconds !== 0 && !isNumberFrom(1, windowSeconds, Number.MAX_VALUE)) {
    throw new RangeError(
      `${family.what}: wanted windowSeconds from 1, or 0 for ever, given ${givenText(windowSeconds)}`,
    );
  }
  if (quantiles.length === 0) return { quantiles: [], relativeError: 0, windowSeconds: 0 };
  return { quantiles: [...quantiles], relativeError, windowSeconds };
}

/** Whether a value is a number, not only what compares like one, and within bounds that belong to it. */
function isNumberFrom(min: number, value: unknown, max: number): boolean {
  return typeof value === "number" && value >= min && value <= max;
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
