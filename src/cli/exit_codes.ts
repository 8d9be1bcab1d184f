/**
 * The exit codes of the command line.
 *
 * @module
 */

/** What a command ends with, as shells have it: 2 is what `bash`, `grep` and Prometheus itself end with on bad usage. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** A row of the documentation. */
export interface ExitCodeRow {
  readonly code: string;
  /** What it means of `serve`, `server` and `demo`. */
  readonly servers: string;
  /** What it means of `top`, `check` and `inspect`. */
  readonly tools: string;
}

/** The codes with what they mean; the reference is made of them. */
export const EXIT_CODE_ROWS: readonly ExitCodeRow[] = [
  {
    code: String(EXIT.ok),
    servers: "drained, also if something was cut at the deadline",
    tools: "done; `check` found nothing",
  },
  {
    code: String(EXIT.failed),
    servers: "did not start though it was told well: an address, the handler, a worker, a permission",
    tools: "`check` found something",
  },
  {
    code: String(EXIT.usage),
    servers:
      "cannot do what it was told: a flag, a variable, a value, the configuration file, a file that a setting names",
    tools: "the same, or the target cannot be read",
  },
  { code: "130, 143", servers: "ended at once by a second SIGINT, SIGTERM", tools: "ended by the signal" },
];
