/**
 * Descriptors that another thread wrote.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor, NativeBuckets } from "./descriptor.ts";
import { MERGE_MODES, METRIC_TYPES } from "./metric_type.ts";

const MAX_NATIVE_BUCKETS = 4096;
const MAX_NATIVE_SCHEMA = 8;

/**
 * Reads a descriptor that another thread wrote, and checks that all its parts are there and of their kind: of a damaged
 * slab nothing else may be expected. What a definition may say was checked by its author's thread.
 *
 * @throws {SyntaxError} If it is no JSON
 * @throws {TypeError} If it is no descriptor
 */
export function readDescriptor(json: string): Descriptor {
  const read = JSON.parse(json) as Descriptor;
  const sound = typeof read === "object" && read !== null &&
    [read.name, read.help, read.unit].every(isString) && METRIC_TYPES.includes(read.type) &&
    MERGE_MODES.includes(read.mode) &&
    [read.labelNames, read.states].every((list) => isListOf(list, isString)) &&
    [read.buckets, read.quantiles].every((list) => isListOf(list, Number.isFinite)) &&
    typeof read.constLabels === "object" && isListOf(Object.values(read.constLabels ?? 0), isString) &&
    [read.relativeError, read.windowSeconds, read.maxSeries, read.ttlSeconds].every(Number.isFinite) &&
    typeof read.exemplars === "boolean" && hasKindsParts(read);
  if (!sound) throw new TypeError("Cannot read descriptor: a part of it is missing or of another kind");
  return read;
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isListOf(list: unknown, is: (value: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(is);
}

/** Checks the numbers on which the size of a cell depends, beside the buckets. */
function hasKindsParts({ type, quantiles, relativeError, states, native }: Descriptor): boolean {
  if (type === "summary" && quantiles.length > 0) return relativeError > 0.0001 && relativeError < 1;
  if (type === "stateset") return states.length > 0;
  return native === undefined || (type === "histogram" && isNative(native));
}

function isNative(native: NativeBuckets): boolean {
  return typeof native === "object" && native !== null && Object.values(native).every(Number.isFinite) &&
    Number.isInteger(native.schema) && Math.abs(native.schema) <= MAX_NATIVE_SCHEMA &&
    native.maxBuckets > 0 && native.maxBuckets <= MAX_NATIVE_BUCKETS && native.zeroThreshold >= 0;
}
