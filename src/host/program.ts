/**
 * The program around the server: its arguments, its environment, the files it is given.
 * The same on all three runtimes, by modules of `node:`.
 *
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import process from "node:process";
import { isatty } from "node:tty";
import { pathToFileURL } from "node:url";

export { parseArgs } from "node:util";

/** The arguments after the program's name. */
export function programArguments(): string[] {
  return process.argv.slice(2);
}

/** The number by which the system and its signals know this process. */
export function processId(): number {
  return process.pid;
}

/** The value of an environment variable; undefined if it is not set, or this program may not look. */
export function environmentVariable(name: string): string | undefined {
  if (!mayReadVariable(name)) return undefined;
  return process.env[name];
}

/** Whether asking for the variable neither fails nor makes Deno ask the person at the terminal. */
function mayReadVariable(variable: string): boolean {
  const { Deno } = globalThis as { Deno?: DenoPermissions };
  return Deno === undefined || Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

interface DenoPermissions {
  readonly permissions: { querySync(query: { name: "env"; variable: string }): { state: string } };
}

/** A path, relative to the working directory, as a URL; an argument that is a URL already stays it. */
export function urlOfArgument(argument: string): URL {
  return /^[a-z][a-z0-9+.-]+:/i.test(argument) ? new URL(argument) : pathToFileURL(argument);
}

/** Whether there is a file at a `file:` URL. */
export async function isFile(url: URL): Promise<boolean> {
  try {
    return (await stat(url)).isFile();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** The text of a file. */
export function readText(url: URL): Promise<string> {
  return readFile(url, "utf8");
}

/** The bytes of a file. */
export async function readBytes(url: URL): Promise<Uint8Array> {
  return new Uint8Array(await readFile(url));
}

/** All that comes on the standard input. */
export async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** Whether standard input is a terminal now; that of a terminal that was closed is none any more. */
export function hasTerminal(): boolean {
  return isatty(0);
}
