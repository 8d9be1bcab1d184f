/**
 * The Bun host.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import process from "node:process";
import { AddressError, type Host, type HostHandler, type Listener, type ListenOptions } from "./types.ts";
import { trackResponses } from "./response_tracking.ts";
import { unsharedPort } from "./platform.ts";
import { spawnThread, threadScope } from "./worker_thread.ts";

/** The part of `Bun` that is used here; its own types are no dependency of this project. */
interface BunNamespace {
  readonly version: string;
  serve(options: {
    hostname: string;
    port: number;
    reusePort: boolean;
    tls?: { cert: string; key: string };
    idleTimeout: number;
    fetch(request: Request, server: BunServer): Response | Promise<Response>;
    error(): Response;
  }): BunServer;
}

interface BunServer {
  readonly port: number;
  requestIP(request: Request): { address: string } | null;
  stop(closeActiveConnections?: boolean): Promise<void>;
}

/** Makes the host. */
export function bunHost(): Host {
  const { Bun } = globalThis as unknown as { Bun: BunNamespace };
  return {
    name: "bun",
    version: Bun.version,
    cpuCount: availableParallelism,
    portSharing: () => {
      const unshared = unsharedPort(process.platform);
      if (unshared !== undefined) return unshared;
      return { possible: true, means: "Bun.serve with reusePort", free: true };
    },
    listen: (options, handler) => listen(Bun, options, handler),
    limitsConnections: false,
    spawn: spawnThread,
    workerScope: () => threadScope((code) => process.exit(code)),
    onSignal: (name, listener) => {
      process.on(name, listener);
      return () => process.off(name, listener);
    },
    exit: (code) => process.exit(code),
    bodies: trackResponses(),
  };
}

// deno-lint-ignore require-await -- A listen() that fails rejects, on every host.
async function listen(bun: BunNamespace, options: ListenOptions, handler: HostHandler): Promise<Listener> {
  let server: BunServer;
  try {
    server = bun.serve({
      hostname: options.hostname,
      port: options.port,
      reusePort: options.shared,
      ...(options.tls === undefined ? {} : { tls: options.tls }),
      // WHY: Bun's own limit of 10 s would also cut a handler that thinks for longer.
      idleTimeout: 0,
      fetch: handler,
      error: () => new Response("Internal Server Error\n", { status: 500 }),
    });
  } catch (error) {
    const { code } = error as { code?: string };
    throw code === undefined ? error : new AddressError(options, code);
  }
  return {
    port: server.port,
    remoteAddress: (request) => server.requestIP(request)?.address ?? "",
    onClientGone: (request, _peer, listener) =>
      request.signal.addEventListener("abort", listener, { once: true }),
    close: () => server.stop(),
    abort: () => void server.stop(true),
  };
}
