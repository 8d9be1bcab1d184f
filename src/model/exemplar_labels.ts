/**
 * An exemplar's labels on their way into and out of shared memory.
 *
 * @module
 */
// DATA PLANE
import { canonicalLabelValue, type LabelValue } from "./label_values.ts";
import { isLegacyLabelName } from "./names.ts";

/** The most code points that an exemplar's label names and values may have in sum; OpenMetrics 1.0. */
export const EXEMPLAR_CODE_POINTS_MAX = 128;

/** An exemplar's labels as callers give them: usually the ids of a trace and a span. */
export type ExemplarLabels = Readonly<Record<string, LabelValue>>;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Checks an exemplar's labels and writes them as an exemplar cell carries them.
 *
 * @param labels names and values
 * @param text where the bytes go
 * @param what how an error begins
 * @returns how many bytes were written, or -1 if `text` is too short for them
 * @throws {TypeError} If there are no labels, or a value is neither string, number nor boolean
 * @throws {RangeError} If a name is not valid or there are more than 128 code points
 */
export function encodeExemplarLabels(labels: ExemplarLabels, text: Uint8Array, what: string): number {
  if (labels === null || typeof labels !== "object") {
    throw new TypeError(`${what}: wanted an exemplar's labels as an object, given ${String(labels)}`);
  }
  let codePoints = 0;
  let at = 0;
  for (const name in labels) {
    if (!isLegacyLabelName(name) || name.startsWith("__")) {
      throw new RangeError(`${what}: the exemplar's label "${name}" has no valid name`);
    }
    const value = canonicalLabelValue(labels[name], name);
    codePoints += name.length + codePointsOf(value);
    const nameAt = at + 2;
    const valueAt = writeUtf8(name, text, nameAt);
    at = writeUtf8(value, text, valueAt);
    text[nameAt - 2] = name.length;
    text[nameAt - 1] = at - valueAt;
  }
  if (codePoints > EXEMPLAR_CODE_POINTS_MAX) {
    throw new RangeError(
      `${what}: wanted at most ${EXEMPLAR_CODE_POINTS_MAX} code points in an exemplar's labels, given ${codePoints}`,
    );
  }
  return at <= text.length ? at : -1;
}

/** How many code points a well-formed string has. */
function codePointsOf(value: string): number {
  let count = value.length;
  for (let i = 0; i < value.length; i++) if ((value.charCodeAt(i) & 0xfc00) === 0xdc00) count--;
  return count;
}

/**
 * Writes a well-formed string. What lies behind the end of `bytes` is lost, as stores beyond an array's end are.
 *
 * @returns where the string ends
 */
function writeUtf8(value: string, bytes: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < value.length; i++) {
    let code = value.charCodeAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
    } else {
      if ((code & 0xfc00) === 0xd800) {
        code = 0x10000 + ((code & 0x3ff) << 10) + (value.charCodeAt(++i) & 0x3ff);
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      } else {
        bytes[at++] = 0xe0 | (code >> 12);
      }
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}

/**
 * Reads what {@linkcode encodeExemplarLabels} wrote.
 *
 * @param text the bytes
 * @param textBytes how many of them are used
 */
export function decodeExemplarLabels(text: Uint8Array, textBytes: number): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let at = 0; at + 2 <= textBytes;) {
    const nameEnd = at + 2 + text[at];
    const valueEnd = nameEnd + text[at + 1];
    labels[decoder.decode(text.slice(at + 2, nameEnd))] = decoder.decode(text.slice(nameEnd, valueEnd));
    at = valueEnd;
  }
  return labels;
}
