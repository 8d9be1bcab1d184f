/**
 * Checks an exposition: what breaks a rule of its format, and what offends good style.
 *
 * @module
 */
import { checkExposition } from "../exposition/check/check.ts";
import { type LintAllowance, lintFamilies, type LintSubject } from "../exposition/check/lint.ts";
import { readExposition } from "../exposition/check/parse_exposition.ts";
import type { ParsedFamily } from "../exposition/check/parsed.ts";
import type { Dialect } from "../exposition/check/scan_line.ts";

/** Something that was found. */
export interface CheckFinding {
  /** From 1. */
  readonly line: number;
  /** `error`: it breaks the format. `style`: it works, and will annoy those who query it. */
  readonly severity: "error" | "style";
  readonly code: string;
  readonly message: string;
}

/** What a check brought. */
export interface CheckReport {
  readonly dialect: Dialect;
  readonly families: number;
  readonly samples: number;
  /** By line; errors before matters of style. */
  readonly findings: readonly CheckFinding[];
}

/** How to check. */
export interface CheckOptions {
  /** The dialect; by default what the content type says, or else whether the last line is `# EOF`. */
  readonly dialect?: Dialect;
  readonly contentType?: string;
  /** Whether style is looked at. Default true. */
  readonly lint?: boolean;
}

/** Names that somebody else chose, and that no server of the kind can change. */
const FOREIGN_NAMES: readonly LintAllowance[] = [{
  family: /^vllm(?:_omni)?:/,
  codes: ["colon-in-name", "total-without-counter", "abbreviated-unit", "not-base-unit"],
  why: "dashboards and autoscalers know these families by vLLM's names",
}];

/** Checks a body. */
export function checkBody(body: Uint8Array, options: CheckOptions = {}): CheckReport {
  const dialect = options.dialect ?? dialectOf(body, options.contentType);
  const families = readExposition(body, dialect, () => {});
  const errors = checkExposition(body, dialect).map(({ line, code, message }): CheckFinding => ({
    line,
    severity: "error",
    code,
    message,
  }));
  const findings = [...errors, ...(options.lint ?? true ? styleFindings(families, dialect) : [])];
  return {
    dialect,
    families: families.length,
    samples: families.reduce((sum, family) => sum + family.samples.length, 0),
    findings: findings.sort((a, b) => a.line - b.line || (a.severity < b.severity ? -1 : 1)),
  };
}

/** What a body is written in. */
export function dialectOf(body: Uint8Array, contentType?: string): Dialect {
  if (contentType !== undefined && /^application\/openmetrics-text\b/i.test(contentType)) {
    return "openmetrics";
  }
  if (contentType !== undefined && /^text\/plain\b.*\bversion=/i.test(contentType)) return "text";
  const end = new TextDecoder().decode(body.subarray(Math.max(0, body.length - 64)));
  return /(?:^|\n)# EOF\s*$/.test(end) ? "openmetrics" : "text";
}

function styleFindings(families: readonly ParsedFamily[], dialect: Dialect): CheckFinding[] {
  const lines = new Map<string, number>();
  const subjects = families.map((family): LintSubject => {
    const { name, type, help = "", line } = family;
    const isShort = dialect === "openmetrics" && type === "counter";
    const subject = { name: isShort ? `${name}_total` : name, type, help, labelNames: labelNamesOf(family) };
    lines.set(subject.name, line);
    return subject;
  });
  return lintFamilies(subjects, FOREIGN_NAMES).map(({ family, code, message }) => ({
    line: lines.get(family) ?? 0,
    severity: "style",
    code,
    message: `Family "${family}": ${message[0].toLowerCase()}${message.slice(1)}`,
  }));
}

/** The names of a family's labels but for those that its type brings. */
function labelNamesOf({ name, type, samples }: ParsedFamily): readonly string[] {
  const brought = type === "histogram" || type === "gaugehistogram"
    ? "le"
    : type === "summary"
    ? "quantile"
    : type === "stateset"
    ? name
    : undefined;
  const names = new Set(samples.flatMap(({ labels }) => [...labels.keys()]));
  return [...names].filter((label) => label !== brought);
}
