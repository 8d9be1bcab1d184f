/**
 * What the example's threads and its engine tell each other.
 *
 * @module
 */

/** What each front end has from its start. */
export interface Data {
  /** The memory of the join, one for each engine. */
  readonly ring: SharedArrayBuffer;
  /** Where the engine listens. */
  readonly port: number;
}

/** From main to a front end. */
export interface Message {
  /** The front end's number among the contributors. */
  readonly contributor: number;
}

/** From the engine to a front end: its slice of a step. */
export interface Slice {
  readonly step: number;
  /** Bits of all front ends that get a slice of the step. */
  readonly participants: number;
  /** Tokens of this slice. */
  readonly tokens: number;
}
