/**
 * Scrapes in the words of the Fetch API.
 *
 * @module
 */
// CONTROL PLANE
import type { ScrapeRequest, ScrapeResponse } from "./scrape_messages.ts";
import type { ScrapeBody } from "./scrape_body.ts";

/**
 * What of a request decides how its scrape is answered.
 *
 * @param wantsToken whether the token that it shows matters; it is not looked for otherwise
 */
export function scrapeRequest(request: Request, wantsToken = true): ScrapeRequest {
  const { headers, method, url } = request;
  const queryStart = url.indexOf("?");
  return {
    method,
    accept: headers.get("accept"),
    acceptEncoding: headers.get("accept-encoding"),
    authorization: wantsToken ? headers.get("authorization") : null,
    query: queryStart < 0 ? "" : url.slice(queryStart + 1),
    timeoutSeconds: headers.get("x-prometheus-scrape-timeout-seconds"),
  };
}

/** The response that an answer is: a small body at once, a large one as fast as it is read. */
export function scrapeResponse({ status, headers, body }: ScrapeResponse): Response {
  if (!body.hasMore) return new Response(null, { status, headers });
  const { whole } = body;
  if (whole !== undefined) {
    // WHY without a copy: a response of the Fetch standard copies the bytes that it is made of.
    const response = new Response(whole, { status, headers });
    body.close();
    return response;
  }
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
