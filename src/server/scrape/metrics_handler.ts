/**
 * Answers scrapes in servers that `serve()` does not run.
 *
 * @module
 */
// CONTROL PLANE
import { Collector } from "../../collect/collector.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { Registry } from "../../registry/registry.ts";
import type { NodeRequest, NodeResponse } from "../http/node_middleware.ts";
import type { ScrapeBody } from "./scrape_body.ts";
import type { ScrapeOptions } from "./scrape_options.ts";
import { scrapeRequest, scrapeResponse } from "./scrape_response.ts";
import { Scraper } from "./scraper.ts";

/** Options of a metrics handler. */
export interface MetricsHandlerOptions extends ScrapeOptions {
  /** What is exposed. Default: this thread's own registry. */
  readonly collector?: Collector;
  /**
   * Where the handler's own families go: `promhttp_metric_handler_*` and `promslab_scrape_*`. Default: the default
   * registry; with a collector of your own nowhere.
   */
  readonly registry?: Registry;
}

/**
 * A handler of the Fetch API that answers with the metrics, in the format and coding that the client asks for. It
 * keeps what it rendered last, so make one and keep it. One thread only, the collector's.
 *
 * @throws {RangeError} If an option has a value that it cannot have
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
  const scraper = scraperOf(options);
  return async (request) => scrapeResponse(await scraper.answer(scrapeRequest(request)));
}

/**
 * The same for servers over `node:http`, Express and Fastify's raw messages.
 *
 * @example The metrics of a `node:http` server
 * ```ts ignore
 * import { createServer } from "node:http";
 * import { createNodeMetricsHandler } from "promslab";
 *
 * const metrics = createNodeMetricsHandler();
 * createServer((request, response) => void metrics(request, response)).listen(9464);
 * ```
 */
export function createNodeMetricsHandler(
  options: MetricsHandlerOptions = {},
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  const scraper = scraperOf(options);
  return async (request, response) => {
    const [, query = ""] = (request.url ?? "").split("?", 2);
    const { status, headers, body } = await scraper.answer({
      method: request.method ?? "GET",
      accept: headerOf(request, "accept"),
      acceptEncoding: headerOf(request, "accept-encoding"),
      authorization: headerOf(request, "authorization"),
      query,
      timeoutSeconds: headerOf(request, "x-prometheus-scrape-timeout-seconds"),
    });
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    await send(body, response);
  };
}

function scraperOf({ collector, registry, ...options }: MetricsHandlerOptions): Scraper {
  return new Scraper(collector ?? new Collector(), {
    options,
    registry: registry ?? (collector === undefined ? defaultRegistry : undefined),
  });
}

/** Writes piece by piece, each when the one before it is out. */
async function send(body: ScrapeBody, response: NodeResponse): Promise<void> {
  // WHY: a message whose connection is gone may call back for no write any more.
  const gone = new Promise<void>((resolve) => {
    response.on("close", () => {
      body.close();
      resolve();
    });
  });
  try {
    for (let piece = body.read(); piece !== undefined; piece = body.read()) {
      if (!body.hasMore) return void response.end(piece);
      const written = new Promise<void>((resolve) => void response.write(piece, () => resolve()));
      await Promise.race([written, gone]);
    }
    response.end();
  } catch {
    response.destroy?.();
  }
}

function headerOf({ headers }: NodeRequest, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(",") : value) ?? null;
}
