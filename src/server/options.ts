/**
 * What `serve()` can be told, and what it makes of it.
 *
 * @module
 */
import type { Host, TlsPair } from "../host/types.ts";
import type { ServerExtension } from "./extension.ts";
import { StartError } from "./start_error.ts";

/** The conventions for the names of the HTTP families. */
const HTTP_CONVENTIONS: readonly HttpConvention[] = ["prometheus", "opentelemetry", "fastapi"];

/** The name of a convention. */
export type HttpConvention = "prometheus" | "opentelemetry" | "fastapi";

/** Answers on a path of the admin port. */
export type AdminRoute = (request: Request) => Response | Promise<Response>;

/** Options of `serve()`. */
export interface ServeOptions {
  /** URL of the module that answers: `export default { fetch(request, context) }`. Each worker imports it. */
  readonly handler: string | URL;
  /** How many workers share the port. Default: one for each core. */
  readonly workers?: number;
  /** The address to serve on. Default 127.0.0.1: this machine only. */
  readonly hostname?: string;
  /** The port to serve on; 0 lets the kernel choose. Default 8000. */
  readonly port?: number;
  /** The address of the admin port. Default 127.0.0.1. */
  readonly adminHostname?: string;
  /** The admin port; 0 lets the kernel choose, false opens none. Default 9464. */
  readonly adminPort?: number | false;
  /** More paths of the admin port. `/metrics`, `/-/healthy` and `/-/ready` are taken. */
  readonly adminRoutes?: Readonly<Record<string, AdminRoute>>;
  /** The path of the metrics on the serving port, or false to serve them on the admin port alone. Default `/metrics`. */
  readonly metricsPath?: string | false;
  /** Whether requests are counted. Default true. */
  readonly instrument?: boolean;
  /**
   * By which convention the HTTP families are named: `prometheus`, the default, `opentelemetry`, or `fastapi` for what
   * FastAPI's instrumentator gives to vLLM. The handler's `httpMetrics` says the rest.
   */
  readonly httpFamilies?: HttpConvention;
  /**
   * Threads that start before the workers and end after them.
   *
   * @internal
   */
  readonly extension?: ServerExtension;
  /**
   * Handed to the handler module's `start()`; a copy for each worker.
   *
   * @internal
   */
  readonly handlerData?: unknown;
  /** For how many seconds a drain waits for requests and streams that were accepted. Default 10. */
  readonly drainSeconds?: number;
  /**
   * For how many seconds a worker that a rolling restart replaces goes on accepting while it tells its clients to
   * close their connections. Default 1.
   */
  readonly discourageSeconds?: number;
  /** For how many seconds such a worker may then finish what it has accepted. Default 60. */
  readonly retireSeconds?: number;
  /** After how many seconds of a standing event loop a worker is replaced; 0 for never. Default 30. */
  readonly hangSeconds?: number;
  /** The most seconds that loading the handler may take. Default 60. */
  readonly startSeconds?: number;
  /** The most heap of one worker in MiB; one that needs more is replaced. Default 2048. Bun does not enforce it. */
  readonly heapMegabytesMax?: number;
  /** Address space for the metrics of one worker in bytes, committed when used. Default 64 MiB. */
  readonly slabBytes?: number;
  /** Serves HTTPS on the serving port. */
  readonly tls?: TlsPair;
  /**
   * Whether signals are acted upon: SIGTERM and SIGINT drain the server, and a second one ends the process; SIGHUP
   * replaces all workers without refusing a request. Default true.
   */
  readonly handleSignals?: boolean;
  /** Takes the server's log lines. Default: stderr. */
  readonly log?: (line: string) => void;
}

/** {@linkcode ServeOptions}, complete and checked. */
export type ResolvedOptions =
  & Required<Omit<ServeOptions, "handler" | "tls" | "slabBytes" | "log" | "metricsPath" | "extension">>
  & {
    readonly handler: URL;
    readonly tls: TlsPair | undefined;
    readonly slabBytes: number | undefined;
    readonly log: ((line: string) => void) | undefined;
    readonly metricsPath: string | undefined;
    readonly extension: ServerExtension | undefined;
  };

/** The most workers that make any sense. */
const WORKERS_MAX = 512;

/** Fills in the defaults. @throws {StartError} If an option has a value that it cannot have; the message names it. */
export function resolveOptions(options: ServeOptions, host: Host): ResolvedOptions {
  const { metricsPath = "/metrics", adminPort = 9464 } = options;
  const resolved: ResolvedOptions = {
    handler: handlerUrl(options.handler),
    workers: wholeNumber("workers", options.workers ?? host.cpuCount(), { min: 1, max: WORKERS_MAX }),
    hostname: address("hostname", options.hostname),
    port: wholeNumber("port", options.port ?? 8000, { min: 0, max: 65535 }),
    adminHostname: address("adminHostname", options.adminHostname),
    adminPort: adminPort === false ? false : wholeNumber("adminPort", adminPort, { min: 0, max: 65535 }),
    adminRoutes: options.adminRoutes ?? {},
    metricsPath: metricsPath === false ? undefined : absolutePath("metricsPath", metricsPath),
    instrument: options.instrument ?? true,
    httpFamilies: oneOf("httpFamilies", options.httpFamilies ?? "prometheus", HTTP_CONVENTIONS),
    extension: options.extension,
    handlerData: options.handlerData,
    drainSeconds: seconds("drainSeconds", options.drainSeconds ?? 10),
    discourageSeconds: seconds("discourageSeconds", options.discourageSeconds ?? 1),
    retireSeconds: seconds("retireSeconds", options.retireSeconds ?? 60),
    hangSeconds: seconds("hangSeconds", options.hangSeconds ?? 30),
    startSeconds: seconds("startSeconds", options.startSeconds ?? 60),
    heapMegabytesMax: wholeNumber("heapMegabytesMax", options.heapMegabytesMax ?? 2048, {
      min: 16,
      max: 1 << 20,
    }),
    slabBytes: options.slabBytes,
    tls: options.tls,
    handleSignals: options.handleSignals ?? true,
    log: options.log,
  };
  for (const path of Object.keys(resolved.adminRoutes)) absolutePath("adminRoutes", path);
  return resolved;
}

function handlerUrl(handler: string | URL): URL {
  try {
    return new URL(handler);
  } catch {
    throw refuse("handler", handler, 'an absolute URL such as new URL("./app.ts", import.meta.url)');
  }
}

function wholeNumber(name: string, value: unknown, bounds: { min: number; max: number }): number {
  const { min, max } = bounds;
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw refuse(name, value, `a whole number from ${min} to ${max}`);
}

function seconds(name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 86_400) return value;
  throw refuse(name, value, "a number of seconds from 0 to 86400");
}

function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found !== undefined) return found;
  throw refuse(name, value, `one of ${known.join(", ")}`);
}

function address(name: string, value: unknown = "127.0.0.1"): string {
  if (typeof value === "string" && value !== "") return value;
  throw refuse(name, value, "an IP address or a host name");
}

function absolutePath(name: string, value: unknown): string {
  if (typeof value === "string" && /^\/[^?#\s]*$/.test(value)) return value;
  throw refuse(name, value, 'a path that starts with "/"');
}

function refuse(name: string, value: unknown, wanted: string): StartError {
  const option = { name, value: String(value), wanted };
  return new StartError("BAD_OPTION", `Cannot use ${name} "${option.value}": wanted ${wanted}`, { option });
}
