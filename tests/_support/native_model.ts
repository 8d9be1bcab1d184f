/**
 * Native histograms as one would write them down: a map, one observation after the other. Slow, and independent of the
 * library but for the bounds of the buckets.
 *
 * @module
 */
import { FRACTIONS } from "../../src/slab/native_key.ts";

/** Buckets by key, of one sign. */
export type Buckets = Map<number, number>;

/** What a native histogram of all the observations has. */
export interface NativeModel {
  zeroCount: number;
  nanCount: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** The native buckets of observations at one resolution. */
export function nativeModel(
  observations: readonly number[],
  { schema, zeroThreshold }: { schema: number; zeroThreshold: number },
): NativeModel {
  const model: NativeModel = { zeroCount: 0, nanCount: 0, positive: new Map(), negative: new Map() };
  for (const value of observations) {
    if (Number.isNaN(value)) model.nanCount++;
    else if (Math.abs(value) <= zeroThreshold) model.zeroCount++;
    else {
      const buckets = value > 0 ? model.positive : model.negative;
      const key = modelKey(Math.abs(value), schema);
      buckets.set(key, (buckets.get(key) ?? 0) + 1);
    }
  }
  return model;
}

/** The bucket of a value: the first whose bound is not below it, found by going through the bounds. */
export function modelKey(value: number, schema: number): number {
  if (value === Infinity) return modelKey(Number.MAX_VALUE, schema) + 1;
  let exponent = 0;
  let fraction = value;
  while (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  while (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  if (schema > 0) {
    const bounds = FRACTIONS[schema];
    const index = bounds.findIndex((bound) => bound >= fraction);
    return (index < 0 ? bounds.length : index) + (exponent - 1) * bounds.length;
  }
  return Math.ceil((fraction === 0.5 ? exponent - 1 : exponent) / 2 ** -schema);
}

/** Buckets as entries in the order of their keys. */
export function sorted(buckets: Buckets): [key: number, count: number][] {
  return [...buckets].sort(([a], [b]) => a - b);
}
