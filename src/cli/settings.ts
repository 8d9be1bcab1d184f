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
  /** What the value is. `switch` flags stand alone or as `--no-…`. */
  readonly type: "number" | "text" | "switch";
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
    option: "httpFamilies",
    flag: "http-families",
    type: "text",
    placeholder: "CONVENTION",
    help: "names of the HTTP families: prometheus, opentelemetry or fastapi (default: prometheus)",
  },
  {
    option: "instrument",
    flag: "instrument",
    type: "switch",
    placeholder: "",
    help: "count requests; --no-instrument does not (default: on)",
  },
];

/** The environment variable of a flag. */
export function variableOf(flag: string): string {
  return `PROMSLAB_${flag.toUpperCase().replaceAll("-", "_")}`;
}
