/**
 * Puts the text of files in place of their names.
 *
 * @module
 */
import { readText, urlOfArgument } from "../host/program.ts";
import type { GatheredOptions } from "./gather_options.ts";
import { type Setting, settingKey } from "./settings.ts";
import { SettingError } from "./usage_error.ts";

/** Reads the files that settings of type `file` name. @throws {SettingError} If one cannot be read */
export async function loadFiles(
  settings: readonly Setting[],
  gathered: GatheredOptions,
): Promise<GatheredOptions> {
  const { names, files } = gathered;
  const options: Record<string, unknown> = { ...gathered.options };
  for (const setting of settings) {
    const path = files.get(setting.flag);
    if (path === undefined) continue;
    const { option, part } = setting;
    const text = await read(names.get(settingKey(setting))!, path);
    options[option] = part === undefined ? text : { ...options[option] as object, [part]: text };
  }
  return { ...gathered, options };
}

async function read(name: string, path: string): Promise<string> {
  try {
    return (await readText(urlOfArgument(path))).trim();
  } catch (error) {
    const { code } = error as { code?: string };
    const reason = code === "ENOENT"
      ? "there is no such file"
      : `it cannot be read (${code ?? "no reason given"})`;
    throw new SettingError(`Cannot use ${name} "${path}": ${reason}`);
  }
}
