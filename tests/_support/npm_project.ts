/**
 * Projects of users of the npm packages: built, packed and installed as from the registry.
 *
 * @module
 */
import { buildNpm, type NpmPackage } from "../../tools/build_npm.ts";
import { ROOT, runCommand } from "./command.ts";

/** A package as `npm pack` would publish it. */
export interface PackedPackage {
  /** Path of the archive. */
  readonly archive: string;
  readonly name: string;
  readonly unpackedBytes: number;
  readonly packedBytes: number;
  readonly files: readonly string[];
}

/** Builds a package below a folder and packs it. Takes some seconds. */
export async function packNpm(folder: string, name: NpmPackage): Promise<PackedPackage> {
  const built = `${folder}/built_${name}`;
  await buildNpm(built, name);
  const [packed] = JSON.parse(await succeed(["npm", "pack", "--json", "--pack-destination", folder], built));
  return {
    archive: `${folder}/${packed.filename}`,
    name: packed.name,
    unpackedBytes: packed.unpackedSize,
    packedBytes: packed.size,
    files: packed.files.map(({ path }: { path: string }) => path),
  };
}

/** Makes an empty project and installs an archive in it with npm, or with another installer. */
export async function installPacked(
  folder: string,
  packed: PackedPackage,
  installer: readonly string[] = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"],
): Promise<void> {
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/package.json`, '{ "private": true }\n');
  await succeed([...installer, packed.archive], folder);
  const programs = new URL("tests/e2e/npm_package/", ROOT);
  for await (const { name } of Deno.readDir(programs)) {
    const text = await Deno.readTextFile(new URL(name, programs));
    await Deno.writeTextFile(`${folder}/${name}`, text.replaceAll("PACKAGE", packed.name));
  }
}

/** Runs a command in a folder and gives its standard output. @throws {Error} If it fails; the message has its output */
export async function succeed(command: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand({ command, cwd, deadlineMs: 120_000 });
  if (code !== 0) throw new Error(`Cannot run ${command.join(" ")}: exit code ${code}\n${stdout}\n${stderr}`);
  return stdout;
}
