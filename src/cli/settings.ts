/**
 * The command line's settings: each one is a flag, an environment variable and a key of the configuration file.
 *
 * @module
 */
import type { LlmOptions } from "../llm/server/llm_options.ts";
import type { ServeOptions } from "../server/options.ts";

/** One setting. */
export interface Setting {
  /** The option of `serve()` or `serveLlm()` that it sets. */
  readonly option: keyof ServeOptions | keyof LlmOptions;
  /** The flag without its dashes; the variable is `PROMSLAB_` and the same in capitals. */
  readonly flag: string;
  /** The part of the option, if that is an object. */
  readonly part?: string;
  /** What the value is. `switch` flags stand alone or as `--no-…`; of a `file` the text is the option's value. */
  readonly type: "number" | "text" | "switch" | "file";
  /** Whether the value is never to be shown. */
  readonly secret?: boolean;
  /** What stands for the value in the help. */
  readonly placeholder: string;
  readonly help: string;
}

/** The settings of any server, in the order of the help. */
export const SETTINGS: readonly Setting[] = [
  {
    option: "workers",
    flag: "workers",
    type: "number",
    placeholder: "N",
    help: "worker threads that share the port (default: one for each core)",
  },
  {
    option: "hostname",
    flag: "host",
    type: "text",
    placeholder: "ADDRESS",
    help: "address to serve on (default: 127.0.0.1)",
  },
  {
    option: "port",
    flag: "port",
    type: "number",
    placeholder: "PORT",
    help: "port to serve on, 0 for any free one (default: 8000)",
  },
  {
    option: "adminHostname",
    flag: "admin-host",
    type: "text",
    placeholder: "ADDRESS",
    help: "address of the admin port: metrics and health (default: 127.0.0.1)",
  },
  {
    option: "adminPort",
    flag: "admin-port",
    type: "number",
    placeholder: "PORT",
    help: "admin port, 0 for any free one (default: 9464)",
  },
  {
    option: "drainSeconds",
    flag: "drain-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "how long SIGTERM and SIGINT wait for accepted requests to end (default: 10)",
  },
  {
    option: "discourageSeconds",
    flag: "discourage-seconds",
    type: "number",
    placeholder: "SECONDS",
    help:
      "rolling restart: how long an old worker tells clients to close before it stops accepting (default: 1)",
  },
  {
    option: "retireSeconds",
    flag: "retire-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "rolling restart: how long an old worker may finish what it has (default: 60)",
  },
  {
    option: "hangSeconds",
    flag: "hang-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "replace a worker whose event loop stands still for so long, 0 for never (default: 30)",
  },
  {
    option: "startSeconds",
    flag: "start-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "how long a worker may take to load the handler (default: 60)",
  },
  {
    option: "heapMegabytesMax",
    flag: "worker-heap-mb",
    type: "number",
    placeholder: "MIB",
    help: "most heap of one worker; one that needs more is replaced (default: 2048)",
  },
  {
    option: "metricsPath",
    flag: "metrics-path",
    type: "text",
    placeholder: "PATH",
    help: "path of the metrics on the serving port (default: /metrics)",
  },
  {
    option: "adminToken",
    flag: "admin-token",
    type: "text",
    placeholder: "TOKEN",
    help: "what a scraper must show as a bearer token or password; better by the variable or the file",
    secret: true,
  },
  {
    option: "adminToken",
    flag: "admin-token-file",
    type: "file",
    placeholder: "FILE",
    help: "file that holds this token",
  },
  {
    option: "tls",
    part: "cert",
    flag: "tls-cert",
    type: "file",
    placeholder: "FILE",
    help: "certificates of the serving port, PEM: serves HTTPS",
  },
  {
    option: "tls",
    part: "key",
    flag: "tls-key",
    type: "file",
    placeholder: "FILE",
    help: "private key of the serving port, PEM",
  },
  {
    option: "adminTls",
    part: "cert",
    flag: "admin-tls-cert",
    type: "file",
    placeholder: "FILE",
    help: "certificates of the admin port, PEM: serves HTTPS",
  },
  {
    option: "adminTls",
    part: "key",
    flag: "admin-tls-key",
    type: "file",
    placeholder: "FILE",
    help: "private key of the admin port, PEM",
  },
  {
    option: "bodyBytesMax",
    flag: "max-body-bytes",
    type: "number",
    placeholder: "BYTES",
    help: "longest body of a request, else status 413 (default: no limit)",
  },
  {
    option: "responseSeconds",
    flag: "response-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "how long a handler may take to return a response, else status 503 (default: no limit)",
  },
  {
    option: "inFlightMax",
    flag: "max-in-flight",
    type: "number",
    placeholder: "N",
    help: "requests that a worker answers at a time, else status 503 (default: no limit)",
  },
  {
    option: "headBytesMax",
    flag: "max-head-bytes",
    type: "number",
    placeholder: "BYTES",
    help: "longest request line and headers (default: that of the runtime)",
  },
  {
    option: "headSeconds",
    flag: "head-seconds",
    type: "number",
    placeholder: "SECONDS",
    help: "how long a client may take to send them (default: that of the runtime)",
  },
  {
    option: "connectionsMax",
    flag: "max-connections",
    type: "number",
    placeholder: "N",
    help: "connections of a worker (default: no limit)",
  },
  {
    option: "accessLog",
    flag: "access-log",
    type: "switch",
    placeholder: "",
    help: "log each request as a line of JSON on stderr (default: off)",
  },
  {
    option: "accessLogSample",
    flag: "access-log-sample",
    type: "number",
    placeholder: "SHARE",
    help: "share of the requests to log, from 0 to 1 (default: 1)",
  },
  {
    option: "instrument",
    flag: "instrument",
    type: "switch",
    placeholder: "",
    help: "count requests; --no-instrument does not (default: on)",
  },
  {
    option: "runtimeMetrics",
    flag: "runtime-metrics",
    type: "switch",
    placeholder: "",
    help: "report process, heap and event loop; --no-runtime-metrics does not (default: on)",
  },
];

/** The settings of `serve` alone. */
export const SERVE_SETTINGS: readonly Setting[] = [
  {
    option: "httpFamilies",
    flag: "http-families",
    type: "text",
    placeholder: "CONVENTION",
    help: "names of the HTTP families: prometheus, opentelemetry or fastapi (default: prometheus)",
  },
  {
    option: "watch",
    flag: "watch",
    type: "switch",
    placeholder: "",
    help: "for development: replace the workers when a module in the handler's folder changes (default: off)",
  },
];

/** What an option, or its part, is called in errors of the server. */
export function settingKey({ option, part }: Pick<Setting, "option" | "part">): string {
  return part === undefined ? option : `${option}.${part}`;
}

/** The environment variable of a flag. */
export function variableOf(flag: string): string {
  return `PROMSLAB_${flag.toUpperCase().replaceAll("-", "_")}`;
}
