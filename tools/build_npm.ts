/**
 * Builds what npm users load without a TypeScript runtime: for each entry point a CommonJS bundle, an ES module over it,
 * so that both are one instance however it is loaded, and declarations for both.
 *
 * Usage: `deno run -A tools/build_npm.ts DIRECTORY`
 *
 * @module
 */
import { DENO, ROOT, run } from "./_run.ts";

/** An entry point of the package. */
interface Entry {
  /** Its name behind the package's. */
  readonly name: string;
  /** Its module, from the root. */
  readonly source: string;
}

const ENTRIES: readonly Entry[] = [{ name: "compat", source: "src/compat/mod.ts" }];

/** The compiler that writes the declarations, through npx; nothing of it is left in the package. */
const TYPESCRIPT = "typescript@5.9.3";

/**
 * Builds the package.
 *
 * @param directory where to; it is emptied
 * @throws {Error} If a step fails; the message has what it said
 */
export async function buildNpm(directory: string): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  await Deno.mkdir(directory, { recursive: true });
  for (const entry of ENTRIES) await bundle(entry, directory);
  await declare(directory);
  const { name, version, description, license, engines } = JSON.parse(
    await Deno.readTextFile(`${ROOT}/package.json`),
  );
  await writeJson(`${directory}/package.json`, {
    name,
    version,
    description,
    license,
    engines,
    exports: Object.fromEntries(ENTRIES.map((entry) => [`./${entry.name}`, conditions(entry)])),
  });
}

function conditions({ name, source }: Entry): object {
  const declarations = source.replace(/\.ts$/, ".d.ts");
  return {
    import: { types: `./types/esm/${declarations}`, default: `./${name}.mjs` },
    require: { types: `./types/cjs/${declarations}`, default: `./${name}.cjs` },
  };
}

async function bundle({ name, source }: Entry, directory: string): Promise<void> {
  const file = `${directory}/${name}.bundle.cjs`;
  await succeed([DENO, "bundle", "--quiet", "--platform", "deno", "--format", "cjs", "-o", file, source]);
  const exported = (await succeed([
    DENO,
    "eval",
    `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(`${ROOT}/${source}`)}))))`,
  ])).trim();
  const names = (JSON.parse(exported) as string[]).filter((key) => key !== "default");
  // The line that never runs tells Node's lexer which names an `import { name }` may use.
  const commonJs = [
    '"use strict";',
    `module.exports = require("./${name}.bundle.cjs").default;`,
    `0 && (module.exports = { ${names.join(", ")} });`,
  ];
  await Deno.writeTextFile(`${directory}/${name}.cjs`, `${commonJs.join("\n")}\n`);
  const module = [
    `import client from "./${name}.cjs";`,
    `export const { ${names.join(", ")} } = client;`,
    "export default client;",
  ];
  await Deno.writeTextFile(`${directory}/${name}.mjs`, `${module.join("\n")}\n`);
}

/**
 * Writes the declarations twice, because what `import` and `require()` give is declared in modules of their own kind.
 * Those of CommonJS have no default export: there the module itself is what `import client from` gives.
 */
async function declare(directory: string): Promise<void> {
  const flags = [
    "--declaration",
    "--emitDeclarationOnly",
    "--noCheck",
    "--allowImportingTsExtensions",
    "--target",
    "esnext",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--rootDir",
    ".",
  ];
  const types = `${directory}/types`;
  for (const kind of ["esm", "cjs"] as const) {
    await succeed([
      "npx",
      "-y",
      "-p",
      TYPESCRIPT,
      "tsc",
      ...flags,
      "--outDir",
      `${types}/${kind}`,
      ...ENTRIES.map(({ source }) => source),
    ]);
    await writeJson(`${types}/${kind}/package.json`, { type: kind === "esm" ? "module" : "commonjs" });
    for await (const path of filesIn(`${types}/${kind}`)) {
      const text = await Deno.readTextFile(path);
      const linked = text.replace(/(from |import\()(["'][^"']+)\.ts(["'])/g, "$1$2.js$3");
      await Deno.writeTextFile(path, kind === "esm" ? linked : linked.replace(/^export default .*$/m, ""));
    }
  }
}

async function* filesIn(directory: string): AsyncIterable<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* filesIn(path);
    else if (path.endsWith(".d.ts")) yield path;
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

async function succeed(command: readonly string[]): Promise<string> {
  const { code, stdout, output } = await run(command);
  if (code !== 0) throw new Error(`Cannot build package: ${command.join(" ")} gave ${code}\n${output}`);
  return stdout;
}

if (import.meta.main) {
  const [directory] = Deno.args;
  if (directory === undefined) {
    console.error("usage: deno run -A tools/build_npm.ts DIRECTORY");
    Deno.exit(2);
  }
  await buildNpm(directory);
}
