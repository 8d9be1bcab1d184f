/**
 * Builds what npm users load without a TypeScript runtime. Two packages: `promslab` with every entry point, and
 * `@promslab/core`, the library and its server alone, without a dependency (docs/decisions/0030).
 *
 * Usage: `deno run -A tools/build_npm.ts DIRECTORY [promslab|core]`
 *
 * @module
 */
import { bundleModules } from "./_npm_bundle.ts";
import { declareModules } from "./_npm_types.ts";
import { ROOT } from "./_run.ts";

/** The packages that can be built. */
export type NpmPackage = "promslab" | "core";

/** An entry point of a package. */
export interface NpmEntry {
  /** Its name behind the package's, `index` for the package itself. */
  readonly name: string;
  /** Its module, from the root. */
  readonly source: string;
  /** Whether it has a default export, which is then what `require()` gives. */
  readonly hasDefault: boolean;
}

interface PackageJson {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The oldest Node whose `require()` loads an ES module without a flag, in the oldest line that is looked after. */
const NODE_ENGINE = ">=20.19.0";

/** The module of the command line, which only the whole package has. */
const COMMAND_LINE = "src/cli/main.ts";

/**
 * Builds a package.
 *
 * @param directory where to; it is emptied
 * @param name which one; all entry points if left out
 * @throws {Error} If a step fails; the message has what it said
 */
export async function buildNpm(directory: string, name: NpmPackage = "promslab"): Promise<void> {
  const source: PackageJson = JSON.parse(await Deno.readTextFile(`${ROOT}/package.json`));
  const whole = name === "promslab";
  const core = whole ? undefined : await writeCoreEntry();
  try {
    const entries = core === undefined
      ? await entriesOf(source)
      : [{ name: "index", source: core, hasDefault: false }];
    await buildEntries(directory, { name, source, entries });
  } finally {
    if (core !== undefined) await Deno.remove(`${ROOT}/${core}`);
  }
}

/**
 * Writes the entry point of the core, which is that of the whole without what pushes: few need it, and who does takes
 * the whole package. It has to lie within the repository for the compiler.
 *
 * @returns its path from the root
 */
async function writeCoreEntry(): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}/mod.ts`);
  const path = `dist/core_${crypto.randomUUID()}.ts`;
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  const kept = text.replace(/^export (?:type )?\{[^}]*\} from "\.\/src\/push\/[^"]*";\n/gm, "");
  await Deno.writeTextFile(`${ROOT}/${path}`, kept.replaceAll('"./src/', '"../src/'));
  return path;
}

async function buildEntries(directory: string, { name, source, entries }: {
  readonly name: NpmPackage;
  readonly source: PackageJson;
  readonly entries: readonly NpmEntry[];
}): Promise<void> {
  const whole = name === "promslab";
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  await Deno.mkdir(directory, { recursive: true });
  const modules = Object.fromEntries(entries.map((entry) => [entry.name, entry.source]));
  await bundleModules(directory, whole ? { ...modules, cli: COMMAND_LINE } : modules);
  await declareModules(directory, entries, { brief: !whole });
  for (const entry of entries) await writeCommonJs(directory, entry);
  if (whole) await writeProgram(directory);
  await Deno.copyFile(`${ROOT}/LICENSE`, `${directory}/LICENSE`);
  await Deno.writeTextFile(`${directory}/README.md`, readme(name, source));
  const { version, description, license, keywords, dependencies } = source;
  const manifest = {
    name: whole ? "promslab" : "@promslab/core",
    version,
    description,
    license,
    keywords,
    exports: Object.fromEntries([
      ...entries.map((entry) => [entry.name === "index" ? "." : `./${entry.name}`, conditions(entry)]),
      ["./package.json", "./package.json"],
    ]),
    main: "./index.cjs",
    module: "./index.mjs",
    types: "./index.d.ts",
    sideEffects: false,
    engines: { node: NODE_ENGINE },
    ...(whole ? { bin: { promslab: "./bin.mjs" }, dependencies } : {}),
  };
  await Deno.writeTextFile(`${directory}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

async function entriesOf({ exports }: PackageJson): Promise<NpmEntry[]> {
  return await Promise.all(
    Object.entries(exports).map(async ([key, path]) => {
      const source = path.replace(/^\.\//, "");
      const text = await Deno.readTextFile(`${ROOT}/${source}`);
      return {
        name: key === "." ? "index" : key.slice(2),
        source,
        hasDefault: /^export default /m.test(text),
      };
    }),
  );
}

/**
 * The declarations of a package without `"type": "module"` are those of CommonJS modules, which `import` reads just as
 * well while there is no default export; where there is one, ES modules get declarations of their own.
 */
function conditions({ name, hasDefault }: NpmEntry): object {
  const types = `./${name}.d.ts`;
  return {
    import: { types: hasDefault ? `./${name}.d.mts` : types, default: `./${name}.mjs` },
    require: { types, default: `./${name}.cjs` },
  };
}

/** `require()` gives the ES module itself, so that a program has one copy however it loads it. */
async function writeCommonJs(directory: string, { name, hasDefault }: NpmEntry): Promise<void> {
  const part = hasDefault ? ".default" : "";
  const text = `"use strict";\nmodule.exports = require("./${name}.mjs")${part};\n`;
  await Deno.writeTextFile(`${directory}/${name}.cjs`, text);
}

async function writeProgram(directory: string): Promise<void> {
  const lines = [
    "#!/usr/bin/env node",
    'import process from "node:process";',
    'import { main } from "./cli.mjs";',
    "process.exit(await main(process.argv.slice(2)));",
  ];
  await Deno.writeTextFile(`${directory}/bin.mjs`, `${lines.join("\n")}\n`, { mode: 0o755 });
}

function readme(name: NpmPackage, { description }: PackageJson): string {
  const title = name === "promslab" ? "promslab" : "@promslab/core";
  const text = name === "promslab"
    ? "Entry points: `promslab`, and those that `exports` of package.json lists. `npx promslab --help` is the command line."
    : "The library and its server without the LLM part, the command line and the prom-client interface; no dependency.";
  return `# ${title}\n\n${description}.\n\n${text}\n`;
}

if (import.meta.main) {
  const [directory, name = "promslab"] = Deno.args;
  if (directory === undefined || (name !== "promslab" && name !== "core")) {
    console.error("usage: deno run -A tools/build_npm.ts DIRECTORY [promslab|core]");
    Deno.exit(2);
  }
  const startMs = performance.now();
  console.log(`building ${name} in ${directory}: bundling, then declarations`);
  await buildNpm(directory, name);
  const manifest = JSON.parse(await Deno.readTextFile(`${directory}/package.json`));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  console.log(`built ${manifest.name} ${manifest.version} in ${seconds} s: npm pack ${directory}`);
}
