/**
 * What a definition may say of native buckets.
 *
 * @module
 */
// CONTROL PLANE
import type { NativeBuckets } from "./descriptor.ts";
import { givenText } from "./given_text.ts";
import type { MetricType } from "./metric_type.ts";

/** How a native histogram keeps its buckets. */
export interface NativeOptions {
  /**
   * By what a bucket's lower bound may at most be multiplied to give its upper one, greater than 1. The coarsest
   * resolution within that is used; 1.1, the default, gives schema 3, whose buckets grow by 9 %.
   */
  readonly factor?: number;
  /** The resolution itself instead of `factor`: 8, where buckets grow by 0.27 %, down to -4. */
  readonly schema?: number;
  /** Observations of at most this absolute value are counted together. Default 2 ** -128. */
  readonly zeroThreshold?: number;
  /** The most buckets of a series in one worker, 4 to 4096. Default 160. */
  readonly maxBuckets?: number;
  /** How wide the zero bucket may become before resolution is given up to keep within `maxBuckets`. Default 0: not at all. */
  readonly maxZeroThreshold?: number;
  /**
   * Seconds after which a series with too many buckets starts again from 0, in all workers, to have its full resolution
   * back. Default 0: never.
   */
  readonly minResetSeconds?: number;
}

const DEFAULT_FACTOR = 1.1;
const DEFAULT_ZERO_THRESHOLD = 2 ** -128;
const DEFAULT_MAX_BUCKETS = 160;
const MIN_BUCKETS = 4;
const MAX_BUCKETS = 4096;
const MAX_SCHEMA = 8;
const MIN_SCHEMA = -4;

/**
 * The native buckets of a definition, complete, or `undefined` if it has none.
 *
 * @throws {TypeError | RangeError} If the family is no histogram or an option is out of its range
 */
export function checkNative(
  given: NativeOptions | boolean | undefined,
  family: { type: MetricType; what: string },
): NativeBuckets | undefined {
  if (given === undefined || given === false) return undefined;
  const { type, what } = family;
  if (type !== "histogram") throw new TypeError(`${what}: wanted native buckets on histograms only`);
  if (given === null || (typeof given !== "object" && given !== true)) {
    throw new TypeError(`${what}: wanted native as true or an object, given ${String(given)}`);
  }
  const options: NativeOptions = given === true ? {} : given;
  const {
    factor = DEFAULT_FACTOR,
    zeroThreshold = DEFAULT_ZERO_THRESHOLD,
    maxBuckets = DEFAULT_MAX_BUCKETS,
    maxZeroThreshold = 0,
    minResetSeconds = 0,
  } = options;
  if (typeof factor !== "number" || !(factor > 1)) {
    throw new RangeError(`${what}: wanted a factor above 1, given ${givenText(factor)}`);
  }
  const schema = options.schema ?? schemaOf(factor);
  if (!Number.isInteger(schema) || schema < MIN_SCHEMA || schema > MAX_SCHEMA) {
    throw new RangeError(`${what}: wanted a schema from ${MAX_SCHEMA} to ${MIN_SCHEMA}, given ${schema}`);
  }
  if (!Number.isInteger(maxBuckets) || maxBuckets < MIN_BUCKETS || maxBuckets > MAX_BUCKETS) {
    throw new RangeError(
      `${what}: wanted ${MIN_BUCKETS} to ${MAX_BUCKETS} as maxBuckets, given ${maxBuckets}`,
    );
  }
  for (const [name, value] of Object.entries({ zeroThreshold, maxZeroThreshold, minResetSeconds })) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${what}: wanted a finite ${name} from 0, given ${String(value)}`);
    }
  }
  return Object.freeze({ schema, zeroThreshold, maxBuckets, maxZeroThreshold, minResetSeconds });
}

/** The resolution whose buckets grow by at most the given factor, as near to it as there is one. */
function schemaOf(factor: number): number {
  const steps = Math.floor(Math.log2(Math.log2(factor)));
  return Math.min(MAX_SCHEMA, Math.max(MIN_SCHEMA, 0 - steps));
}
