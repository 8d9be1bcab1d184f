/**
 * Answers scrapes in servers that `serve()` does not run.
 *
 * @module
 */
// CONTROL PLANE
import { Collector } from "../collect/collector.ts";
import type { NodeRequest, NodeResponse } from "./node_middleware.ts";
import { Scraper } from "./scraper.ts";
import { scrapeQuestion } from "./scrape_client.ts";

/** Options of a metrics handler. */
export interface MetricsHandlerOptions {
  /** What is exposed. Default: this thread's own registry. */
  readonly collector?: Collector;
}

/**
 * A handler of the Fetch API that answers with the metrics, in the format and coding that the client asks for. It
 * keeps what it rendered last, so make one and keep it. One thread only, the collector's.
 *
 * @example A scrape
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { Collector, Counter, createMetricsHandler, Registry } from "promslab";
 *
 * const registry = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs done.", registry }).inc();
 * const metrics = createMetricsHandler({ collector: new Collector(registry) });
 * const response = await metrics(new Request("http://localhost/metrics"));
 * assertStringIncludes(await response.text(), "jobs_total 1\n");
 * ```
 */
export function createMetricsHandler(
  options: MetricsHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const scraper = new Scraper(options.collector ?? new Collector());
  return async (request) => {
    const { status, headers, body } = await scraper.answer(scrapeQuestion(request));
    return new Response(request.method === "HEAD" ? null : body, { status, headers });
  };
}

/** The same for servers over `node:http`, Express and Fastify's raw messages. */
export function createNodeMetricsHandler(
  options: MetricsHandlerOptions = {},
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const scraper = new Scraper(options.collector ?? new Collector());
  return async (request, response) => {
    const [, query = ""] = (request.url ?? "").split("?", 2);
    const { status, headers, body } = await scraper.answer({
      method: request.method ?? "GET",
      accept: headerOf(request, "accept"),
      acceptEncoding: headerOf(request, "accept-encoding"),
      query,
    });
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(request.method === "HEAD" ? undefined : body);
  };
}

function headerOf({ headers }: NodeRequest, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(",") : value) ?? null;
}
