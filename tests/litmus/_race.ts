/**
 * Races: what two threads do to the same memory at the same time, and which outcomes may come of it.
 *
 * @module
 */

/** What an outcome means: fine, fine but worth knowing, or a broken promise. */
export type Verdict = "ACCEPTABLE" | "INTERESTING" | "FORBIDDEN";

/** An outcome by its name. */
export type Outcome = readonly [name: string, verdict: Verdict];

/** How far the other thread has come in this lap. */
export interface Progress {
  /** How many rounds it has begun; what it stores in later ones cannot have been seen before the call. */
  begun(): number;
  /** How many rounds it has ended; what it stored in them is seen after the call. */
  done(): number;
}

/**
 * What one thread does in a round, its own number of which begins at 0 in each lap. Nobody waits for the other: both
 * act over and over, and tell from the other's progress before and after what may be seen.
 *
 * Returns the number of an outcome, {@linkcode NO_OUTCOME} or {@linkcode NOT_YET}; later, if its thread waits by its event
 * loop.
 */
export type Act = (round: number, other: Progress) => number | Promise<number>;

/** The round has nothing to tell. */
export const NO_OUTCOME = -1;
/** The round could not be done before the other thread comes nearer, and is tried again. */
export const NOT_YET = -2;

/** Makes what a thread does, at the beginning of each lap. */
export type Actor = (memory: SharedArrayBuffer) => Act;

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
  /** Rounds of the first thread after which both begin anew with fresh memory. */
  readonly lapRounds: number;
  /** The first is mostly a writer; the second, mostly a reader, counts the rounds of the race. */
  readonly actors: readonly [Actor, Actor];
}
