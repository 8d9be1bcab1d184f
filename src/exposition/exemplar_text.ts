/**
 * Exemplars as the OpenMetrics formats write them behind a value.
 *
 * @module
 */
// CONTROL PLANE
import type { Exemplar } from "../model/samples.ts";
import { escapeLabelName, type EscapingScheme } from "./escape_name.ts";
import { escapeQuoted, quoteLabelName } from "./escape_text.ts";
import { isKnownTime } from "./format.ts";
import { formatOpenMetricsFloat } from "./number_writer.ts";

/** How many code points an exemplar's label names and values have in sum. */
export function exemplarCodePoints(labels: Readonly<Record<string, string>>): number {
  let count = 0;
  for (const [name, value] of Object.entries(labels)) {
    for (const _ of name) count++;
    for (const _ of value) count++;
  }
  return count;
}

/** An exemplar: ` # {labels} value`, and the timestamp if it is known. */
export function formatExemplar(exemplar: Exemplar, escaping: EscapingScheme): string {
  const pairs = Object.entries(exemplar.labels).map(([name, value]) =>
    `${quoteLabelName(escapeLabelName(name, escaping))}="${escapeQuoted(value)}"`
  );
  const text = ` # {${pairs.join(",")}} ${formatOpenMetricsFloat(exemplar.value)}`;
  return isKnownTime(exemplar.timestamp) ? `${text} ${formatTimestamp(exemplar.timestamp)}` : text;
}

/**
 * Seconds without an exponent, which is what `String()` gives for every moment from the first microsecond of 1970 on.
 * Python's parser misreads one with an exponent and nine or more digits behind the point.
 */
export function formatTimestamp(seconds: number): string {
  return String(seconds);
}
