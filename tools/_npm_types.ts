/**
 * The declarations of an npm package: one file for each entry point, and what several of them share.
 *
 * @module
 */
import type { NpmEntry } from "./build_npm.ts";
import { ROOT, run } from "./_run.ts";

/** The compiler that writes the declarations, and the bundler that joins them, through npx. */
const PACKAGES = ["typescript@5.9.3", "rollup@4.68.7", "rollup-plugin-dts@6.5.1"].flatMap((
  name,
) => ["-p", name]);

/** What the declarations need of TypeScript's own beside the syntax that the user targets: `AsyncDisposable`. */
const LIBRARIES = '/// <reference lib="esnext.disposable" />\n';

/** What may be said of the declarations. */
export interface DeclareOptions {
  /** Whether a docstring is cut to its first sentence, and members have none. */
  readonly brief: boolean;
}

/**
 * Writes the declarations of entry points into a folder.
 *
 * @throws {Error} If a step fails; the message has what it said
 */
export async function declareModules(
  directory: string,
  entries: readonly NpmEntry[],
  options: DeclareOptions,
): Promise<void> {
  const loose = await Deno.makeTempDir({ prefix: "promslab_types_" });
  try {
    const { compilerOptions } = JSON.parse(await Deno.readTextFile(`${ROOT}/tsconfig.json`));
    await succeed(["tsc", "-p", await writeConfig(loose, { compilerOptions, entries })]);
    for await (const path of declarationsIn(loose)) await relink(path, loose);
    const joined = `${loose}/joined`;
    const inputs = entries.flatMap(({ name, source }) => ["-i", `${name}=${loose}/${declaration(source)}`]);
    await succeed([
      ...["rollup", ...inputs, "-p", "dts", "-f", "es", "-d", joined, "--silent"],
      ...["--entryFileNames", "[name].d.ts", "--chunkFileNames", "shared_[hash].d.ts"],
      ...["--external", "node:*"],
    ]);
    for await (const { name } of Deno.readDir(joined)) {
      const text = await Deno.readTextFile(`${joined}/${name}`);
      await Deno.writeTextFile(`${directory}/${name}`, LIBRARIES + (options.brief ? brief(text) : text));
    }
    for (const entry of entries.filter(({ hasDefault }) => hasDefault)) await splitDefault(directory, entry);
  } finally {
    await Deno.remove(loose, { recursive: true });
  }
}

async function writeConfig(
  folder: string,
  { compilerOptions, entries }: { compilerOptions: Record<string, unknown>; entries: readonly NpmEntry[] },
): Promise<string> {
  const path = `${folder}/tsconfig.json`;
  await Deno.writeTextFile(
    path,
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        noEmit: false,
        noCheck: true,
        declaration: true,
        emitDeclarationOnly: true,
        stripInternal: true,
        baseUrl: ROOT,
        rootDir: ROOT,
        outDir: folder,
      },
      files: entries.map(({ source }) => `${ROOT}/${source}`),
    }),
  );
  return path;
}

/** Sources name each other with `.ts`, and the local packages by their names. */
async function relink(path: string, root: string): Promise<void> {
  const up = path.slice(root.length + 1).split("/").slice(1).map(() => "../").join("") || "./";
  const text = (await Deno.readTextFile(path))
    .replace(/(from |import\()(["'][^"']+)\.ts(["'])/g, "$1$2.js$3")
    .replace(
      /(["'])@std\/http\/([a-z-]+)\1/g,
      (_, __, name: string) => `"${up}links/std_http/${name.replaceAll("-", "_")}.js"`,
    );
  await Deno.writeTextFile(path, text);
}

/** What ES modules see has a default export; for `require()` the module is what the default export is. */
async function splitDefault(directory: string, { name }: NpmEntry): Promise<void> {
  const path = `${directory}/${name}.d.ts`;
  const text = await Deno.readTextFile(path);
  const chosen = /\b(\w+) as default, /.exec(text)?.[1];
  if (chosen === undefined) throw new Error(`Cannot declare "${name}": it has no default export`);
  await Deno.writeTextFile(`${directory}/${name}.d.mts`, text.replaceAll(/(from ["']\.\/\w+)\.js/g, "$1.js"));
  await Deno.writeTextFile(path, text.replace(`${chosen} as default, `, ""));
}

/**
 * Declarations whose docstrings say no more than their first sentence, those of members nothing, indented by tabs. What
 * was said of whole modules is left out, as there are none any more, and what is said of names that nobody can import.
 */
function brief(text: string): string {
  const exported = new Set(
    [...text.matchAll(/^export (?:type )?\{(.*)\};$/gm)].flatMap(([, names]) =>
      names.split(",").map((name) => name.trim())
    ),
  );
  return text.replace(/^ +\/\*\*[\s\S]*?\*\/\n/gm, "").replace(/\/\*\*[\s\S]*?\*\//g, firstSentence)
    .replace(/^(?: {4})+/gm, (spaces) => "\t".repeat(spaces.length / 4))
    .replace(/^\s*\n/gm, "")
    .replace(/^\/\*\* .* \*\/\n(?=\/\*\* )/gm, "")
    .replace(
      /^\/\*\* .* \*\/\n(?=(?:declare )?(?:abstract )?(?:class|const|function|interface|type) (\w+))/gm,
      (comment, name: string) => exported.has(name) ? comment : "",
    );
}

function firstSentence(comment: string): string {
  const lines = comment.slice("/**".length, -"*/".length).split("\n").map((line) =>
    line.replace(/^\s*\* ?/, "").trim()
  );
  const start = lines.findIndex((line) => line !== "");
  if (start < 0 || lines[start].startsWith("@")) return "";
  const rest = lines.slice(start);
  const end = rest.findIndex((line) => line === "" || line.startsWith("@"));
  const paragraph = rest.slice(0, end < 0 ? rest.length : end).join(" ");
  return `/** ${/^.*?[.;](?= |$)/.exec(paragraph)?.[0] ?? paragraph} */`;
}

function declaration(source: string): string {
  return source.replace(/\.ts$/, ".d.ts");
}

async function* declarationsIn(directory: string): AsyncIterable<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* declarationsIn(path);
    else if (path.endsWith(".d.ts")) yield path;
  }
}

async function succeed(command: readonly string[]): Promise<void> {
  const { code, output } = await run(["npx", "-y", ...PACKAGES, ...command]);
  if (code !== 0) throw new Error(`Cannot declare package: ${command.join(" ")} gave ${code}\n${output}`);
}
