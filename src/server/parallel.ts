/**
 * The library in an application that Deno itself runs on several threads: `deno serve --parallel`.
 *
 * @module
 */
// CONTROL PLANE
import { ThreadMesh } from "../collect/thread_mesh.ts";
import { detectHost } from "../host/detect.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { ContextScope, Handler } from "./context.ts";
import { HttpMeter } from "./http/http_meter.ts";
import { logError, logLine } from "./log.ts";
import { endOnSignals } from "./parallel_signals.ts";
import { createPipeline } from "./pipeline.ts";
import { scrapeRequest, scrapeResponse } from "./scrape/scrape_response.ts";
import type { ScrapeOptions } from "./scrape/scrape_options.ts";
import { Scraper } from "./scrape/scraper.ts";

/** Options of {@linkcode parallel}. */
export interface ParallelOptions {
  /** The path that answers with the metrics of all threads. Default `/metrics`; `false` for none. */
  readonly metricsPath?: string | false;
  /** Whether requests are counted without the handler's doing. Default true. */
  readonly instrument?: boolean;
  /** How scrapes are answered. */
  readonly scrape?: ScrapeOptions;
  /** The longest to wait for other threads, in milliseconds; one that hangs does not answer. Default 1000. */
  readonly deadlineMs?: number;
  /** Takes a line about what happens to the server, for people. Default: standard error. */
  readonly log?: (line: string) => void;
}

/** What `deno serve` takes as a module's default export. */
export interface ParallelHandler {
  /** Answers one request. */
  fetch(request: Request, info?: unknown): Response | Promise<Response>;
}

/** What `deno serve` tells of a request's connection. */
interface ServeInfo {
  readonly remoteAddr?: { readonly hostname?: string };
}

/**
 * Makes a handler whose metrics are complete in every thread of `deno serve --parallel`: the threads find each other's
 * slabs, and any of them answers `/metrics` for all. Call it at the top level of the module that `deno serve` runs,
 * after the metrics are defined. There is no admin port and no replacement of threads; see `serve()` for those.
 * SIGTERM and SIGINT end the process: at once in its first ten seconds, in which threads may still be starting.
 *
 * @returns the module's default export, when all threads read this one's slab
 *
 * @example The module that `deno serve --parallel` runs
 * ```ts ignore
 * import { Counter, parallel } from "promslab";
 *
 * const greetings = new Counter({ name: "app_greetings_total", help: "Greetings said." });
 *
 * export default await parallel({
 *   fetch(_request, context) {
 *     context.route = "/";
 *     greetings.inc();
 *     return new Response("Hello");
 *   },
 * });
 * ```
 */
export async function parallel(handler: Handler, options: ParallelOptions = {}): Promise<ParallelHandler> {
  const { metricsPath = "/metrics", instrument = true, log = logLine } = options;
  const host = detectHost();
  const meter = instrument ? new HttpMeter(handler.httpMetrics) : undefined;
  const joining = ThreadMesh.join({ deadlineMs: options.deadlineMs, onProblem: log });
  // WHY: an open channel keeps the process alive after the signal that is to end it.
  endOnSignals(host, () => joining.then((mesh) => mesh.close()));
  const mesh = await joining;
  mesh.exposeSelfMetrics();
  const scraper = new Scraper(mesh.collector, { options: options.scrape, registry: defaultRegistry });
  const scope: ContextScope = {
    worker: mesh.slot,
    listener: {
      remoteAddress: (_request, info) => (info as ServeInfo | undefined)?.remoteAddr?.hostname ?? "",
      onClientGone: (request, _info, listener) =>
        request.signal.addEventListener("abort", listener, { once: true }),
    },
    pending: new Set(),
    sockets: new Set(),
    inFlightCount: 0,
    onError: (what, error) => logError(`thread ${mesh.slot}: ${what}`, error),
  };
  const fetch = createPipeline({
    handler,
    scope,
    meter,
    publish: () => defaultRegistry.publish(),
    metricsPath: metricsPath === false ? undefined : metricsPath,
    scrape: async (request) => scrapeResponse(await scraper.answer(scrapeRequest(request))),
    bodies: host.bodies,
    isClosing: () => false,
  });
  return { fetch: (request, info) => fetch(request, info) };
}
