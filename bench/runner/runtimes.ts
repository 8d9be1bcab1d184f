/**
 * The JavaScript runtimes that are installed here, and how a subject's module is started on each.
 *
 * @module
 */
import { BENCH, firstLine } from "./machine.ts";
import type { Skip } from "./result.ts";

/** The runtimes that subjects can run on. */
export const RUNTIME_NAMES = ["deno", "bun", "node"] as const;
/** One of {@linkcode RUNTIME_NAMES}. */
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** A runtime that is installed. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /** The command that starts a module of the benches, such as `micro/subject.ts`. */
  command(module: string, ...words: string[]): Promise<string[]>;
  /** The same with all that the module imports in one file: it starts sooner, and so does each of its threads. */
  bundled(module: string, ...words: string[]): Promise<string[]>;
}

/** Looks for Deno, Bun and Node; `BENCH_BUN` and `BENCH_NODE` name other programs than those of the PATH. */
export function findRuntimes(
  wanted: readonly string[],
): { found: Runtime[]; skips: Skip[] } {
  const found: Runtime[] = [];
  const skips: Skip[] = [];
  for (
    const name of RUNTIME_NAMES.filter((name) => wanted.length === 0 || wanted.includes(name))
  ) {
    const program = name === "deno" ? Deno.execPath() : Deno.env.get(`BENCH_${name.toUpperCase()}`) ?? name;
    const version = name === "deno"
      ? Deno.version.deno
      : firstLine(program, ["--version"])?.replace(/^v/, "");
    if (version === undefined) {
      skips.push({
        suite: "all",
        subject: name,
        reason: `"${program}" is not installed`,
      });
    } else {
      found.push({
        name,
        version,
        command: async (module, ...words) =>
          // Older Nodes cannot read TypeScript, and the newest take the same bundle.
          commandFor(name, program, [name === "node" ? await bundle(module) : BENCH + module, ...words]),
        bundled: async (module, ...words) => commandFor(name, program, [await bundle(module), ...words]),
      });
    }
  }
  return { found, skips };
}

function commandFor(name: RuntimeName, program: string, words: readonly string[]): string[] {
  switch (name) {
    case "deno":
      return [program, "run", "-A", "--no-check", "--config", `${BENCH}deno.json`, ...words];
    case "bun":
      return [program, "run", ...words];
    case "node":
      return [program, ...words];
  }
}

/**
 * Installs the peers' packages beside the benches, where Bun and Node look for them.
 *
 * @throws {Error} If they cannot be installed, with what the installer said.
 */
export async function installPackages(): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet", "--config", `${BENCH}deno.json`],
    cwd: BENCH,
    stdout: "null",
  }).output();
  if (success) return;
  throw new Error(`Cannot install the peers' packages: ${new TextDecoder().decode(stderr).trim()}`);
}

/** What this module uses of esbuild. */
interface Bundler {
  build(options: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
}

const bundles = new Map<string, Promise<string>>();

/** Writes a module and all that it imports from this project into one JavaScript file. */
function bundle(module: string): Promise<string> {
  let made = bundles.get(module);
  if (made === undefined) {
    made = writeBundle(module);
    bundles.set(module, made);
  }
  return made;
}

async function writeBundle(module: string): Promise<string> {
  const name = "esbuild";
  const bundler: Bundler = await import(name);
  const outfile = `${BENCH}.build/${module.replace(/\.ts$/, ".mjs")}`;
  await bundler.build({
    entryPoints: [BENCH + module],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  await bundler.stop();
  return outfile;
}
