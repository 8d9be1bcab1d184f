/**
 * The names under which full KV blocks are found again: each hash covers its block and all before it.
 *
 * @module
 */
import { mix } from "./random.ts";

/** The hash before the first block of a sequence, by what must not be shared (adapter, cache salt). */
export function rootHash(adapter: number, salt: number): number {
  return combine(mix(adapter + 1), mix(salt ^ 0x5bd1e995));
}

/** The hash of the block of `size` tokens at `start` that follows a block of hash `parent`; 53 bits, never 0. */
export function blockHash(
  parent: number,
  tokens: ArrayLike<number>,
  range: { start: number; size: number },
): number {
  let low = parent | 0;
  let high = Math.floor(parent / 2 ** 32) | 0;
  for (let i = range.start; i < range.start + range.size; i++) {
    low = mix(low ^ tokens[i]);
    high = Math.imul(high ^ low, 0x01000193) + 0x9e3779b9 | 0;
  }
  return combine(low, mix(high));
}

function combine(low: number, high: number): number {
  return (high >>> 11) * 2 ** 32 + (low >>> 0) || 1;
}
