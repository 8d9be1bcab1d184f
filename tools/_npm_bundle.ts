/**
 * The JavaScript of an npm package: ES modules in one flat folder that share chunks, minified. Modules that the sources
 * name by `new URL("…", import.meta.url)`, such as the entry points of workers, become entries too; other files so named
 * are copied.
 *
 * @module
 */
import { exists, ROOT, run } from "./_run.ts";

/** The bundler, through npx; nothing of it is left in the package. */
const ESBUILD = "esbuild@0.28.2";

/** The syntax of the oldest Node that the package is for. */
const TARGET = "es2022";

/** A file that a source names beside itself. */
interface Reference {
  /** As written in the source. */
  readonly text: string;
  /** From the root. */
  readonly target: string;
}

/**
 * Bundles modules into a folder.
 *
 * @param directory where to
 * @param entries modules from the root, by the name that their file gets
 * @throws {Error} If the bundler fails
 */
export async function bundleModules(directory: string, entries: Record<string, string>): Promise<void> {
  const all = { ...entries };
  let references = new Map<string, Reference>();
  // WHY: a worker's entry point may bring sources that name further ones.
  for (let known = -1; known !== Object.keys(all).length;) {
    known = Object.keys(all).length;
    references = await referencesIn(await bundle(directory, all));
    for (const { target } of references.values()) {
      if (target.endsWith(".ts")) all[flatName(target)] = target;
    }
  }
  for (const { target } of references.values()) {
    if (!target.endsWith(".ts")) await Deno.copyFile(`${ROOT}/${target}`, `${directory}/${flatName(target)}`);
  }
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".mjs")) continue;
    const text = await Deno.readTextFile(`${directory}/${name}`);
    await Deno.writeTextFile(`${directory}/${name}`, redirect(withoutDiagrams(text), references));
  }
}

/** Runs the bundler and gives the sources that went in. */
async function bundle(directory: string, entries: Record<string, string>): Promise<string[]> {
  for await (const { name } of Deno.readDir(directory)) await Deno.remove(`${directory}/${name}`);
  const metafile = await Deno.makeTempFile({ suffix: ".json" });
  const { code, output } = await run([
    ...["npx", "-y", ESBUILD, ...Object.entries(entries).map(([name, source]) => `${name}=${source}`)],
    ...["--bundle", "--splitting", "--format=esm", "--platform=node", `--target=${TARGET}`, "--minify"],
    ...["--legal-comments=none", "--tsconfig=tsconfig.json", "--log-level=warning"],
    ...["--packages=bundle", "--external:gpt-tokenizer", "--external:smol-toml", "--external:uplot"],
    ...[
      "--define:Promise.withResolvers=promiseWithResolvers",
      "--define:URLPattern=NodeUrlPattern",
      "--inject:tools/_npm_node20.ts",
    ],
    ...["--out-extension:.js=.mjs", `--outdir=${directory}`, `--metafile=${metafile}`],
  ]);
  if (code !== 0) throw new Error(`Cannot bundle package: ${ESBUILD} gave ${code}\n${output}`);
  const { inputs } = JSON.parse(await Deno.readTextFile(metafile)) as { inputs: Record<string, unknown> };
  await Deno.remove(metafile);
  return Object.keys(inputs);
}

async function referencesIn(sources: readonly string[]): Promise<Map<string, Reference>> {
  const found = new Map<string, Reference>();
  for (const source of sources) {
    const code = (await Deno.readTextFile(`${ROOT}/${source}`)).replace(/\/\*[\s\S]*?\*\//g, "");
    for (const [, text] of code.matchAll(/new URL\("(\.[^"]+)", import\.meta\.url\)/g)) {
      const target = new URL(text, `file:///${source}`).pathname.slice(1);
      // An error message may quote such a call for a file of the user's.
      if (!exists(target)) continue;
      const other = found.get(text);
      if (other !== undefined && other.target !== target) {
        throw new Error(`Cannot bundle "${text}": it means ${other.target} and ${target}`);
      }
      found.set(text, { text, target });
    }
  }
  return found;
}

/** Without the words of the layout tables that only their diagrams show, which are a thirtieth of the core. */
function withoutDiagrams(code: string): string {
  return code.replace(
    /(\bview:"[^"]*"),writer:"[^"]*",ordering:"[^"]*",meaning:(?:"[^"]*"|'[^']*'|`[^`]*`)/g,
    "$1",
  );
}

/** The name of a source's file in the package: its path without `src` and `workers`, in one word. */
function flatName(path: string): string {
  return path.replace(/^(?:src|workers)\//, "").replace(/\.ts$/, "").replaceAll("/", "_");
}

function redirect(code: string, references: ReadonlyMap<string, Reference>): string {
  return code.replace(/new URL\("(\.[^"]+)",import\.meta\.url\)/g, (whole, text: string) => {
    const reference = references.get(text);
    if (reference === undefined) return whole;
    const file = flatName(reference.target) + (reference.target.endsWith(".ts") ? ".mjs" : "");
    return `new URL("./${file}",import.meta.url)`;
  });
}
