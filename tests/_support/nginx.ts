/**
 * A real nginx with a configuration of the project, on ports of its own.
 *
 * @module
 */
import { findTool } from "../../tools/_tools.ts";
import { ROOT, type RunningCommand, startCommand } from "./command.ts";
import { freePort } from "./free_port.ts";
import { waitFor } from "./wait_for.ts";

/** A running nginx. Made with `await using`, it ends with the block. */
export class Nginx implements AsyncDisposable {
  readonly url: string;
  readonly #command: RunningCommand;
  readonly #folder: string;

  constructor(command: RunningCommand, folder: string, url: string) {
    this.#command = command;
    this.#folder = folder;
    this.url = url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/**
 * Starts nginx as `examples/llm/nginx.conf` says, but for its ports and where it keeps its files.
 *
 * @param ports by which real ones the ports of the servers behind it are replaced
 */
export async function startNginx(ports: Readonly<Record<number, number>>): Promise<Nginx> {
  const folder = await Deno.makeTempDir({ prefix: "promslab_nginx_" });
  const port = freePort();
  let config = await Deno.readTextFile(new URL("examples/llm/nginx.conf", ROOT));
  for (const [from, to] of Object.entries({ ...ports, 8080: port })) {
    if (!config.includes(`:${from}`)) {
      throw new Error(`Cannot set port ${from}: it is not in the configuration`);
    }
    config = config.replaceAll(`127.0.0.1:${from}`, `127.0.0.1:${to}`);
  }
  const path = `${folder}/nginx.conf`;
  await Deno.writeTextFile(path, config.replaceAll("/tmp/promslab_nginx", `${folder}/`));
  const command = await startCommand({ command: [findTool("nginx").path, "-p", folder, "-c", path] });
  await waitFor(async () => {
    if (command.ending !== undefined) throw new Error(`nginx ended: ${command.stderr}`);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    connection?.close();
    return connection !== undefined;
  }, { what: "nginx to listen", deadlineMs: 20_000 });
  return new Nginx(command, folder, `http://127.0.0.1:${port}`);
}
