/**
 * Programs that run the server: Deno as it is configured here, Deno without any unstable flag, Bun, Node.
 *
 * @module
 */
import { findTool } from "../../tools/_tools.ts";
import { ROOT } from "./command.ts";

/** A runtime, and how it is started: program and arguments up to the module. */
export interface Runtime {
  readonly name: string;
  readonly program: readonly string[];
}

/** Deno with the net flag that the repository's deno.json sets. */
export const DENO: Runtime = { name: "Deno", program: ["deno", "run", "-A"] };

/** Deno as an application runs it that sets no flag: the packages are found by an import map instead. */
export async function denoWithoutFlags(): Promise<Runtime> {
  const path = await Deno.makeTempFile({ prefix: "promslab_import_map_", suffix: ".json" });
  await Deno.writeTextFile(path, JSON.stringify({ imports: await plainImports(ROOT) }));
  const program = ["deno", "run", "-A", "--no-config", "--no-check", "--import-map", path];
  return { name: "Deno without flags", program };
}

/** The imports of deno.json with the local packages' files in place of their names. */
export async function plainImports(root: URL): Promise<Record<string, string>> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const plain: Record<string, string> = {};
  for (const [name, target] of Object.entries(imports as Record<string, string>)) {
    plain[name] = target.startsWith("./") ? new URL(target, root).href : target;
    // Unlike deno.json, an import map does not extend a package's name to its entry points.
    if (target.startsWith("npm:")) plain[`${name}/`] = `${target.replace("npm:", "npm:/")}/`;
  }
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("links/std_http/deno.json", ROOT)));
  for (const [name, file] of Object.entries(exports as Record<string, string>)) {
    plain[`@std/http${name.slice(1)}`] = new URL(`links/std_http/${file}`, root).href;
  }
  return plain;
}

/** Bun, installed or from npm. */
export async function bun(): Promise<Runtime> {
  return { name: "Bun", program: [await programPath("bun", "bun@1.4.5", () => true)] };
}

/** A Node that runs TypeScript, installed or from npm. */
export async function node(): Promise<Runtime> {
  const path = await programPath(
    "node",
    "node@24.9.0",
    (version) => Number(/^v(\d+)/.exec(version)?.[1]) >= 24,
  );
  const hooks = new URL("tests/runtime/_links.ts", ROOT).pathname;
  return { name: "Node", program: [path, "--import", hooks] };
}

/** The program's own path, so that signals reach it and not a wrapper. */
async function programPath(
  name: "bun" | "node",
  npmPackage: string,
  willDo: (version: string) => boolean,
): Promise<string> {
  const installed = findTool(name);
  if (installed.found && willDo(installed.version)) return installed.path;
  const { stdout, success, stderr } = await new Deno.Command("npx", {
    args: ["-y", "-p", npmPackage, "-c", `command -v ${name}`],
    stdin: "null",
  }).output();
  const path = new TextDecoder().decode(stdout).trim();
  if (!success || path === "") {
    throw new Error(
      `Cannot find ${name}: neither installed nor from npm: ${new TextDecoder().decode(stderr)}`,
    );
  }
  return path;
}
