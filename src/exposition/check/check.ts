/**
 * A strict checker of expositions: the grammar, and the many rules that Prometheus and promtool let pass.
 *
 * @module
 */
// CONTROL PLANE
import { checkValues } from "./check_values.ts";
import type { Finding } from "./finding.ts";
import { readExposition, SAMPLE_SUFFIXES } from "./parse_exposition.ts";
import type { ParsedFamily, ParsedSample } from "./parsed.ts";
import type { Dialect } from "./scan_line.ts";
import { groupKey, seriesKey } from "./series_key.ts";

/**
 * Checks an exposition: its grammar, duplicates, the order of lines, and what the values of each type promise.
 *
 * @param body the whole body
 * @param dialect `text` for versions 0.0.4 and 1.0.0 of the text format, `openmetrics` for 1.0.0 and 0.0.1
 * @returns what breaks a rule, by line; empty if nothing does
 *
 * @example A bucket that is smaller than the one before it
 * ```ts
 * import { checkExposition } from "promslab/exposition";
 *
 * const body = [
 *   "# TYPE x histogram",
 *   'x_bucket{le="1"} 3',
 *   'x_bucket{le="+Inf"} 2',
 *   "x_sum 4",
 *   "x_count 2",
 *   "",
 * ].join("\n");
 * const [finding] = checkExposition(body, "text");
 * if (finding.code !== "not-cumulative" || finding.line !== 3) throw new Error("not found");
 * ```
 */
export function checkExposition(body: string | Uint8Array, dialect: Dialect): readonly Finding[] {
  const findings: Finding[] = [];
  const report = (finding: Finding) => void findings.push(finding);
  const families = readExposition(body, dialect, report);
  checkNames(families, dialect, report);
  for (const family of families) {
    if (dialect === "openmetrics") checkUnit(family, report);
    checkSeries(family, dialect, report);
    checkValues(family, dialect, report);
  }
  return findings.sort((a, b) => a.line - b.line);
}

/** The names of families and of what their samples may be called must not meet. */
function checkNames(
  families: readonly ParsedFamily[],
  dialect: Dialect,
  report: (finding: Finding) => void,
): void {
  const owners = new Map<string, ParsedFamily>();
  for (const family of families) {
    const names = new Set([
      family.name,
      ...SAMPLE_SUFFIXES[dialect][family.type].map((suffix) => family.name + suffix),
    ]);
    for (const name of names) {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, family);
      else {
        report({
          line: family.line,
          code: "name-clash",
          message:
            `Family "${family.name}" and family "${owner.name}" of line ${owner.line} both have "${name}"`,
        });
      }
    }
  }
}

function checkUnit({ name, unit, type, line }: ParsedFamily, report: (finding: Finding) => void): void {
  if (!unit) return;
  if (type === "info" || type === "stateset") {
    report({ line, code: "bad-unit", message: `The ${type} "${name}" has the unit "${unit}"` });
  } else if (!name.endsWith(`_${unit}`)) {
    report({
      line,
      code: "bad-unit",
      message: `Family "${name}" has the unit "${unit}" and does not end in it`,
    });
  }
}

/** Each series once, and all lines of one label set together. */
function checkSeries(family: ParsedFamily, dialect: Dialect, report: (finding: Finding) => void): void {
  const seen = new Map<string, ParsedSample>();
  for (const sample of family.samples) {
    const key = `${sample.name} ${seriesKey(sample)} ${sample.timestamp ?? ""}`;
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, sample);
      continue;
    }
    report({
      line: sample.line,
      code: "duplicate-series",
      message: `Sample "${sample.name}" has the same labels as in line ${earlier.line}`,
    });
  }
  if (dialect === "openmetrics") checkOrder(family, report);
}

/** In OpenMetrics the lines of one label set stand together, and their timestamps do not go back. */
function checkOrder(family: ParsedFamily, report: (finding: Finding) => void): void {
  const groups = new Set<string>();
  let last: { group: string; timestamp: number | undefined } | undefined;
  for (const sample of family.samples) {
    const { line, timestamp } = sample;
    const group = groupKey(sample, family);
    if (group !== last?.group) {
      if (groups.has(group)) {
        const message = `A label set of family "${family.name}" goes on behind another one`;
        report({ line, code: "interleaved-series", message });
      }
    } else if (
      (timestamp ?? 0) < (last.timestamp ?? 0) || (timestamp === undefined) !== (last.timestamp === undefined)
    ) {
      const message = `The timestamp is ${timestamp ?? "missing"}, in the line before ${
        last.timestamp ?? "missing"
      }`;
      report({ line, code: "mixed-timestamps", message });
    }
    groups.add(group);
    last = { group, timestamp };
  }
}
