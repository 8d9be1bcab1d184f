/**
 * Folders in which applications written for prom-client find it, and folders in which they find ours in its place.
 *
 * @module
 */
import { buildNpm } from "../../tools/build_npm.ts";
import { ROOT, runCommand } from "./command.ts";

/** What the applications need, as their package.json would say. */
const PACKAGES: Readonly<Record<string, string>> = {
  "@hono/prometheus": "1.0.3",
  "@prometheus-io/client": "0.16.1",
  "express": "5.3.0",
  "express-prom-bundle": "8.0.0",
  "fastify": "5.12.8",
  "fastify-metrics": "13.2.0",
  "fastify-metrics-of-successor": "npm:fastify-metrics@14.1.0",
  "hono": "4.13.19",
  "prom-client": "15.1.3",
};

/** The packages that ours stands in for. */
const REPLACED = ["prom-client", "@prometheus-io/client"];

/** Two folders with the same packages. */
export interface DropInFolders {
  /** As published. */
  readonly originals: string;
  /** With our package under prom-client's names. */
  readonly replaced: string;
}

/** Installs the packages in a new folder, and copies it with the import replaced. Takes some seconds. */
export async function installDropIn(): Promise<DropInFolders> {
  const folder = await Deno.makeTempDir({ prefix: "drop_in_" });
  const originals = `${folder}/originals`;
  const replaced = `${folder}/replaced`;
  await Deno.mkdir(originals);
  await writeJson(`${originals}/package.json`, { private: true, dependencies: PACKAGES });
  await succeed(
    ["npm", "install", "--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts"],
    originals,
  );
  await succeed(["cp", "-r", originals, replaced], folder);
  await buildNpm(`${replaced}/node_modules/promslab`);
  for (const name of REPLACED) await replace(`${replaced}/node_modules/${name}`, name);
  for await (const { name } of Deno.readDir(new URL("tests/e2e/drop_in/", ROOT))) {
    const source = new URL(`tests/e2e/drop_in/${name}`, ROOT);
    for (const target of [originals, replaced]) await Deno.copyFile(source, `${target}/${name}`);
  }
  return { originals, replaced };
}

/** Puts a package in place of another that hands on ours. */
async function replace(folder: string, name: string): Promise<void> {
  await Deno.remove(folder, { recursive: true });
  await Deno.mkdir(folder, { recursive: true });
  const exports = { ".": { import: "./index.mjs", require: "./index.cjs" } };
  await writeJson(`${folder}/package.json`, { name, version: "99.0.0", main: "./index.cjs", exports });
  await Deno.writeTextFile(`${folder}/index.cjs`, 'module.exports = require("promslab/compat");\n');
  const module = 'export * from "promslab/compat";\nexport { default } from "promslab/compat";\n';
  await Deno.writeTextFile(`${folder}/index.mjs`, module);
}

/** Runs an application in a folder and gives the JSON that it prints. */
export async function runApplication(
  runtime: readonly string[],
  folder: string,
  application: { readonly file: string; readonly client?: string },
): Promise<Record<string, unknown>> {
  const command = [...runtime, application.file];
  const env = { CLIENT: application.client ?? "prom-client", NODE_ENV: "test" };
  const output = await succeed(command, folder, env);
  return JSON.parse(output.trim().split("\n").at(-1)!);
}

async function succeed(
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand({ command, cwd, env, deadlineMs: 120_000 });
  if (code !== 0) throw new Error(`Cannot run ${command.join(" ")}: exit code ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value));
}
