/**
 * The four ways in which a name that is not valid in the classic data model goes to a scraper.
 *
 * @module
 */
// CONTROL PLANE
import {
  isLegacyLabelName,
  isLegacyMetricName,
  underscoredLabelName,
  underscoredMetricName,
} from "../model/names.ts";

/** What a scraper asks for with the `escaping` parameter of its Accept header. */
export type EscapingScheme = "allow-utf-8" | "underscores" | "dots" | "values";

/**
 * All {@linkcode EscapingScheme}s.
 *
 * @example By name
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ESCAPING_SCHEMES } from "promslab/exposition";
 *
 * assertEquals(ESCAPING_SCHEMES.includes("underscores"), true);
 * ```
 */
export const ESCAPING_SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

/** A metric name under a scheme. Names that are valid in the classic data model stay as they are. */
export function escapeMetricName(name: string, scheme: EscapingScheme): string {
  if (isLegacyMetricName(name)) return name;
  return scheme === "underscores" ? underscoredMetricName(name) : escapeName(name, scheme, /[a-zA-Z_:]/);
}

/** A label name under a scheme. Names that are valid in the classic data model stay as they are. */
export function escapeLabelName(name: string, scheme: EscapingScheme): string {
  if (isLegacyLabelName(name)) return name;
  return scheme === "underscores" ? underscoredLabelName(name) : escapeName(name, scheme, /[a-zA-Z_]/);
}

function escapeName(name: string, scheme: Exclude<EscapingScheme, "underscores">, letter: RegExp): string {
  if (scheme === "allow-utf-8" || name === "") return name;
  let escaped = scheme === "values" ? "U__" : "";
  let first = true;
  for (const character of name) {
    // WHY: digits are invalid at the start of a name, but not behind the prefix of `values`: client_golang
    // looks at the position in the original name all the same.
    const valid = letter.test(character) || (!first && character >= "0" && character <= "9");
    escaped += ESCAPES[scheme](character, valid);
    first = false;
  }
  return escaped;
}

/** How each scheme writes one character of a name. */
const ESCAPES = {
  dots: (character: string, valid: boolean) => {
    if (character === "_") return "__";
    if (character === ".") return "_dot_";
    return valid ? character : "__";
  },
  values: (character: string, valid: boolean) => {
    if (character === "_") return "__";
    if (valid) return character;
    const codePoint = character.codePointAt(0)!;
    return codePoint >= 0xd800 && codePoint <= 0xdfff ? "_FFFD_" : `_${codePoint.toString(16)}_`;
  },
} as const;
