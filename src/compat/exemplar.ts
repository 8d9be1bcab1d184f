/**
 * Exemplars of one thread.
 *
 * @module
 */
// CONTROL PLANE
import type { GivenLabels } from "./validation.ts";

/** The most UTF-16 units in an exemplar's label names and values. */
const EXEMPLAR_LENGTH_MAX = 128;

/** What a series, or one of its buckets, shows as an example. */
export interface Exemplar {
  /** Label values by name. */
  labelSet: GivenLabels;
  /** The value that it stands for. */
  value: number;
  /** Seconds since the Unix epoch. */
  timestamp: number;
}

/**
 * An exemplar of now.
 *
 * @throws {RangeError} If the labels are too long
 */
export function exemplarOf(labels: GivenLabels, value: number): Exemplar {
  let length = 0;
  for (const name of Object.keys(labels)) length += `${name}${labels[name]}`.length;
  if (length > EXEMPLAR_LENGTH_MAX) {
    throw new RangeError("Label set size must be smaller than 128 UTF-8 chars");
  }
  return { labelSet: { ...labels }, value, timestamp: Date.now() / 1000 };
}
