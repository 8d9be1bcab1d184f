/**
 * What `serve()` can be told, and what it makes of it.
 *
 * @module
 */
// CONTROL PLANE
import type { ConnectionLimits, Host, TlsPair } from "../host/types.ts";
import type { AccessLogOptions } from "./access_log.ts";
import type { RequestLimits } from "./request_limits.ts";
import type { ServerExtension } from "./extension.ts";
import { resolveScrapeOptions, type ScrapeOptions } from "./scrape/scrape_options.ts";
import { oneOf, refuse, seconds, wholeNumber, within } from "./option_checks.ts";
import { StartError } from "./start_error.ts";

/** The conventions for the names of the HTTP families. */
export const HTTP_CONVENTIONS: readonly HttpConvention[] = ["prometheus", "opentelemetry", "fastapi"];

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
  /** More paths of the admin port. `/metrics`, `/api/v1/snapshot`, `/api/v1/slabs`, `/api/v1/families`, `/-/healthy` and `/-/ready` are taken. */
  readonly adminRoutes?: Readonly<Record<string, AdminRoute>>;
  /** The path of the metrics on the serving port, or false to serve them on the admin port alone. Default `/metrics`. */
  readonly metricsPath?: string | false;
  /** How scrapes are answered, on either port. */
  readonly scrape?: ScrapeOptions;
  /** Whether requests are counted. Default true. */
  readonly instrument?: boolean;
  /** Whether the process, and each worker's heap and event loop, are reported. Default true. */
  readonly runtimeMetrics?: boolean;
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
  /** Serves HTTPS on the admin port. */
  readonly adminTls?: TlsPair;
  /**
   * What a client must show to read the metrics, on either port, and to use the admin port's other paths but health: a
   * bearer token, or the password of basic authentication. Default: nothing.
   */
  readonly adminToken?: string;
  /** Whether each request is logged as a line of JSON on stderr. Default false. */
  readonly accessLog?: boolean;
  /** The share of requests that is logged then, from 0 to 1; those of status 500 and above always are. Default 1. */
  readonly accessLogSample?: number;
  /** The most bytes of a request's body; a longer one is answered with status 413. Default: no limit. */
  readonly bodyBytesMax?: number;
  /** The most seconds until a handler returns a response; then the answer is status 503. Default: no limit. */
  readonly responseSeconds?: number;
  /** The most requests that a worker answers at a time; more are answered with status 503. Default: no limit. */
  readonly inFlightMax?: number;
  /**
   * The most bytes of a request's line and headers. Default: the runtime's, 64 KiB in Deno, 16 KiB in Bun and Node.
   * This and the following two make Deno serve by `node:http`, at twice the cost of a trivial request; Bun refuses them.
   */
  readonly headBytesMax?: number;
  /** The most seconds that a client may take to send a request's line and headers. Default: 60 in Node, else no limit. */
  readonly headSeconds?: number;
  /** The most connections of a worker; more are closed at once. Default: no limit. */
  readonly connectionsMax?: number;
  /**
   * For development: whether all workers are replaced when a module in the handler's folder changes, or a local one that
   * it imports. `discourageSeconds` is 0 then, if not given. Default false.
   */
  readonly watch?: boolean;
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
  & Required<
    Omit<
      ServeOptions,
      OptionalOption | LimitOption | "handler" | "metricsPath" | "accessLog" | "accessLogSample"
    >
  >
  & { readonly [Name in OptionalOption]: ServeOptions[Name] | undefined }
  & {
    readonly handler: URL;
    readonly metricsPath: string | undefined;
    readonly accessLog: AccessLogOptions | undefined;
    readonly requestLimits: RequestLimits | undefined;
    readonly connectionLimits: ConnectionLimits | undefined;
  };

/** Options that may stay undefined. */
type OptionalOption = "tls" | "adminTls" | "adminToken" | "scrape" | "slabBytes" | "log" | "extension";

