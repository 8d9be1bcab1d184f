/**
 * A scrape and its answer, as they travel between the thread that is asked and the thread that reads the slabs.
 *
 * @module
 */
import type { ScrapeBody } from "./scrape_body.ts";

/** What decides how a scrape is answered. */
export interface ScrapeRequest {
  readonly method: string;
  /** The `Accept` header. */
  readonly accept: string | null;
  /** The `Accept-Encoding` header. */
  readonly acceptEncoding: string | null;
  /** The `Authorization` header. */
  readonly authorization: string | null;
  /** The URL's query, without the question mark. */
  readonly query: string;
  /** The `X-Prometheus-Scrape-Timeout-Seconds` header. */
  readonly timeoutSeconds: string | null;
}

/** Status and headers of the answer to a scrape. */
export interface ScrapeResponseHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A part of the body of such an answer. */
export interface ScrapeChunk {
  /** The scrape's number. */
  readonly id: number;
  /** WHY not a view: Deno looks at every element of one that is posted, which takes 100 ms for a mebibyte. */
  readonly bytes: ArrayBuffer;
  /** Whether there are pieces behind it. */
  readonly hasMore: boolean;
  /** Why there will be no more, though there should be. */
  readonly error?: string;
}

/** The answer to a scrape. Whoever gets it reads the body to its end or closes it. */
export interface ScrapeResponse extends ScrapeResponseHead {
  readonly body: ScrapeBody;
}
