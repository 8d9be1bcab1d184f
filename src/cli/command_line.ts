/**
 * Reads the arguments of the command line.
 *
 * @module
 */
import { parseArgs } from "../host/program.ts";
import { unknownFlag } from "./closest_name.ts";
import type { Setting } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/** A command line, taken apart. */
export interface CommandLine {
  /** What stands without a flag, in order. */
  readonly positionals: readonly string[];
  /** The values of the flags that were given, by flag. */
  readonly values: ReadonlyMap<string, string | boolean>;
}

/** Flags that set no option of the server. */
const OTHER_FLAGS = {
  "config": "string",
  "help": "boolean",
  "print-config": "boolean",
  "version": "boolean",
} as const;

/**
 * Takes the arguments apart.
 *
 * @throws {UsageError} If a flag is unknown, lacks its value or has one that it does not take
 */
export function readCommandLine(args: readonly string[], settings: readonly Setting[]): CommandLine {
  const types = new Map<string, "string" | "boolean">(Object.entries(OTHER_FLAGS));
  for (const { flag, type } of settings) {
    types.set(flag, type === "switch" ? "boolean" : "string");
    if (type === "switch") types.set(`no-${flag}`, "boolean");
  }
  const options = Object.fromEntries([...types].map(([flag, type]) => [flag, { type }]));
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: "boolean", short: "h" } },
    // Its own messages differ from runtime to runtime; ours name the flag and what is wrong with it.
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string | boolean>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const type = types.get(token.name);
    if (type === undefined) throw new UsageError(unknownFlag(token, types.keys()));
    if (type === "string" && (token.value === undefined || token.value === "")) {
      throw new UsageError(`Flag "${token.rawName}" wants a value: --${token.name}=VALUE`);
    }
    if (type === "boolean" && token.value !== undefined) {
      throw new UsageError(`Flag "${token.rawName}" takes no value`);
    }
    const negated = type === "boolean" && token.name.startsWith("no-");
    values.set(negated ? token.name.slice("no-".length) : token.name, token.value ?? !negated);
  }
  return { positionals, values };
}