type LimitOption = keyof RequestLimits | keyof ConnectionLimits;

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
    scrape: scrapeOptions(options.scrape),
    instrument: options.instrument ?? true,
    runtimeMetrics: options.runtimeMetrics ?? true,
    httpFamilies: oneOf("httpFamilies", options.httpFamilies ?? "prometheus", HTTP_CONVENTIONS),
    extension: options.extension,
    handlerData: options.handlerData,
    drainSeconds: seconds("drainSeconds", options.drainSeconds ?? 10),
    discourageSeconds: seconds("discourageSeconds", options.discourageSeconds ?? (options.watch ? 0 : 1)),
    retireSeconds: seconds("retireSeconds", options.retireSeconds ?? 60),
    hangSeconds: seconds("hangSeconds", options.hangSeconds ?? 30),
    startSeconds: seconds("startSeconds", options.startSeconds ?? 60),
    heapMegabytesMax: wholeNumber("heapMegabytesMax", options.heapMegabytesMax ?? 2048, {
      min: 16,
      max: 1 << 20,
    }),
    slabBytes: options.slabBytes,
    tls: tlsPair("tls", options.tls),
    adminTls: tlsPair("adminTls", options.adminTls),
    adminToken: options.adminToken === undefined ? undefined : token(options.adminToken),
    accessLog: options.accessLog
      ? { sample: within("accessLogSample", options.accessLogSample ?? 1, { min: 0, max: 1 }) }
      : undefined,
    requestLimits: requestLimits(options),
    connectionLimits: connectionLimits(options, host),
    watch: options.watch ?? false,
    handleSignals: options.handleSignals ?? true,
    log: options.log,
  };
  if (resolved.watch && resolved.handler.protocol !== "file:") {
    throw refuse("watch", true, `false, as the handler "${resolved.handler.href}" is no file`);
  }
  for (const path of Object.keys(resolved.adminRoutes)) absolutePath("adminRoutes", path);
  return resolved;
}

function scrapeOptions(options: ScrapeOptions | undefined): ScrapeOptions | undefined {
  try {
    resolveScrapeOptions(options);
    return options;
  } catch (error) {
    throw new StartError("BAD_OPTION", (error as Error).message, { cause: error });
  }
}

function requestLimits(options: ServeOptions): RequestLimits | undefined {
  return withoutUndefined({
    bodyBytesMax: limit("bodyBytesMax", options.bodyBytesMax, 0),
    responseSeconds: options.responseSeconds === undefined
      ? undefined
      : seconds("responseSeconds", options.responseSeconds),
    inFlightMax: limit("inFlightMax", options.inFlightMax, 1),
  });
}

function connectionLimits(options: ServeOptions, host: Host): ConnectionLimits | undefined {
  const limits = withoutUndefined({
    headBytesMax: limit("headBytesMax", options.headBytesMax, 256),
    headSeconds: options.headSeconds === undefined ? undefined : seconds("headSeconds", options.headSeconds),
    connectionsMax: limit("connectionsMax", options.connectionsMax, 1),
  });
  if (limits === undefined || host.limitsConnections) return limits;
  const [name, value] = Object.entries(limits)[0];
  throw refuse(name, value, `none, as ${host.name} has no such limit`);
}

/** The object, or undefined if none of its properties has a value. */
function withoutUndefined<T extends object>(limits: T): T | undefined {
  return Object.values(limits).some((value) => value !== undefined) ? limits : undefined;
}

function limit(name: string, value: unknown, min: number): number | undefined {
  return value === undefined ? undefined : wholeNumber(name, value, { min, max: Number.MAX_SAFE_INTEGER });
}

function tlsPair(name: string, pair: Partial<TlsPair> | undefined): TlsPair | undefined {
  if (pair === undefined) return undefined;
  const { cert, key } = pair;
  if (cert === undefined) throw refuse(`${name}.cert`, "nothing", "the certificate of the private key");
  if (key === undefined) throw refuse(`${name}.key`, "nothing", "the private key of the certificate");
  return { cert, key };
}

function token(value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]{8,}$/.test(value)) return value;
  // WHY: the value is a secret, also a wrong one.
  throw refuse("adminToken", "…", "at least 8 characters of ASCII without spaces");
}

function handlerUrl(handler: string | URL): URL {
  try {
    return new URL(handler);
  } catch {
    throw refuse("handler", handler, 'an absolute URL such as new URL("./app.ts", import.meta.url)');
  }
}

function address(name: string, value: unknown = "127.0.0.1"): string {
  if (typeof value === "string" && value !== "") return value;
  throw refuse(name, value, "an IP address or a host name");
}

function absolutePath(name: string, value: unknown): string {
  if (typeof value === "string" && /^\/[^?#\s]*$/.test(value)) return value;
  throw refuse(name, value, 'a path that starts with "/"');
}
