/**
 * Seeded random numbers: the same seed gives the same run, so that every test can be replayed.
 *
 * @module
 */

/** A generator of pseudo-random numbers (sfc32 over a hashed seed). Owner thread only. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | undefined;

  /** @param seed Any number; its integer part modulo 2^53 counts. */
  constructor(seed: number) {
    const low = seed | 0;
    const high = Math.floor(seed / 2 ** 32) | 0;
    this.#a = mix(low ^ 0x9e3779b9);
    this.#b = mix(high ^ 0x243f6a88);
    this.#c = mix(low + 0x7f4a7c15 | 0);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** The next integer from 0 to 2^32 - 1. */
  uint32(): number {
    const sum = (this.#a + this.#b | 0) + this.#counter | 0;
    this.#counter = this.#counter + 1 | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + sum | 0;
    return sum >>> 0;
  }

  /** The next number from 0 up to but not including 1. */
  float(): number {
    return this.uint32() / 4294967296;
  }

  /** The next integer from 0 up to but not including `bound`. */
  below(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  /** The next number of a standard normal distribution. */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    const angle = 2 * Math.PI * this.float();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Scrambles 32 bits (the finalizer of MurmurHash3), so that seeds that differ by 1 give unlike streams. */
export function mix(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
