/**
 * Escapes of the text formats: label values, help texts, quoted names.
 *
 * @module
 */
// CONTROL PLANE

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

function escapeCharacter(character: string): string {
  return character === "\n" ? "\\n" : `\\${character}`;
}
