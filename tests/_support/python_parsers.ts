/**
 * The parsers of Python's prometheus_client, in a process of their own.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { findTool } from "../../tools/_tools.ts";

/** A sample as Python found it; numbers are text. */
export interface PythonSample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: string;
  readonly exemplar: { labels: Record<string, string>; value: string; timestamp: string | null } | null;
}

/** What Python makes of each body: samples, or why it refuses it. */
export async function readByPython(
  bodies: { dialect: "text" | "openmetrics"; body: string }[],
): Promise<(PythonSample[] | string)[]> {
  const child = new Deno.Command(findTool("prometheus_client").path, {
    args: [new URL("python_parsers.py", import.meta.url).pathname],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(bodies)));
  await writer.close();
  const { code, stdout } = await child.output();
  assertEquals(code, 0);
  return JSON.parse(new TextDecoder().decode(stdout));
}
