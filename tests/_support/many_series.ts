/**
 * A server of many series in a process of its own.
 *
 * @module
 */
import { type RunningCommand, startCommand } from "./command.ts";

/** What is served. */
export interface ManySeriesOptions {
  readonly series: number;
  /** Default 2. */
  readonly workers?: number;
  /** The option `scrape` of `serve()`. */
  readonly scrape?: Readonly<Record<string, unknown>>;
}

/** What a scrape came to. */
export interface ScrapeResult {
  readonly status: number;
  /** The bytes that came, decompressed. */
  readonly byteLength: number;
  readonly ms: number;
  readonly retryAfter: string | null;
}

/** The running server. Made with `await using`, it is ended with the block. */
export class ManySeriesServer implements AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  readonly port: number;
  readonly adminPort: number;
  readonly #command: RunningCommand;
  readonly #workers: number;

  constructor(command: RunningCommand, workers: number) {
    const [, url, adminUrl] = command.ready!;
    this.#command = command;
    this.#workers = workers;
    this.url = url;
    this.adminUrl = adminUrl;
    this.port = Number(new URL(url).port);
    this.adminPort = Number(new URL(adminUrl).port);
  }

  /** Scrapes the admin port and throws the body away as it comes. */
  scrape(headers: Record<string, string> = {}): Promise<ScrapeResult> {
    return timedScrape(this.adminUrl, headers);
  }

  /** How many scrapes are being answered, that one included. */
  async inFlight(): Promise<number> {
    const name = "promhttp_metric_handler_requests_in_flight";
    const text = await (await fetch(`${this.adminUrl}/metrics?name[]=${name}`)).text();
    return Number(/ (\d+)\n$/.exec(text)?.[1] ?? NaN);
  }

  /** Changes every series of the workers that get the requests. */
  async countUp(): Promise<void> {
    for (let i = 0; i < this.#workers; i++) {
      await (await fetch(`${this.url}/count`, { headers: { connection: "close" } })).text();
    }
  }

  /** The memory of the server's process. */
  residentBytes(): number {
    return residentBytes(this.#command.pid);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#command[Symbol.asyncDispose]();
  }
}

/** Scrapes a server and throws the body away as it comes. */
export async function timedScrape(url: string, headers: Record<string, string> = {}): Promise<ScrapeResult> {
  const startMs = performance.now();
  const response = await fetch(`${url}/metrics`, { headers: { "accept-encoding": "identity", ...headers } });
  let byteLength = 0;
  for await (const piece of response.body ?? []) byteLength += piece.length;
  const { status } = response;
  return {
    status,
    byteLength,
    ms: performance.now() - startMs,
    retryAfter: response.headers.get("retry-after"),
  };
}

/** The memory of a process. */
export function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** Starts the server and waits until its series are there. */
export async function startManySeries(options: ManySeriesOptions): Promise<ManySeriesServer> {
  const { series, workers = 2, scrape = {} } = options;
  const command = await startCommand({
    command: ["deno", "run", "-A", "tests/testdata/apps/many_series_server.ts"],
    ready: /^many series ready: (\S+) (\S+)$/m,
    env: { SERIES: String(series), WORKERS: String(workers), SCRAPE: JSON.stringify(scrape) },
    deadlineMs: 300_000,
  });
  return new ManySeriesServer(command, workers);
}
