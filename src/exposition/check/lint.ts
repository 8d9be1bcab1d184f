/**
 * The style of names and help texts: what `promtool check metrics` objects to, without promtool.
 *
 * @module
 */
// CONTROL PLANE
import type { MetricType } from "../../model/metric_type.ts";

/** What is looked at of a family. A `Descriptor` has all of it. */
export interface LintSubject {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  /** The type; what has none that is known is not held to the rules for types. */
  readonly type: MetricType;
  /** The help text. */
  readonly help: string;
  /** The names of the labels that the type does not bring. */
  readonly labelNames: readonly string[];
}

/**
 * The rules, each with what it wants.
 *
 * @example What a code means
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { LINT_CODES } from "promslab/exposition";
 *
 * assertEquals(LINT_CODES["no-help"], "a family has a help text");
 * ```
 */
export const LINT_CODES = {
  "no-help": "a family has a help text",
  "counter-without-total": "the name of a counter ends in _total",
  "total-without-counter": "no other name ends in _total",
  "reserved-suffix": "names end in _bucket, _count or _sum only where a histogram or summary brings it",
  "reserved-label": "only histograms have a label le, only summaries a label quantile",
  "type-in-name": "names do not say the type",
  "colon-in-name": "colons are for recording rules",
  "camel-case": "names are in snake_case",
  "abbreviated-unit": "units are written out",
  "not-base-unit": "values are in base units",
} as const;

/** The code of a rule in {@linkcode LINT_CODES}. */
export type LintCode = keyof typeof LINT_CODES;

/** A family that breaks a rule. */
export interface LintProblem {
  /** The family's name. */
  readonly family: string;
  /** Which rule; the words stay the same from version to version. */
  readonly code: LintCode;
  /** What was found, and what is wanted instead. */
  readonly message: string;
}

/** Families that may break rules, for example because a foreign dashboard knows them by that name. */
export interface LintAllowance {
  /** The family's name, or a pattern for the names of several. */
  readonly family: string | RegExp;
  /** The rules that they may break. */
  readonly codes: readonly LintCode[];
  /** Why they may. */
  readonly why: string;
}

/**
 * Looks at the style of families.
 *
 * @param allowed what to overlook
 * @returns the problems, in the order of the families
 *
 * @example A unit that is not written out
 * ```ts
 * import { lintFamilies } from "promslab/exposition";
 *
 * const [problem] = lintFamilies([{ name: "wait_ms", type: "gauge", help: "Waiting.", labelNames: [] }]);
 * if (problem.code !== "abbreviated-unit") throw new Error("not found");
 * ```
 */
export function lintFamilies(
  families: Iterable<LintSubject>,
  allowed: readonly LintAllowance[] = [],
): LintProblem[] {
  const problems: LintProblem[] = [];
  for (const subject of families) {
    const codes = new Set(
      allowed.filter(({ family }) => isNamed(family, subject.name)).flatMap(({ codes }) => codes),
    );
    for (const { code, message } of lintFamily(subject)) {
      if (!codes.has(code)) problems.push({ family: subject.name, code, message });
    }
  }
  return problems;
}

function isNamed(family: string | RegExp, name: string): boolean {
  return typeof family === "string" ? family === name : name.search(family) >= 0;
}

interface Problem {
  readonly code: LintCode;
  readonly message: string;
}

function lintFamily(subject: LintSubject): Problem[] {
  return [lintHelp, lintTotal, lintReserved, lintWords, lintUnits].flatMap((rule) => rule(subject));
}

function lintHelp({ help }: LintSubject): Problem[] {
  return help === "" ? [{ code: "no-help", message: "The help text is missing" }] : [];
}

function lintTotal({ name, type }: LintSubject): Problem[] {
  const hasTotal = name.endsWith("_total");
  if (type === "counter" && !hasTotal) {
    return [{ code: "counter-without-total", message: "The name of a counter does not end in _total" }];
  }
  if (type === "counter" || type === "unknown" || !hasTotal) return [];
  return [{ code: "total-without-counter", message: `The name of a ${type} ends in _total` }];
}

function lintReserved({ name, type, labelNames }: LintSubject): Problem[] {
  if (type === "unknown") return [];
  const isHistogram = type === "histogram" || type === "gaugehistogram";
  const suffix = /_(bucket|count|sum)$/.exec(name)?.[1];
  const problems: Problem[] = [];
  if (suffix !== undefined && !isHistogram && !(type === "summary" && suffix !== "bucket")) {
    problems.push({ code: "reserved-suffix", message: `The name of a ${type} ends in _${suffix}` });
  }
  if (!isHistogram && labelNames.includes("le")) {
    problems.push({ code: "reserved-label", message: `A ${type} has the label "le"` });
  }
  if (type !== "summary" && labelNames.includes("quantile")) {
    problems.push({ code: "reserved-label", message: `A ${type} has the label "quantile"` });
  }
  return problems;
}

/** Types as they would stand in a name. */
const TYPE_WORDS = ["counter", "gauge", "summary", "histogram", "gauge_histogram"];

function lintWords({ name, labelNames }: LintSubject): Problem[] {
  const problems: Problem[] = [];
  const word = TYPE_WORDS.find((word) => hasWord(name, word));
  if (word !== undefined) problems.push({ code: "type-in-name", message: `The name says "${word}"` });
  if (name.includes(":")) problems.push({ code: "colon-in-name", message: "The name has a colon" });
  for (const text of [name, ...labelNames]) {
    if (/[a-z][A-Z]/.test(text)) {
      problems.push({ code: "camel-case", message: `"${text}" is not in snake_case` });
    }
  }
  return problems;
}

/** Whether a part of a name behind an underscore, to the next one or the end, is the given word. */
function hasWord(name: string, word: string): boolean {
  const lower = name.toLowerCase();
  return lower.includes(`_${word}_`) || lower.endsWith(`_${word}`);
}

const ABBREVIATIONS = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];

const PREFIXES =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;

/** Units and what to use in their place; base units stand for themselves. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"]
    .map((unit) => [unit, unit] as const),
  ...["minutes", "hours", "days", "weeks"].map((unit) => [unit, "seconds"] as const),
  ...["fahrenheit", "rankine"].map((unit) => [unit, "celsius"] as const),
  ...["inches", "yards", "miles"].map((unit) => [unit, "meters"] as const),
  ...["pounds", "ounces"].map((unit) => [unit, "grams"] as const),
  ["kelvins", "kelvin"],
  ["bits", "bytes"],
  ["calories", "joules"],
]);

function lintUnits({ name }: LintSubject): Problem[] {
  const problems: Problem[] = [];
  const short = ABBREVIATIONS.find((word) => hasWord(name, word));
  if (short !== undefined) {
    problems.push({
      code: "abbreviated-unit",
      message: `The name has "${short}": wanted the unit written out`,
    });
  }
  // Only the first unit in a name counts.
  for (const word of name.split("_")) {
    const base = UNITS.get(word) ?? UNITS.get(word.replace(PREFIXES, ""));
    if (base === undefined) continue;
    if (base !== word) {
      problems.push({ code: "not-base-unit", message: `The name has "${word}": wanted ${base}` });
    }
    break;
  }
  return problems;
}
