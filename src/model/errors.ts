/**
 * Errors that callers tell apart by their code.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "./descriptor.ts";

/**
 * A family is defined twice, or in two ways. The message names both definitions.
 *
 * @example A name that is taken
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { Counter, DuplicateFamilyError, Gauge, Registry } from "promslab";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registry });
 * assertThrows(() => new Gauge({ name: "jobs_total", help: "Other jobs.", registry }), DuplicateFamilyError);
 * ```
 */
export class DuplicateFamilyError extends Error {
  /** The name of the class. */
  override readonly name = "DuplicateFamilyError";
  /** For callers that branch. */
  readonly code = "DUPLICATE_FAMILY";
  /** The definition that was there first. */
  readonly existing: Descriptor;
  /** The definition that was refused. */
  readonly rejected: Descriptor;

  /** Keeps both definitions for the caller. */
  constructor(message: string, definitions: { existing: Descriptor; rejected: Descriptor }) {
    super(message);
    this.existing = definitions.existing;
    this.rejected = definitions.rejected;
  }
}
