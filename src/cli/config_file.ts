/**
 * Reads a configuration file.
 *
 * @module
 */
import { readText, urlOfArgument } from "../host/program.ts";
import { SettingError } from "./usage_error.ts";

/**
 * The settings of a JSON or TOML file, by key. The name's ending tells the format.
 *
 * @throws {SettingError} If the file cannot be read or parsed, or is not a table of settings
 */
export async function readConfigFile(path: string): Promise<ReadonlyMap<string, unknown>> {
  let value: unknown;
  try {
    value = await parse(path, await readText(urlOfArgument(path)));
  } catch (error) {
    throw new SettingError(`Cannot read configuration file "${path}": ${reasonOf(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SettingError(`Cannot use configuration file "${path}": wanted an object of settings`);
  }
  return new Map(Object.entries(value));
}

async function parse(path: string, text: string): Promise<unknown> {
  if (!path.endsWith(".toml")) return JSON.parse(text);
  const toml = await import("smol-toml");
  return toml.parse(text);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  if (code === "ENOENT") return "there is no such file";
  return message.split("\n")[0];
}
