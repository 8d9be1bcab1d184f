/**
 * The configuration as it is in effect, for `--print-config`.
 *
 * @module
 */
import type { GatheredOptions } from "./gather_options.ts";
import type { Setting } from "./settings.ts";

/**
 * All settings that have a value, as JSON that `--config` takes. A file is named, not quoted, and a secret is left out.
 *
 * @param resolved the options with their defaults
 */
export function configText(
  settings: readonly Setting[],
  gathered: GatheredOptions,
  resolved: Readonly<Record<string, unknown>>,
): string {
  const config: Record<string, unknown> = {};
  for (const { flag, option, part, type, secret } of settings) {
    const given = type === "file" ? gathered.files.get(flag) : valueAt(gathered.options, option, part);
    const value = given ?? (type === "file" ? undefined : valueAt(resolved, option, part));
    if (value !== undefined && !secret) config[flag] = value;
  }
  return JSON.stringify(config, null, 2);
}

function valueAt(options: object, option: string, part: string | undefined): unknown {
  const value = (options as Readonly<Record<string, unknown>>)[option];
  return part === undefined ? value : (value as Record<string, unknown> | undefined)?.[part];
}
