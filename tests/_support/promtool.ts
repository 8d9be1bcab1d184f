/**
 * Prometheus' own checker of expositions.
 *
 * @module
 */
import { findTool } from "../../tools/_tools.ts";

/** What `promtool check metrics` says: 0 for nothing, 1 for a body that it cannot read, 3 for bad style. */
export async function promtool(body: Uint8Array): Promise<{ code: number; said: string }> {
  const child = new Deno.Command(findTool("promtool").path, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(body);
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}
