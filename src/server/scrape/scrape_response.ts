/**
 * Scrapes in the words of the Fetch API.
 *
 * @module
 */
// CONTROL PLANE
import type { ScrapeRequest, ScrapeResponse } from "./scrape_messages.ts";
import type { ScrapeBody } from "./scrape_body.ts";

/** What of a request decides how its scrape is answered. */
export function scrapeRequest(request: Request): ScrapeRequest {
  const { headers, method, url } = request;
  const queryStart = url.indexOf("?");
  return {
    method,
    accept: headers.get("accept"),
    acceptEncoding: headers.get("accept-encoding"),
    authorization: headers.get("authorization"),
    query: queryStart < 0 ? "" : url.slice(queryStart + 1),
    timeoutSeconds: headers.get("x-prometheus-scrape-timeout-seconds"),
  };
}

/** The response that an answer is: a small body at once, a large one as fast as it is read. */
export function scrapeResponse({ status, headers, body }: ScrapeResponse): Response {
  if (!body.hasMore) return new Response(null, { status, headers });
  const first = body.read()!;
  return new Response(body.hasMore ? streamOf(first, body) : first, { status, headers });
}

function streamOf(first: Uint8Array<ArrayBuffer>, body: ScrapeBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    pull(controller) {
      const piece = body.read();
      if (piece === undefined) return controller.close();
      controller.enqueue(piece);
      if (!body.hasMore) controller.close();
    },
    cancel: () => body.close(),
  }, { highWaterMark: 0 });
}
