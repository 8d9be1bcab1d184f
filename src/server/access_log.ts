/**
 * One line of JSON on stderr for each request, or for a share of them.
 *
 * @module
 */
// CONTROL PLANE

import { writeStderr } from "./log.ts";

/** How requests are logged. */
export interface AccessLogOptions {
  /** The share of requests that is logged, from 0 to 1. Those of status 500 and above are logged in any case. */
  readonly sample: number;
}

/** What a line says of a request. */
export interface AccessLogEntry {
  readonly worker: number;
  readonly requestId: string;
  readonly remoteAddress: string;
  readonly method: string;
  readonly path: string;
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
}

/** Decides which requests are logged, and writes them. */
export class AccessLog {
  readonly #sample: number;
  readonly #write: (line: string) => void;
  readonly #random: () => number;

  /** @param services writes a line, and draws from 0 to 1; standard error and `Math.random` by default */
  constructor(
    { sample }: AccessLogOptions,
    services: { write?: (line: string) => void; random?: () => number } = {},
  ) {
    this.#sample = sample;
    this.#write = services.write ?? ((line) => writeStderr(line));
    this.#random = services.random ?? Math.random;
  }

  /** Whether a request of this status is logged. */
  wants(status: number): boolean {
    return status >= 500 || this.#random() < this.#sample;
  }

  /** Writes a request's line. The query is not among it, as it may hold secrets. */
  write(entry: AccessLogEntry): void {
    const { milliseconds, ...rest } = entry;
    this.#write(JSON.stringify({
      time: new Date().toISOString(),
      ...rest,
      route: entry.route ?? null,
      seconds: Math.round(milliseconds * 1000) / 1e6,
    }));
  }
}
