/**
 * Races: what two threads do to the same memory in each round, and which outcomes may come of it.
 *
 * @module
 */

/** What an outcome means: fine, fine but worth knowing, or a broken promise. */
export type Verdict = "ACCEPTABLE" | "INTERESTING" | "FORBIDDEN";

/** An outcome by its name. */
export type Outcome = readonly [name: string, verdict: Verdict];

/** What one thread does in a round. Returns the number of an outcome, or -1 if it has none to tell. */
export type Act = (round: number) => number;

/** Two threads on one piece of memory. */
export interface Race {
  /** The claim, or what is broken. */
  readonly name: string;
  /** Whether the race leaves out what makes the claim true: then a forbidden outcome must turn up. */
  readonly broken?: boolean;
  /** The outcomes by their number. */
  readonly outcomes: readonly Outcome[];
  /** Makes the memory as each lap begins with it. */
  memory(): SharedArrayBuffer;
  /** Rounds after which both threads begin anew with fresh memory. */
  readonly lapRounds: number;
  /** Make what each thread does, at the beginning of each lap; a round's number counts from the lap's beginning. */
  readonly actors: readonly [(memory: SharedArrayBuffer) => Act, (memory: SharedArrayBuffer) => Act];
}
