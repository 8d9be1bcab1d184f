/**
 * How an application counts its requests with a library of prom-client's interface: the families that promslab's
 * server has, filled by hand around the handler.
 *
 * @module
 */
import { BUCKETS } from "../micro/works.ts";
import { bodyText, type Library } from "../peers/prom_client_api.ts";
import { routeOf } from "./app.ts";

/** A handler of requests. */
export type Handler = (request: Request) => Response | Promise<Response>;

/** Wraps a handler so that its requests are counted and `/metrics` tells about them. */
export function measure(library: Library, handler: Handler): Handler {
  const labelNames = ["method", "route", "status"];
  const requests = library.counter({ name: "http_requests_total", help: "Requests answered.", labelNames });
  const seconds = library.histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request's head to the response.",
    labelNames,
    buckets: [...BUCKETS],
  });
  const inFlight = library.gauge({ name: "http_requests_in_flight", help: "Open requests.", labelNames: [] });
  let open = 0;
  return async (request) => {
    if (request.url.endsWith("/metrics")) return new Response(bodyText(await library.scrape()));
    const startMs = performance.now();
    inFlight.set(++open);
    const response = await handler(request);
    const labels = { method: request.method, route: routeOf(request.url), status: String(response.status) };
    requests.inc(labels);
    seconds.observe(labels, (performance.now() - startMs) / 1000);
    inFlight.set(--open);
    return response;
  };
}
