/**
 * What a runtime must offer to the server, in words that no runtime owns.
 * `src/host/` alone names `Deno`, `Bun` and `node:`; everything above it sees these types.
 *
 * @module
 */

/** The runtimes that have a host. */
export type RuntimeName = "deno" | "bun" | "node";

/** Answers one request. `peer` is the host's own record of the connection, to be given to {@linkcode Listener.remoteAddress}. */
export type HostHandler = (request: Request, peer: unknown) => Response | Promise<Response>;

/** A certificate chain and its private key, both as PEM text. */
export interface TlsPair {
  /** The certificate and those that vouch for it, the own one first. */
  readonly cert: string;
  /** The private key of the first certificate. */
  readonly key: string;
}

/** How to open a port. */
export interface ListenOptions {
  /** The address to bind, a literal IP address or a host name. */
  readonly hostname: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** Whether other listeners of this process may bind the same port, the kernel spreading connections over them. */
  readonly shared: boolean;
  /** Serves HTTPS instead of HTTP. */
  readonly tls?: TlsPair;
  /** What clients may do to the port. Only for a host that {@linkcode Host.limitsConnections}. */
  readonly limits?: ConnectionLimits;
}

/** Limits of connections and of requests' heads. Without a value the runtime's own holds, if it has one. */
export interface ConnectionLimits {
  /** The most bytes of a request's line and headers. */
  readonly headBytesMax?: number;
  /** For how many seconds a client may send its request's head. */
  readonly headSeconds?: number;
  /** The most connections of one worker; more are closed at once. */
  readonly connectionsMax?: number;
}

/** An open port. It belongs to the thread that opened it. */
export interface Listener {
  /** The port that was bound, also when 0 was asked for. */
  readonly port: number;
  /** The IP address of the client of a request; the empty string where the runtime no longer knows it. */
  remoteAddress(request: Request, peer: unknown): string;
  /**
   * Calls `listener` when the client leaves before it has got the whole response. A runtime may call it after a
   * complete response too: the caller knows which it was.
   */
  onClientGone(request: Request, peer: unknown, listener: () => void): void;
  /** Makes a WebSocket of a request that asks for one; undefined where the host cannot. */
  upgradeWebSocket?(request: Request): { readonly socket: WebSocket; readonly response: Response };
  /** Stops accepting, then resolves when every request in flight and every open stream has ended. */
  close(): Promise<void>;
  /** Cuts every connection at once. */
  abort(): void;
}

/** How to start a worker thread. */
export interface SpawnOptions {
  /** The module that the thread runs; also an `https:` URL. */
  readonly module: URL;
  /** What {@linkcode WorkerScope.data} will be in the thread, there before its module runs. */
  readonly data: unknown;
  /** Name of the thread in logs and debuggers. */
  readonly name: string;
  /** The most heap the thread may use, in MiB, before it alone is ended. Bun does not enforce it. */
  readonly heapMegabytesMax?: number;
}

/** How a worker thread ended. */
export interface WorkerEnd {
  /** Its exit code; 1 when it was terminated or failed. */
  readonly code: number;
  /** What it threw, if it ended by an error. */
  readonly error?: Error;
  /** Whether it is certain that the thread does not run any more, so that nobody writes to its slab. */
  readonly proven: boolean;
}

/** A running worker thread, as its parent sees it. Main thread only. */
export interface WorkerThread {
  /** Sends a message to the thread. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Names the one function that gets the thread's messages. */
  onMessage(listener: (message: unknown) => void): void;
  /** Ends the thread at once, also one that is stuck in a loop. */
  terminate(): void;
  /** Resolves when the thread has ended, for whatever reason. Never rejects. */
  readonly ended: Promise<WorkerEnd>;
}

/** What a worker thread has from its parent. Worker thread only. */
export interface WorkerScope {
  /** The {@linkcode SpawnOptions.data} of this thread. */
  readonly data: unknown;
  /** Sends a message to the parent. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Names the one function that gets the parent's messages; those that came before are not lost. */
  onMessage(listener: (message: unknown) => void): void;
  /**
   * Makes sure that the parent can end this thread, and can tell when it has ended.
   * Resolves when that holds; user code must not run before.
   */
  hold(): Promise<void>;
  /** Ends this thread. */
  exit(code: number): void;
}

/** Whether the runtime spreads the connections of one port over several workers here, and if not, why. */
export type PortSharing =
  | {
    readonly possible: true;
    readonly means: string;
    /** Whether a shared port answers as fast as one that is not. */
    readonly free: boolean;
  }
  | { readonly possible: false; readonly reason: string };

/** What can be known of a response's body without disturbing the response. */
export interface BodyJudge {
  /** Whether the body is a stream that is still being produced, as opposed to bytes that are there, or none. */
  isStreamed(response: Response): boolean;
  /** The size of a body that is no stream, in bytes; undefined where the runtime does not tell. */
  readyBytes(response: Response): number | undefined;
}

/** One runtime: Deno, Bun or Node. */
export interface Host {
  readonly name: RuntimeName;
  readonly version: string;
  /** How many threads the machine runs at once. */
  cpuCount(): number;
  /** Whether several workers can listen on one port. */
  portSharing(): PortSharing;
  /** Whether {@linkcode ListenOptions.limits} are kept here. */
  readonly limitsConnections: boolean;
  /** Opens a port. @throws {AddressError} If the address cannot be bound. */
  listen(options: ListenOptions, handler: HostHandler): Promise<Listener>;
  /** Starts a worker thread. */
  spawn(options: SpawnOptions): WorkerThread;
  /** What this thread has from its parent; undefined in the main thread. */
  workerScope(): WorkerScope | undefined;
  /** Calls `listener` at each signal of that name; returns a function that ends this. Main thread only. */
  onSignal(name: SignalName, listener: () => void): () => void;
  /** Ends the process. */
  exit(code: number): never;
  /** Knows bodies of responses without touching them. */
  readonly bodies: BodyJudge;
}

/** The signals that the server listens to. */
export type SignalName = "SIGTERM" | "SIGINT" | "SIGHUP";

/** An address that cannot be bound. `code` is `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` or `ENOTFOUND`, or what else the system says. */
export class AddressError extends Error {
  /** The system's name of the cause. */
  readonly code: string;

  /** The error for `hostname` and `port`, worded for the person who chose them. */
  constructor(address: { hostname: string; port: number }, code: string) {
    super(
      `Cannot listen on "${address.hostname}:${address.port}": ${REASONS[code] ?? `the system says ${code}`}`,
    );
    this.name = "AddressError";
    this.code = code;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is taken by another program",
  EACCES: "this user may not bind the port",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "the host name is unknown",
};
