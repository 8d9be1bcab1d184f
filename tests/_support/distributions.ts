/**
 * Random numbers of several distributions, the same for the same seed.
 *
 * @module
 */

/** Draws numbers from 0 to 1, both excluded. */
export type Uniform = () => number;

/** A generator whose numbers follow from its seed (mulberry32). */
export function uniformFrom(seed: number): Uniform {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

function normal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** How durations are distributed, more or less. */
export const DISTRIBUTIONS: Readonly<Record<string, (uniform: Uniform) => number>> = {
  uniform: (uniform) => 0.001 + uniform(),
  exponential: (uniform) => -0.05 * Math.log(uniform()),
  "log-normal": (uniform) => Math.exp(-3 + 1.5 * normal(uniform)),
  pareto: (uniform) => 0.002 * uniform() ** (-1 / 1.2),
  bimodal: (uniform) =>
    uniform() < 0.9 ? 0.01 + 0.001 * Math.abs(normal(uniform)) : 2 + 0.2 * Math.abs(normal(uniform)),
};

/** The numbers that one worker draws from a distribution. */
export function drawFrom(name: string, worker: number, count: number): Float64Array {
  const uniform = uniformFrom(1000 * worker + Object.keys(DISTRIBUTIONS).indexOf(name));
  return Float64Array.from({ length: count }, () => DISTRIBUTIONS[name](uniform));
}
