/**
 * The command `promslab check`.
 *
 * @module
 */
import type { Dialect } from "../exposition/check/scan_line.ts";
import { counted } from "./counted.ts";
import { EXIT } from "./exit_codes.ts";
import { checkBody, type CheckReport } from "./check_target.ts";
import { ASK_FLAGS, readTarget, tokenOf } from "./read_target.ts";
import { numberFlag, type Tool, type ToolArguments, type ToolUsage } from "./tool_arguments.ts";
import { UsageError } from "./usage_error.ts";

const USAGE: ToolUsage = {
  line: "promslab check TARGET [FLAGS]",
  text:
    `Checks metrics as Prometheus is given them. TARGET is a URL, a file, HOST:PORT, or - for the standard input; the
text format and OpenMetrics are known by their content type, or by their last line. Each finding has a line, and a code that stays
the same from version to version: "error" breaks the format, "style" works but should not be.

Ends with 0 if nothing was found, 1 if something was, 2 if the target could not be read.`,
  target: { name: "TARGET" },
  flags: [
    { flag: "format", placeholder: "FORMAT", help: "text or openmetrics (default: what it seems to be)" },
    { flag: "no-style", help: "look for errors only" },
    { flag: "json", help: "print one JSON object" },
    ...ASK_FLAGS,
  ],
};

/** What is asked for in each format; by default what Prometheus prefers of those that can be checked. */
const ACCEPT = {
  text: "text/plain;version=0.0.4",
  openmetrics: "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.9",
  any: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
} as const;

/** The command. */
export const CHECK: Tool = { usage: USAGE, run: check };

async function check({ target, values }: ToolArguments): Promise<number> {
  const dialect = dialectFlag(values.get("format"));
  const timeoutSeconds = numberFlag(values, "timeout", { fallback: 10, min: 0.001 });
  const read = await readTarget(target, {
    accept: ACCEPT[dialect ?? "any"],
    token: tokenOf(values),
    timeoutSeconds,
  });
  const report = checkBody(read.body, {
    dialect,
    contentType: read.contentType,
    lint: !values.has("no-style"),
  });
  if (values.has("json")) console.log(JSON.stringify({ target, ...report }));
  else printReport(target, report);
  return report.findings.length === 0 ? EXIT.ok : EXIT.failed;
}

function dialectFlag(format: string | undefined): Dialect | undefined {
  if (format === undefined || format === "text" || format === "openmetrics") return format;
  throw new UsageError(`Cannot use --format "${format}": wanted text or openmetrics`);
}

function printReport(target: string, { dialect, families, samples, findings }: CheckReport): void {
  const name = target === "-" ? "standard input" : target;
  for (const { line, severity, code, message } of findings) {
    console.log(`${name}:${line}: ${severity}: ${message} (${code})`);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const format = dialect === "text" ? "text format" : "OpenMetrics";
  const found = findings.length === 0
    ? "nothing to object to"
    : `${counted(errors, "error")}, ${findings.length - errors} of style`;
  console.log(
    `${name}: ${format}, ${counted(families, "family", "families")}, ${counted(samples, "sample")}: ${found}`,
  );
}
