/**
 * Tells when modules below a folder change, on all three runtimes.
 *
 * @module
 */
import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A folder that is watched until this is closed. */
export interface ModuleWatch {
  /** Ends the watch. */
  close(): void;
}

/** What is taken for a module, or for data that one imports. */
const MODULE = /\.(?:[cm]?[jt]s|[jt]sx|json|wasm)$/;

/** The most folders that are watched: the system has few watches to give, and a larger tree is no source code. */
const FOLDERS_MAX = 500;

/** How long the folder must be quiet before it is looked at: a save is several writes, a checkout many. */
const QUIET_MS = 60;

/** What is watched besides a folder, and who is told. */
export interface ModuleWatchOptions {
  /** Further files, asked for at each look: modules that are imported from elsewhere. */
  readonly alsoFiles?: () => Promise<readonly URL[]>;
  /** Called with the paths of the files that were written, made or removed. */
  readonly onChange: (paths: readonly string[]) => void;
}

/**
 * Watches the modules in a folder and those below it, but for hidden folders and `node_modules`. Main thread only.
 *
 * @throws {Error} If the folder cannot be read
 */
export async function watchModules(folder: URL, options: ModuleWatchOptions): Promise<ModuleWatch> {
  const tree = new ModuleTree(fileURLToPath(folder), options);
  await tree.begin();
  return tree;
}

/** The files of a folder as they were when it was last looked at. */
class ModuleTree implements ModuleWatch {
  readonly #root: string;
  readonly #options: ModuleWatchOptions;
  readonly #watchers: Map<string, FSWatcher> = new Map();
  #files: ReadonlyMap<string, string> = new Map();
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(root: string, options: ModuleWatchOptions) {
    this.#root = root;
    this.#options = options;
  }

  async begin(): Promise<void> {
    this.#files = await this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#quiet);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  /** Something has happened. Runtimes tell of reading too, and not all name the file: only a look tells what changed. */
  #onEvent(): void {
    clearTimeout(this.#quiet);
    if (!this.#closed) this.#quiet = setTimeout(() => void this.#compare(), QUIET_MS);
  }

  async #compare(): Promise<void> {
    const before = this.#files;
    let now: ReadonlyMap<string, string>;
    try {
      now = await this.#look();
    } catch {
      // The folder itself is gone for a moment; its return is an event again.
      return;
    }
    if (this.#closed) return;
    this.#files = now;
    const paths = new Set([...before.keys(), ...now.keys()]);
    const changed = [...paths].filter((path) => before.get(path) !== now.get(path));
    if (changed.length > 0) this.#options.onChange(changed.sort());
  }

  /** All modules by path, each with what tells one state of it from another. Folders that are new are watched from now on. */
  async #look(): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    const folders = [this.#root];
    for (let i = 0; i < folders.length && i < FOLDERS_MAX; i++) {
      const folder = folders[i];
      this.#watch(folder);
      const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
        // A folder below may be removed while this runs.
        if (i === 0) throw error;
        return [];
      });
      for (const entry of entries) {
        if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (MODULE.test(entry.name)) files.set(path, await stateOf(path));
      }
    }
    for (const url of await this.#options.alsoFiles?.() ?? []) {
      const path = fileURLToPath(url);
      this.#watch(dirname(path));
      files.set(path, await stateOf(path));
    }
    return files;
  }

  #watch(folder: string): void {
    if (this.#closed || this.#watchers.has(folder)) return;
    const forget = () => {
      this.#watchers.get(folder)?.close();
      this.#watchers.delete(folder);
    };
    try {
      // WHY: not `recursive`, which would watch packages too, and begins slowly on some runtimes.
      const watcher = watch(folder, { recursive: false }, () => this.#onEvent());
      watcher.on("error", forget);
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (folder === this.#root) throw error;
    }
  }
}

async function stateOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    // Removed after its folder was read.
    return "";
  }
}
