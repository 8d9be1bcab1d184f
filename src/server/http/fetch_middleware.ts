/**
 * HTTP metrics for servers of the Fetch API that `serve()` does not run: plain handlers, Hono, Oak.
 *
 * @module
 */
// CONTROL PLANE
import { detectHost } from "../../host/detect.ts";
import { defaultRegistry } from "../../registry/default_registry.ts";
import { HttpMeter } from "./http_meter.ts";
import type { HttpMetricsOptions } from "./http_metrics_options.ts";
import { Measurement, type MeasurementParts } from "./measurement.ts";

/** A request whose route is told after its handler has run. */
class RoutedMeasurement extends Measurement {
  #route: string | undefined;

  override get route(): string | undefined {
    return this.#route;
  }

  /** Says which route has answered. */
  setRoute(route: string | undefined): void {
    this.#route = route;
  }
}

function partsOf(options: HttpMetricsOptions): MeasurementParts {
  const registry = options.registry ?? defaultRegistry;
  return { meter: new HttpMeter(options), publish: () => registry.publish(), bodies: detectHost().bodies };
}

/** What a handler of {@linkcode measureFetch} can say of its request. */
export interface RouteNotes {
  /** The template of the route that answers, such as `/users/:id`. */
  route: string | undefined;
}

/**
 * Counts the requests of a handler that `Deno.serve`, `Bun.serve` or the like calls. An exception is counted with
 * status 500 and thrown on. Not needed under `serve()`, which counts by itself.
 *
 * @param handler answers; its last argument takes the route
 *
 * @example A server of one thread
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { measureFetch, Registry } from "promslab";
 *
 * const handler = measureFetch((_request, notes) => {
 *   notes.route = "/users/:id";
 *   return new Response("Ann");
 * }, { registry: new Registry() });
 * const response = await handler(new Request("http://localhost/users/7"));
 * assertEquals(await response.text(), "Ann");
 * ```
 */
export function measureFetch(
  handler: (request: Request, notes: RouteNotes) => Response | Promise<Response>,
  options: HttpMetricsOptions = {},
): (request: Request) => Promise<Response> {
  const parts = partsOf(options);
  return async (request) => {
    const measurement = new RoutedMeasurement(parts, request);
    const notes: RouteNotes = { route: undefined };
    try {
      const response = await handler(request, notes);
      measurement.setRoute(notes.route);
      return measurement.finish(response);
    } catch (error) {
      measurement.setRoute(notes.route);
      measurement.fail();
      throw error;
    }
  };
}

/** The part of Hono's context that is used here. */
export interface HonoContext {
  /** The request, and the path of the handler that runs. */
  readonly req: { readonly raw: Request; readonly routePath: string };
  /** The response, once there is one. */
  res: Response;
}

/**
 * Middleware for Hono: `app.use(honoMetrics())`, before all other middleware. The route is the path that Hono
 * matched; requests that only middleware answered have none.
 *
 * @example An application of Hono
 * ```ts ignore
 * import { Hono } from "hono";
 * import { honoMetrics } from "promslab";
 *
 * const app = new Hono();
 * app.use(honoMetrics());
 * app.get("/users/:id", (c) => c.text(c.req.param("id")));
 * ```
 */
export function honoMetrics(
  options: HttpMetricsOptions = {},
): (context: HonoContext, next: () => Promise<void>) => Promise<void> {
  const parts = partsOf(options);
  return async (context, next) => {
    const measurement = new RoutedMeasurement(parts, context.req.raw);
    try {
      await next();
    } catch (error) {
      measurement.fail();
      throw error;
    }
    const { routePath } = context.req;
    measurement.setRoute(/(?:^|\/)\*$/.test(routePath) ? undefined : routePath);
    const response = context.res;
    const watched = measurement.finish(response);
    if (watched === response) return;
    // WHY: Hono merges the headers of the response that is there into one that is assigned; it must not find any.
    (context as { res: Response | undefined }).res = undefined;
    context.res = watched;
  };
}

/** The part of Oak's context that is used here. */
export interface OakContext {
  /** The request. */
  readonly request: { readonly method: string; readonly url: URL; readonly headers: Headers };
  /** The response in the making. */
  readonly response: { status: number; body?: unknown; readonly headers: Headers };
  /** Set by Oak's router: the routes that matched, the last of which answers. */
  readonly matched?: readonly { readonly path: string }[];
}

/**
 * Middleware for Oak: `app.use(oakMetrics())`, before all other middleware. The route is the path that Oak's
 * router matched.
 *
 * @example An application of Oak
 * ```ts ignore
 * import { Application, Router } from "@oak/oak";
 * import { oakMetrics } from "promslab";
 *
 * const router = new Router().get("/users/:id", (context) => void (context.response.body = context.params.id));
 * const app = new Application();
 * app.use(oakMetrics());
 * app.use(router.routes());
 * ```
 */
export function oakMetrics(
  options: HttpMetricsOptions = {},
): (context: OakContext, next: () => Promise<unknown>) => Promise<void> {
  const parts = partsOf(options);
  return async (context, next) => {
    const { method, url, headers } = context.request;
    const measurement = new RoutedMeasurement(
      parts,
      new Request(url, { method: fetchable(method), headers }),
    );
    try {
      await next();
    } catch (error) {
      measurement.setRoute(context.matched?.at(-1)?.path);
      measurement.fail();
      throw error;
    }
    measurement.setRoute(context.matched?.at(-1)?.path);
    const { response } = context;
    const { status } = response;
    const bodiless = status === 204 || status === 205 || status === 304;
    const streamed = response.body instanceof ReadableStream && !bodiless ? response.body : null;
    const watched = measurement.finish(new Response(streamed, { status, headers: response.headers }));
    if (streamed !== null) response.body = watched.body;
  };
}

/** A method that a `Request` may have: it takes neither CONNECT nor TRACE. */
function fetchable(method: string): string {
  return method === "CONNECT" || method === "TRACE" || method === "TRACK" ? "other" : method;
}
