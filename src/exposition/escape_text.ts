/**
 * Escapes of the text formats: label values, help texts, quoted names.
 *
 * @module
 */
// CONTROL PLANE
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

const NEEDS_QUOTED_ESCAPE = /[\\"\n]/;
const QUOTED_ESCAPES = /[\\"\n]/g;
const HELP_ESCAPES = /[\\\n]/g;

/** What stands between the double quotes of a label value, a quoted name, or an OpenMetrics help text. */
export function escapeQuoted(text: string): string {
  return NEEDS_QUOTED_ESCAPE.test(text) ? text.replace(QUOTED_ESCAPES, escapeCharacter) : text;
}

/** A help text of the text format, which leaves double quotes alone. */
export function escapeHelp(text: string): string {
  return text.replace(HELP_ESCAPES, escapeCharacter);
}

/** A metric name as it stands in metadata lines: in quotes if the classic data model does not have it. */
export function quoteMetricName(name: string): string {
  return isLegacyMetricName(name) ? name : `"${escapeQuoted(name)}"`;
}

/** A label name as it stands before its value: in quotes if the classic data model does not have it. */
export function quoteLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : `"${escapeQuoted(name)}"`;
}

function escapeCharacter(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}
