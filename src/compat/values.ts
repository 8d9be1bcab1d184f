/**
 * Values on their way out.
 *
 * @module
 */
import type { Exemplar } from "./exemplar.ts";

/** One value as `get()` gives it. */
export interface Value {
  /** The number. */
  value: number;
  /** Label values by name. */
  labels: Record<string, unknown>;
  /** The sample's name where it is not the family's. */
  metricName?: string;
  /** An example, or null where there could be one. */
  exemplar?: Exemplar | null;
}

/** A line of text before default labels are known. */
export interface Line {
  readonly name: string;
  /** Labels that stand before the default ones. */
  readonly head: string;
  /** Labels that stand behind the default ones. */
  readonly tail: string;
  /** Label sets whose names win over default ones. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly value: number;
  readonly exemplar?: Exemplar | null;
}
