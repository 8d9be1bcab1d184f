/**
 * The buckets of native histograms: which one a value falls in, and where a bucket ends.
 *
 * Bucket `key` of schema `n` holds `(base ** (key - 1), base ** key]` for base `2 ** (2 ** -n)`. Its bounds are not
 * computed by a power function, which engines round differently, but are those that the Prometheus ecosystem agrees on.
 *
 * @module
 */
// DATA PLANE

/** The finest resolution. */
export const MAX_SCHEMA = 8;

/** The coarsest resolution. */
export const MIN_SCHEMA = -4;

/**
 * By what a bound of schemas 1 to 8 is multiplied to give the next one. That of schema 1 is one step below the root of
 * two: so it is in client_golang, whose tables grew from these factors.
 */
const FACTORS = [
  1.414213562373095,
  1.189207115002721,
  1.0905077326652577,
  1.0442737824274138,
  1.0218971486541166,
  1.0108892860517005,
  1.0054299011128027,
  1.0027112750502025,
];

const MANTISSA_BITS = 52;
/** How many of the mantissa's bits lie in the upper word of a Float64. */
const UPPER_BITS = 20;
const UPPER_MASK = (1 << UPPER_BITS) - 1;
const EXPONENT_MASK = 0x7ff;
/** The exponent field of numbers from 0.5 to 1. */
const HALF_EXPONENT = 1022;
const TWO_TO_32 = 2 ** 32;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
float[0] = 1;
const UPPER = words[1] === 0 ? 0 : 1;
const LOWER = UPPER ^ 1;

/** The lower bounds of a schema's buckets within [0.5, 1), for schemas 0 to 8. Every other one is the schema's before. */
export const FRACTIONS: readonly Float64Array[] = makeFractions();

/** For schemas 0 to 8 the mantissas of the fractions as whole numbers, and one beyond all mantissas. */
const MANTISSAS: readonly Float64Array[] = FRACTIONS.map((fractions) =>
  Float64Array.from([...Array.from(fractions, mantissaOf), 2 ** MANTISSA_BITS])
);

/**
 * For schemas 0 to 8: [0.5, 1) cut into twice as many pieces of equal width as there are fractions, and for each piece
 * the first fraction that is not below its start. The pieces are narrower than the distance of any two fractions, so
 * the first fraction that is not below a value is that of its piece or the one after.
 */
const PIECES: readonly Uint16Array[] = MANTISSAS.map((mantissas) => {
  const count = 2 * (mantissas.length - 1);
  const pieces = new Uint16Array(count);
  for (let piece = 0; piece < count; piece++) {
    const start = piece / count * 2 ** MANTISSA_BITS;
    let index = 0;
    while (mantissas[index] < start) index++;
    pieces[piece] = index;
  }
  return pieces;
});

function makeFractions(): Float64Array[] {
  const all = [Float64Array.of(0.5)];
  for (let schema = 1; schema <= MAX_SCHEMA; schema++) {
    const coarser = all[schema - 1];
    const fractions = new Float64Array(1 << schema);
    for (let i = 0; i < fractions.length; i++) {
      fractions[i] = i % 2 === 0 ? coarser[i / 2] : fractions[i - 1] * FACTORS[schema - 1];
    }
    all.push(fractions);
  }
  return all;
}

function mantissaOf(value: number): number {
  float[0] = value;
  return (words[UPPER] & UPPER_MASK) * TWO_TO_32 + words[LOWER];
}

/**
 * The key of the bucket that a value falls in. Infinity has a bucket of its own above all others.
 *
 * @param value greater than 0
 * @param schema 8 to -4
 */
export function keyOf(value: number, schema: number): number {
  float[0] = value;
  let upper = words[UPPER];
  let exponent = (upper >>> UPPER_BITS) - HALF_EXPONENT;
  if (exponent === -HALF_EXPONENT) {
    // WHY: a subnormal number has no leading one; as a normal number it has the same fraction.
    float[0] = value * 2 ** MANTISSA_BITS;
    upper = words[UPPER];
    exponent = (upper >>> UPPER_BITS) - HALF_EXPONENT - MANTISSA_BITS;
  } else if (exponent === EXPONENT_MASK - HALF_EXPONENT) {
    return keyOf(Number.MAX_VALUE, schema) + 1;
  }
  const upperMantissa = upper & UPPER_MASK;
  const mantissa = upperMantissa * TWO_TO_32 + words[LOWER];
  if (schema > 0) {
    const piece = upperMantissa >>> (UPPER_BITS - 1 - schema);
    const index = PIECES[schema][piece];
    const beyond = mantissa > MANTISSAS[schema][index] ? 1 : 0;
    return index + beyond + ((exponent - 1) << schema);
  }
  const power = mantissa === 0 ? exponent - 1 : exponent;
  return (power + (1 << -schema) - 1) >> -schema;
}

/** The key at a coarser schema of the bucket that a bucket becomes part of. */
export function coarserKey(key: number, schemaSteps: number): number {
  return (key + (1 << schemaSteps) - 1) >> schemaSteps;
}

/** The upper bound of a bucket; of the last finite one the greatest number. */
export function upperBoundOf(key: number, schema: number): number {
  if (schema < 0) {
    const exponent = key << -schema;
    return exponent === 1024 ? Number.MAX_VALUE : scale(1, exponent);
  }
  const fraction = FRACTIONS[schema][key & ((1 << schema) - 1)];
  const exponent = (key >> schema) + 1;
  return fraction === 0.5 && exponent === 1025 ? Number.MAX_VALUE : scale(fraction, exponent);
}

/** `fraction * 2 ** exponent`, rounded once. */
function scale(fraction: number, exponent: number): number {
  if (exponent > 1000) return fraction * 2 ** 1000 * 2 ** (exponent - 1000);
  if (exponent < -1000) return fraction * 2 ** (exponent + 200) * 2 ** -200;
  return fraction * 2 ** exponent;
}
