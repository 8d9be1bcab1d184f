/**
 * Makes options of a command line, the environment and a configuration file, in this order of precedence.
 *
 * @module
 */
import type { LlmOptions } from "../llm/server/llm_options.ts";
import type { ServeOptions } from "../server/options.ts";
import type { CommandLine } from "./command_line.ts";
import { type Setting, settingKey, variableOf } from "./settings.ts";
import { SettingError } from "./usage_error.ts";

/** Where settings come from. */
export interface SettingSources {
  readonly line: CommandLine;
  /** Looks up an environment variable. */
  readonly variable: (name: string) => string | undefined;
  /** The configuration file's name and content, if there is one. */
  readonly file?: { readonly path: string; readonly values: ReadonlyMap<string, unknown> };
}

/** The options, and for each what to call it when it is wrong: `--workers`, `PROMSLAB_WORKERS` or `"workers" in x.json`. */
export interface GatheredOptions {
  readonly options: Partial<ServeOptions> & LlmOptions;
  readonly names: ReadonlyMap<string, string>;
  /** The paths of settings of type `file`, by flag: their texts are not among the options yet. */
  readonly files: ReadonlyMap<string, string>;
}

/** Gathers the options. @throws {SettingError} If a value is not of its setting's type, or the file has an unknown key. */
export function gatherOptions(settings: readonly Setting[], sources: SettingSources): GatheredOptions {
  const options: Record<string, unknown> = {};
  const names = new Map<string, string>();
  const files = new Map<string, string>();
  for (const setting of settings) {
    const given = find(setting, sources);
    if (given === undefined) continue;
    const { option, part } = setting;
    const value = convert(setting, given);
    names.set(settingKey(setting), given.name);
    if (setting.type === "file") files.set(setting.flag, String(value));
    else options[option] = part === undefined ? value : { ...options[option] as object, [part]: value };
  }
  const known = new Set(settings.map(({ flag }) => flag));
  for (const key of sources.file?.values.keys() ?? []) {
    if (known.has(key)) continue;
    throw new SettingError(
      `Cannot use configuration file "${sources.file!.path}": unknown key "${key}", wanted one of ${
        [...known].join(", ")
      }`,
    );
  }
  return { options, names, files };
}

interface Given {
  readonly value: unknown;
  readonly name: string;
}

function find({ flag }: Setting, { line, variable, file }: SettingSources): Given | undefined {
  const fromLine = line.values.get(flag);
  if (fromLine !== undefined) return { value: fromLine, name: `--${flag}` };
  const fromVariable = variable(variableOf(flag));
  if (fromVariable !== undefined && fromVariable !== "") {
    return { value: fromVariable, name: variableOf(flag) };
  }
  const fromFile = file?.values.get(flag);
  if (fromFile !== undefined) return { value: fromFile, name: `"${flag}" in ${file!.path}` };
  return undefined;
}

function convert({ type }: Setting, { value, name }: Given): unknown {
  switch (type) {
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number === "number" && !Number.isNaN(number)) return number;
      throw new SettingError(`Cannot use ${name} "${String(value)}": wanted a number`);
    }
    case "switch":
      if (value === true || value === "true" || value === "1") return true;
      if (value === false || value === "false" || value === "0") return false;
      throw new SettingError(`Cannot use ${name} "${String(value)}": wanted true or false`);
    case "text":
    case "file":
      if (typeof value === "string") return value;
      throw new SettingError(`Cannot use ${name} "${String(value)}": wanted text`);
  }
}
