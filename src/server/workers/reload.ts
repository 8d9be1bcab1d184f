/**
 * Watch mode: the handler's file changes, and all workers are replaced.
 *
 * @module
 */
// CONTROL PLANE
import { type ModuleWatch, watchModules } from "../../host/watch_modules.ts";
import { importedModules } from "./imported_modules.ts";

/** What a reload is made of. */
export interface ReloadParts {
  /** URL of the handler's file. */
  readonly handler: URL;
  /** Replaces all workers, for a reason that it logs. Never rejects. */
  readonly replace: (reason: string) => Promise<void>;
}

/**
 * Watches the folder of the handler and the local files that it imports from elsewhere, and replaces all workers when
 * one of them changes. What changes during a replacement leads to one more. Main thread only.
 *
 * @throws {Error} If the folder cannot be watched
 */
export async function reloadOnChange({ handler, replace }: ReloadParts): Promise<ModuleWatch> {
  const folder = new URL("./", handler);
  const changed = new Set<string>();
  let replacing = false;
  const onChange = async (paths: readonly string[]) => {
    for (const path of paths) changed.add(path);
    if (replacing) return;
    replacing = true;
    while (changed.size > 0) {
      const reason = sentence([...changed], folder);
      changed.clear();
      await replace(reason);
    }
    replacing = false;
  };
  return await watchModules(folder, {
    alsoFiles: async () =>
      (await importedModules(handler)).filter(({ href }) => !href.startsWith(folder.href)),
    onChange: (paths) => void onChange(paths),
  });
}

/** Names the files that changed, the first few of them. */
function sentence(paths: readonly string[], folder: URL): string {
  const root = decodeURIComponent(folder.pathname);
  const names = paths.map((path) => path.startsWith(root) ? path.slice(root.length) : path);
  const more = names.length - NAMED_MAX;
  const shown = names.slice(0, NAMED_MAX).join(", ");
  return more > 0 ? `${shown} and ${more} more changed` : `${shown} changed`;
}

const NAMED_MAX = 3;
