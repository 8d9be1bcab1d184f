/**
 * Pairs of label values that a careless key would take for each other.
 *
 * @module
 */
import fc from "fast-check";

/** Longer texts have more cuts, and no other ones. */
const TEXT_LENGTH_MAX = 8;

/**
 * Pairs of values: drawn ones, and beside them all ways to cut one text in two, with and without the character between
 * the halves. Whoever joins values, with any separator or none, makes one series of two of them.
 *
 * @param value what a label may have
 */
export function labelPairs(value: fc.Arbitrary<string>): fc.Arbitrary<[string, string][]> {
  const drawn = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 });
  return fc.tuple(drawn, fc.array(fc.tuple(value, value), { maxLength: 1 })).map(([pairs, texts]) => [
    ...pairs,
    ...texts.flatMap(([head, tail]) => cuts((head + tail).slice(0, TEXT_LENGTH_MAX))),
  ]);
}

function cuts(text: string): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at <= text.length; at++) {
    found.push([text.slice(0, at), text.slice(at)]);
    if (at < text.length) found.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return found;
}
