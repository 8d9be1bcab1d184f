/**
 * Where threads keep the words that they increment.
 *
 * @module
 */

/** Side by side in one cache line; in one buffer, but two cache lines apart; each in a buffer of its own. */
export const PLACES = ["adjacent", "apart", "slabs"] as const;

/** One of {@linkcode PLACES}. */
export type Place = (typeof PLACES)[number];

/** Words that each thread increments in turn. */
export const WORDS_PER_THREAD = 2;
/** 128 bytes: processors fetch lines in pairs. */
const APART_WORDS = 32;

/** The first word of a thread in its buffer, as an element of an Int32Array. */
export function firstWord(place: Place, thread: number): number {
  if (place === "slabs") return 0;
  return thread * (place === "adjacent" ? WORDS_PER_THREAD : APART_WORDS);
}
