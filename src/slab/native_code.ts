/**
 * How native buckets are named in memory, and how the owner finds them.
 *
 * @module
 */
// DATA PLANE

/** The golden ratio in 32 bits: neighbouring codes hash far apart. */
const HASH_FACTOR = 0x9e3779b1 | 0;
const NEGATIVE = 2;
/** Set in every code, so that no code is 0. */
const PRESENT = 1;

/** The code of a bucket: its key, and whether its values are negative. */
export function codeOf(key: number, negative: boolean): number {
  return (key << 2) | (negative ? NEGATIVE | PRESENT : PRESENT);
}

/** The key of a code's bucket. */
export function keyOfCode(code: number): number {
  return code >> 2;
}

/** Whether a code's bucket holds negative values. */
export function isNegativeCode(code: number): boolean {
  return (code & NEGATIVE) !== 0;
}

/** The element of an index at which the search for a code begins. */
export function indexStart(code: number, indexShift: number): number {
  return Math.imul(code, HASH_FACTOR) >>> indexShift;
}
