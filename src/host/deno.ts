/**
 * The Deno host.
 *
 * @module
 */
import process from "node:process";
import { denoBodyKind } from "./deno_body_kind.ts";
import { DenoUploads } from "./deno_uploads.ts";
import { listenNodeHttp } from "./node_http.ts";
import { unsharedPort } from "./platform.ts";
import { spawnThread, threadScope } from "./worker_thread.ts";
import { availableParallelism } from "node:os";
import { AddressError, type Host, type HostHandler, type Listener, type ListenOptions } from "./types.ts";

/** What Deno calls the errors that an address can cause, in the system's words. */
const ERROR_CODES: Readonly<Record<string, string>> = {
  AddrInUse: "EADDRINUSE",
  AddrNotAvailable: "EADDRNOTAVAIL",
  PermissionDenied: "EACCES",
};

/** Makes the host. */
export function denoHost(): Host {
  const bodies = denoBodyKind();
  return {
    name: "deno",
    version: Deno.version.deno,
    cpuCount: availableParallelism,
    portSharing: () => {
      const unshared = unsharedPort(Deno.build.os, "but deno serve --parallel does");
      if (unshared !== undefined) return unshared;
      const free = mayShareNatively();
      return { possible: true, means: free ? "Deno.serve with reusePort" : "node:http with reusePort", free };
    },
    listen: (options, handler) =>
      (options.shared && !mayShareNatively()) || options.limits !== undefined
        ? listenNodeHttp(options, handler, bodies)
        : listenNatively(options, handler),
    // By node:http: Deno.serve knows no such limits.
    limitsConnections: true,
    spawn: spawnThread,
    workerScope: () => threadScope((code) => process.exit(code)),
    onSignal: (name, listener) => {
      Deno.addSignalListener(name, listener);
      return () => Deno.removeSignalListener(name, listener);
    },
    exit: (code) => Deno.exit(code),
    bodies,
  };
}

/**
 * Whether `Deno.serve({ reusePort: true })` is allowed here. Without the net-unstable flag that call ends the
 * process at once, which nothing can catch; `Deno.listenDatagram` is there under the same flag and harmless.
 */
function mayShareNatively(): boolean {
  return typeof (Deno as { listenDatagram?: unknown }).listenDatagram === "function";
}

/** Opens a port with `Deno.serve`. */
function listenNatively(options: ListenOptions, handler: HostHandler): Promise<Listener> {
  const cutting = new AbortController();
  const uploads = new DenoUploads();
  const { hostname, port, shared, tls } = options;
  return new Promise((resolve, reject) => {
    try {
      const server = Deno.serve({
        hostname,
        port,
        // WHY: not even `reusePort: false` may be written down without the flag.
        ...(shared ? { reusePort: true } : {}),
        ...(tls === undefined ? {} : { cert: tls.cert, key: tls.key }),
        signal: cutting.signal,
        onListen: (address) =>
          queueMicrotask(() => resolve(listenerOf(server, address.port, { cutting, uploads }))),
        onError: () => new Response("Internal Server Error\n", { status: 500 }),
      }, uploads.watch(handler));
    } catch (error) {
      reject(addressErrorOf(error, options));
    }
  });
}

function listenerOf(
  server: Deno.HttpServer,
  port: number,
  { cutting, uploads }: { cutting: AbortController; uploads: DenoUploads },
): Listener {
  const cut = Promise.withResolvers<void>();
  let closing = false;
  return {
    port,
    remoteAddress: (_request, peer) => {
      const address = (peer as Deno.ServeHandlerInfo<Deno.NetAddr>).remoteAddr;
      return address?.hostname ?? "";
    },
    onClientGone: (request, _peer, listener) =>
      request.signal.addEventListener("abort", listener, { once: true }),
    upgradeWebSocket: (request) => Deno.upgradeWebSocket(request),
    close: async () => {
      await uploads.settled();
      if (cutting.signal.aborted) return await server.finished;
      closing = true;
      await Promise.race([server.shutdown(), cut.promise]);
    },
    // WHY: once shutdown() has let go of the port, Deno 2.9 answers its signal with an error that nothing can catch, and
    // cuts nothing; the connections that are left end with the process.
    abort: () => closing ? cut.resolve() : cutting.abort(),
  };
}

function addressErrorOf(error: unknown, address: { hostname: string; port: number }): unknown {
  if (!(error instanceof Error)) return error;
  const code = ERROR_CODES[error.name];
  if (code !== undefined) return new AddressError(address, code);
  if (/lookup|resolve|name or service/i.test(error.message)) return new AddressError(address, "ENOTFOUND");
  return error;
}
