/**
 * Numbers as the bytes that client_golang writes: Go's `strconv.FormatFloat(v, 'g', -1, 64)` and what
 * OpenMetrics makes of it. Most values of a scrape are integers or short decimals, and take no string.
 *
 * @module
 */
// CONTROL PLANE

/** The most bytes that any number takes: a sign, 17 digits, the point and an exponent; or the 21 digits of a count below 1e21. */
export const NUMBER_BYTES_MAX = 32;

const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const EXPONENT = 0x65;

/** The digits of 0000 to 9999, four bytes each. */
const FOUR_DIGITS = new Uint8Array(40_000);
for (let n = 0; n < 10_000; n++) {
  FOUR_DIGITS[n * 4] = ZERO + Math.trunc(n / 1000);
  FOUR_DIGITS[n * 4 + 1] = ZERO + Math.trunc(n / 100) % 10;
  FOUR_DIGITS[n * 4 + 2] = ZERO + Math.trunc(n / 10) % 10;
  FOUR_DIGITS[n * 4 + 3] = ZERO + n % 10;
}

/**
 * Writes a value as Go's `%g` with the fewest digits does: `0.25`, `1e+06`, `+Inf`. Zero has no sign.
 *
 * @returns the offset behind the last byte written, at most `at + NUMBER_BYTES_MAX`
 */
export function writeFloat(out: Uint8Array, at: number, value: number): number {
  const start = at;
  let a = value;
  if (a < 0) {
    out[at++] = MINUS;
    a = -a;
  }
  if (a < 1e6) {
    const whole = a | 0;
    if (whole === a) return writeBelow1e8(out, at, whole);
    return a >= 1e-4 ? writeDecimal(out, at, a) : writeAscii(out, at, formatFloat(a));
  }
  // WHY: products below 2^53 are exact up to the rounding that `===` then checks, see writeDecimal.
  if (a <= Number.MAX_SAFE_INTEGER) {
    if (Math.floor(a) === a) return writeScientific(out, at, a, 0);
    const scaled = Math.round(a * 1e6);
    if (scaled < 1e15 && scaled / 1e6 === a) return writeScientific(out, at, scaled, 6);
  }
  return writeAscii(out, start, formatFloat(value));
}

/**
 * Writes a value as OpenMetrics' canonical numbers have it: as {@linkcode writeFloat} does, with `.0` behind an
 * integer that has no exponent.
 */
export function writeOpenMetricsFloat(out: Uint8Array, at: number, value: number): number {
  const end = writeFloat(out, at, value);
  if (value === (value | 0) && value < 1e6 && value > -1e6) {
    out[end] = POINT;
    out[end + 1] = ZERO;
    return end + 2;
  }
  return end;
}

/** Writes a count: all digits of an integer, never an exponent below 1e21; anything else as {@linkcode writeFloat} does. */
export function writeCount(out: Uint8Array, at: number, value: number): number {
  if (value >= 0 && value < 1e8 && value === (value | 0)) return writeBelow1e8(out, at, value);
  if (value >= 0 && value < 1e21 && Math.floor(value) === value) {
    return value <= Number.MAX_SAFE_INTEGER
      ? writeDigits(out, at, value)
      : writeAscii(out, at, String(value));
  }
  return writeFloat(out, at, value);
}

/** A value as {@linkcode writeFloat} writes it, as a string. */
export function formatFloat(value: number): string {
  if (value !== value) return "NaN";
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  const a = Math.abs(value);
  if (a === 0) return "0";
  if (a >= 1e-4 && a < 1e6) return String(value);
  const [mantissa, exponent] = value.toExponential().split("e");
  const digits = exponent.slice(1);
  return `${mantissa}e${exponent[0]}${digits.length < 2 ? "0" : ""}${digits}`;
}

/** A value as {@linkcode writeOpenMetricsFloat} writes it, as a string. */
export function formatOpenMetricsFloat(value: number): string {
  const text = formatFloat(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Writes a positive number below 1e6 that is not an integer. */
function writeDecimal(out: Uint8Array, at: number, value: number): number {
  const scaled = Math.round(value * 1e6);
  // WHY: `scaled / 1e6` is the double nearest to a decimal of at most 12 digits. Decimals of up to 15 digits
  // map to distinct doubles, so if that double is the value, these are its shortest digits.
  if (scaled / 1e6 !== value) return writeAscii(out, at, String(value));
  const whole = Math.floor(value);
  const fraction = scaled - whole * 1e6;
  at = writeBelow1e8(out, at, whole);
  out[at] = POINT;
  const high = (fraction / 1e4) | 0;
  out[at + 1] = FOUR_DIGITS[high * 4 + 2];
  out[at + 2] = FOUR_DIGITS[high * 4 + 3];
  copyFourDigits(out, at + 3, fraction - high * 1e4);
  return trimZeros(out, at + 7);
}

/** Writes the digits of `integer / 10 ** decimals`, which is at least 1e6, with an exponent. */
function writeScientific(out: Uint8Array, at: number, integer: number, decimals: number): number {
  const digitsEnd = writeDigits(out, at + 1, integer);
  const exponent = digitsEnd - at - 2 - decimals;
  out[at] = out[at + 1];
  out[at + 1] = POINT;
  let end = trimZeros(out, digitsEnd);
  if (end === at + 2) end = at + 1;
  out[end] = EXPONENT;
  out[end + 1] = PLUS;
  out[end + 2] = FOUR_DIGITS[exponent * 4 + 2];
  out[end + 3] = FOUR_DIGITS[exponent * 4 + 3];
  return end + 4;
}

/** The offset behind the last byte that is no zero digit; a point before them stops the search. */
function trimZeros(out: Uint8Array, end: number): number {
  while (out[end - 1] === ZERO) end--;
  return end;
}

/** Writes all digits of an integer from 0 to 2^53 - 1. */
function writeDigits(out: Uint8Array, at: number, value: number): number {
  if (value < 1e8) return writeBelow1e8(out, at, value);
  const high = Math.floor(value / 1e8);
  const low = value - high * 1e8;
  // WHY: 2^53 / 1e8 is 90 071 992.5, so the upper part has at most eight digits too.
  at = writeBelow1e8(out, at, high);
  const lowHigh = (low / 1e4) | 0;
  copyFourDigits(out, at, lowHigh);
  copyFourDigits(out, at + 4, low - lowHigh * 1e4);
  return at + 8;
}

/** Writes the digits of an integer from 0 to 99 999 999. */
function writeBelow1e8(out: Uint8Array, at: number, value: number): number {
  if (value < 1e4) return writeBelow1e4(out, at, value);
  const high = (value / 1e4) | 0;
  at = writeBelow1e4(out, at, high);
  copyFourDigits(out, at, value - high * 1e4);
  return at + 4;
}

/** Writes the digits of an integer from 0 to 9999. */
function writeBelow1e4(out: Uint8Array, at: number, value: number): number {
  let digit = value * 4;
  const digitsEnd = digit + 4;
  digit += value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
  while (digit < digitsEnd) out[at++] = FOUR_DIGITS[digit++];
  return at;
}

function copyFourDigits(out: Uint8Array, at: number, value: number): void {
  const digit = value * 4;
  out[at] = FOUR_DIGITS[digit];
  out[at + 1] = FOUR_DIGITS[digit + 1];
  out[at + 2] = FOUR_DIGITS[digit + 2];
  out[at + 3] = FOUR_DIGITS[digit + 3];
}

/** Writes a string of ASCII characters. */
function writeAscii(out: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}
