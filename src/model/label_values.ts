/**
 * Label values on their way into and out of a slab's directory.
 *
 * @module
 */
// CONTROL PLANE

/** What callers may give as a label value; numbers and booleans are written as `String()` does. */
export type LabelValue = string | number | boolean;

/** Label values by name; for a metric without label names the empty object. */
export type Labels<Name extends string = string> = [Name] extends [never] ? Readonly<Record<string, never>>
  : Readonly<Record<Name, LabelValue>>;

/** The value of every label of an overflow series: label sets that found no room are counted there together. */
export const OVERFLOW_LABEL_VALUE = "_overflow";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The well-formed string that stands for a label value. A lone surrogate becomes U+FFFD, as in any UTF-8 encoder.
 *
 * @throws {TypeError} If the value is neither string, number nor boolean
 */
export function canonicalLabelValue(value: unknown, name: string): string {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(
    `Cannot use label "${name}": wanted a string, number or boolean, given ${describe(value)}`,
  );
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value;
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** The string with lone surrogates replaced by U+FFFD. */
export function wellFormed(value: string): string {
  return LONE_SURROGATE.test(value) ? decoder.decode(encoder.encode(value)) : value;
}

/** Writes label values as a directory record carries them: the length of each in bytes (i32), then all in UTF-8. */
export function encodeLabelValues(values: readonly string[]): Uint8Array {
  const encoded = values.map((value) => encoder.encode(value));
  const head = 4 * values.length;
  const bytes = new Uint8Array(encoded.reduce((sum, part) => sum + part.length, head));
  const lengths = new DataView(bytes.buffer);
  let at = head;
  encoded.forEach((part, i) => {
    lengths.setInt32(4 * i, part.length, true);
    bytes.set(part, at);
    at += part.length;
  });
  return bytes;
}

/**
 * Reads label values from a directory record.
 *
 * @throws {RangeError} If the bytes do not hold exactly `count` values
 */
export function decodeLabelValues(bytes: Uint8Array, count: number): string[] {
  const head = 4 * count;
  const fail = () => new RangeError(`Cannot decode label values: wanted ${count} in ${bytes.length} bytes`);
  if (bytes.length < head) throw fail();
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, head);
  // WHY: decoding is the cost of a reader's first look at a slab, and one call for all values is several times cheaper.
  const text = decoder.decode(bytes.subarray(head));
  const ascii = text.length === bytes.length - head;
  const values: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const end = at + lengths.getInt32(4 * i, true);
    if (end < at || head + end > bytes.length) throw fail();
    values.push(ascii ? text.slice(at, end) : decoder.decode(bytes.subarray(head + at, head + end)));
    at = end;
  }
  if (head + at !== bytes.length) throw fail();
  return values;
}

/** A string that two label sets share only if they are equal. For readers; writers walk maps instead. */
export function labelSetKey(values: readonly string[]): string {
  let key = "";
  for (const value of values) key += `${value.length}:${value}`;
  return key;
}
