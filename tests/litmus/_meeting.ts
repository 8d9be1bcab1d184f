/**
 * The words by which the two threads of a race meet and see how far the other is.
 *
 * @module
 */

/** Their bytes: each word has cache lines of its own. */
export const MEETING_BYTES = 6 * 128;

/** Where each lies, as an element of an Int32Array; `begun` and `done` by side. */
export const WORD = {
  /** How often a thread has come to a meeting. */
  come: 0,
  /** Not 0: the run ends. */
  over: 32,
  begun: [64, 128],
  done: [96, 160],
} as const;
