/**
 * Debian's Pushgateway and node_exporter, on a port that is free.
 *
 * @module
 */
import { findTool } from "../../tools/_tools.ts";
import { type RunningCommand, startCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { waitFor } from "./wait_for.ts";

/** A running program that serves HTTP. Made with `await using`, it is ended with the block. */
export interface Receiver extends AsyncDisposable {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** What it exposes. */
  metrics(accept?: string): Promise<string>;
}

/** Starts a program that takes `--web.listen-address`, and waits until it answers. */
export async function startReceiver(
  tool: "pushgateway" | "node_exporter",
  flags: readonly string[] = [],
): Promise<Receiver> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command: RunningCommand = await startCommand({
    command: [findTool(tool).path, `--web.listen-address=127.0.0.1:${port}`, ...flags],
  });
  const metrics = async (accept = "text/plain") => {
    const response = await fetch(`${url}/metrics`, { headers: { accept } });
    if (!response.ok) throw new Error(`${tool} answers with status ${response.status}`);
    return await response.text();
  };
  await waitFor(() => metrics(), { what: tool, pauseMs: 50 });
  return { url, metrics, [Symbol.asyncDispose]: () => command[Symbol.asyncDispose]() };
}
