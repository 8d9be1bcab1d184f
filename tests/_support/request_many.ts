/**
 * A bounded load: so many requests, so many at a time, then an account of what came back.
 *
 * @module
 */

/** What to send, and how. */
export interface LoadOptions {
  /** The URL of each request, by its number from 0; one string for all of them. */
  readonly url: string | ((index: number) => string);
  /** How many requests are sent in all. */
  readonly total: number;
  /** How many are under way at a time. Default 16. */
  readonly concurrency?: number;
  /** Whether connections are kept for further requests; else each request opens one of its own. Default true. */
  readonly keepAlive?: boolean;
  /** Method, headers, body; the same for each request. */
  readonly init?: RequestInit;
  /** No request begins after so many milliseconds. Default 60 000. */
  readonly deadlineMs?: number;
  /** Ends the load early: no further request begins. */
  readonly signal?: AbortSignal;
}

/** What came back. */
export interface LoadResult {
  /** Responses read to their end, by status. */
  readonly statuses: Map<number, number>;
  /** Requests without a complete response, by message. */
  readonly errors: Map<string, number>;
  /** Complete responses. */
  readonly answered: number;
  /** Time from the first request to the last response, in seconds. */
  readonly seconds: number;
  /** Time of each complete response in milliseconds, ascending. */
  readonly latenciesMs: readonly number[];
}

/** Sends the requests and reads each response to its end. A request that fails is counted, not thrown, and not repeated. */
export async function requestMany(options: LoadOptions): Promise<LoadResult> {
  const { url, total, concurrency = 16, keepAlive = true, deadlineMs = 60_000, signal } = options;
  const client = Deno.createHttpClient(
    keepAlive ? { poolMaxIdlePerHost: concurrency } : { poolMaxIdlePerHost: 0 },
  );
  const headers = new Headers(options.init?.headers);
  if (!keepAlive) headers.set("connection", "close");
  const statuses = new Map<number, number>();
  const errors = new Map<string, number>();
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < total && !signal?.aborted && performance.now() - startMs < deadlineMs) {
      const index = next++;
      const sentMs = performance.now();
      try {
        const response = await fetch(typeof url === "string" ? url : url(index), {
          ...options.init,
          headers,
          client,
        });
        await response.arrayBuffer();
        latenciesMs.push(performance.now() - sentMs);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      } catch (error) {
        const { message } = error as Error;
        errors.set(message, (errors.get(message) ?? 0) + 1);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, total) }, lane));
  const seconds = (performance.now() - startMs) / 1000;
  client.close();
  return {
    statuses,
    errors,
    answered: latenciesMs.length,
    seconds,
    latenciesMs: latenciesMs.sort((a, b) => a - b),
  };
}
