/**
 * Reads the arguments of the commands that look at servers, and writes their help.
 *
 * @module
 */
import { parseArgs } from "../host/program.ts";
import { unknownFlag } from "./closest_name.ts";
import { EXIT } from "./exit_codes.ts";
import { UsageError } from "./usage_error.ts";
import { versionText } from "./version_text.ts";

/** A flag of such a command. */
export interface ToolFlag {
  readonly flag: string;
  /** What its value is called; a flag without one takes no value. */
  readonly placeholder?: string;
  readonly help: string;
}

/** A command with what it takes. */
export interface ToolUsage {
  /** How it is called: `promslab check TARGET [FLAGS]`. */
  readonly line: string;
  /** What it does, in whole sentences. */
  readonly text: string;
  /** What the one argument is called, and what it is if it is left out; undefined if it must be there. */
  readonly target: { readonly name: string; readonly fallback?: string };
  readonly flags: readonly ToolFlag[];
}

/** Arguments, taken apart. */
export interface ToolArguments {
  readonly target: string;
  /** The help or the version, if that was asked for; then nothing else counts. */
  readonly answer?: string;
  readonly values: ReadonlyMap<string, string>;
}

/** A command that looks at servers. */
export interface Tool {
  readonly usage: ToolUsage;
  /** Does it. @returns the exit code */
  run(args: ToolArguments): Promise<number>;
}

/** Runs a command, or answers what was asked about it. @returns the exit code */
export async function runTool({ usage, run }: Tool, args: readonly string[]): Promise<number> {
  const read = readToolArguments(args, usage);
  if (read.answer === undefined) return await run(read);
  console.log(read.answer);
  return EXIT.ok;
}

/** Takes the arguments apart. @throws {UsageError} If a flag is unknown or lacks its value, or arguments are missing or too many */
export function readToolArguments(args: readonly string[], usage: ToolUsage): ToolArguments {
  const { target, flags } = usage;
  const known = new Map(flags.map((flag) => [flag.flag, flag]));
  const options = Object.fromEntries(
    flags.map((
      { flag, placeholder },
    ) => [flag, { type: placeholder ? "string" as const : "boolean" as const }]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: { ...options, version: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name === "help") return { target: "", answer: toolHelp(usage), values };
    if (token.name === "version") return { target: "", answer: versionText(), values };
    const flag = known.get(token.name);
    if (flag === undefined) throw new UsageError(unknownFlag(token, known.keys()));
    if (flag.placeholder !== undefined && !token.value) {
      throw new UsageError(`Flag "${token.rawName}" wants a value: --${token.name}=${flag.placeholder}`);
    }
    if (flag.placeholder === undefined && token.value !== undefined) {
      throw new UsageError(`Flag "${token.rawName}" takes no value`);
    }
    values.set(token.name, token.value ?? "");
  }
  const [first = target.fallback, ...more] = positionals;
  if (first === undefined) throw new UsageError(`Missing argument: ${target.name}`);
  if (more.length > 0) throw new UsageError(`Unknown argument "${more[0]}": wanted one ${target.name}`);
  return { target: first, values };
}

/** A flag's value as a number. @throws {UsageError} If it is none, or too small */
export function numberFlag(
  values: ReadonlyMap<string, string>,
  flag: string,
  limits: { fallback: number; min: number },
): number {
  const text = values.get(flag);
  if (text === undefined) return limits.fallback;
  const number = Number(text);
  if (text.trim() !== "" && number >= limits.min && number < Infinity) return number;
  throw new UsageError(`Cannot use --${flag} "${text}": wanted a number of at least ${limits.min}`);
}

/** The help of a command. */
export function toolHelp({ line, text, flags }: ToolUsage): string {
  const rows = [
    ...flags.map(({ flag, placeholder, help }) => ({
      left: `--${flag}${placeholder === undefined ? "" : ` ${placeholder}`}`,
      help,
    })),
    { left: "--version", help: "the version of promslab" },
    { left: "--help, -h", help: "this text" },
  ];
  const width = Math.max(...rows.map(({ left }) => left.length));
  return `Usage: ${line}\n\n${text}\n\nFlags:\n${
    rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`).join("\n")
  }\n`;
}
