/**
 * Headers that list what a client takes, with weights: `Accept` and `Accept-Encoding`.
 *
 * @module
 */
// CONTROL PLANE

/** One alternative of such a header. */
export interface AcceptClause {
  /** The media type or coding, in lower case. */
  readonly value: string;
  /** The parameters without the weight, names in lower case; of repeated ones the last. */
  readonly params: ReadonlyMap<string, string>;
  /** The weight, 0 to 1; 0 excludes. */
  readonly q: number;
}

/** The weight of a clause whose weight is not valid: what it names is still taken, when nothing else is. */
const INVALID_Q = 0.0001;

/**
 * Reads such a header.
 *
 * @returns the alternatives by descending weight; those of equal weight in their order
 */
export function parseAccept(header: string): AcceptClause[] {
  const clauses: AcceptClause[] = [];
  for (const part of splitOutsideQuotes(header, ",")) {
    const [value, ...rest] = splitOutsideQuotes(part, ";").map((piece) => piece.trim());
    if (value === "") continue;
    const params = new Map<string, string>();
    let q = 1;
    for (const param of rest) {
      const equals = param.indexOf("=");
      if (equals < 0) continue;
      const name = param.slice(0, equals).trim().toLowerCase();
      const text = unquote(param.slice(equals + 1).trim());
      if (name === "q") q = parseWeight(text);
      else params.set(name, text);
    }
    clauses.push({ value: value.toLowerCase(), params, q });
  }
  return clauses.sort((a, b) => b.q - a.q);
}

function parseWeight(text: string): number {
  const weight = /^\d*\.?\d+$|^\d+\.$/.test(text) ? Number(text) : NaN;
  return weight >= 0 && weight <= 1 ? weight : INVALID_Q;
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, "$1")
    : text;
}

/** Splits at a separator that is not within double quotes. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator);
  const pieces: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === "\\") i++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      pieces.push(text.slice(start, i));
      start = i + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}
