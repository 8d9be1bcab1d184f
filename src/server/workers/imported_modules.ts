/**
 * Which local files a module imports, and those in turn.
 *
 * @module
 */
// CONTROL PLANE
import { readText } from "../../host/program.ts";

/** A relative or `file:` specifier behind `from`, `import` or `import(`. */
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*(["'])((?:\.{0,2}\/|file:)[^"'\n]+)\1/g;

/** The most modules that are followed. */
const MODULES_MAX = 2_000;

/**
 * The module itself and all local files that it imports by relative or `file:` specifiers, statically or by
 * `import("…")`, and those in turn. By the text alone: names of an import map are not followed, and an import in a
 * comment is. A file that cannot be read is part of the result too, as it may be there a moment later.
 */
export async function importedModules(entry: URL): Promise<readonly URL[]> {
  const found = new Map<string, URL>([[entry.href, entry]]);
  for (const url of found.values()) {
    if (found.size >= MODULES_MAX) break;
    const text = await readText(url).catch(() => "");
    for (const [, , specifier] of text.matchAll(IMPORT)) {
      const imported = URL.parse(specifier, url);
      if (imported?.protocol === "file:") found.set(imported.href, imported);
    }
  }
  return [...found.values()];
}
