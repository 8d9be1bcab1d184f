/**
 * The pieces of the text that prom-client writes.
 *
 * @module
 */
// CONTROL PLANE
import type { Exemplar } from "./exemplar.ts";

/** A value as it stands at the end of a line. */
export function valueText(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return "Nan";
  return value < 0 ? "-Inf" : "+Inf";
}

/** Names and help texts. */
export function escapeHelp(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
}

/** One label. */
export function pairText(name: string, value: unknown): string {
  return `${name}="${escapeHelp(String(value)).replace(/"/g, '\\"')}"`;
}

/** Labels as they stand between braces. */
export function labelText(labels: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const name of Object.keys(labels)) {
    text += `${text === "" ? "" : ","}${pairText(name, labels[name])}`;
  }
  return text;
}

/** One line. */
export function lineText(name: string, labels: string, value: number): string {
  return labels === "" ? `${name} ${valueText(value)}` : `${name}{${labels}} ${valueText(value)}`;
}

/** An exemplar as it stands behind a line's value. */
export function exemplarText({ labelSet, value, timestamp }: Exemplar): string {
  return ` # {${labelText(labelSet)}} ${valueText(value)} ${timestamp}`;
}
