/**
 * Chooses the host of the runtime that runs this code.
 *
 * @module
 */
import { bunHost } from "./bun.ts";
import { denoHost } from "./deno.ts";
import { nodeHost } from "./node.ts";
import type { Host } from "./types.ts";

let known: Host | undefined;

/** The host of this runtime, the same object at every call. Any thread. */
export function detectHost(): Host {
  if (known !== undefined) return known;
  const names = globalThis as { Deno?: unknown; Bun?: unknown };
  if (names.Deno !== undefined) known = denoHost();
  else if (names.Bun !== undefined) known = bunHost();
  else known = nodeHost();
  return known;
}
