/**
 * Serves the live page: for the admin port of `serve()`, or for any collector.
 *
 * @module
 */
import { eTag, ifNoneMatch } from "@std/http/etag";
import { STATUS_CODE } from "@std/http/status";
import type { Collector } from "../collect/collector.ts";
import { createSnapshotHandler } from "../exposition/snapshot_json.ts";
import { createReports } from "../server/admin_reports.ts";
import type { AdminRoute } from "../server/options.ts";
import type { Asset } from "./assets.ts";

/** Where a dashboard is. */
export interface DashboardOptions {
  /** The path of the page, with a slash at its end. Default `/`. */
  readonly path?: string;
}

/** Nothing from elsewhere, nothing inline: what a label value might smuggle into the page cannot run. */
const SECURITY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The page's own files, by their path below the page's. */
const FILES = ["", "dashboard/app.js", "dashboard/style.css", "dashboard/icon.svg"];

/**
 * The paths of the live page, for the option `adminRoutes` of `serve()`: the page at `/` and its files under
 * `/dashboard/`. What it shows comes from the admin port's own `/api/v1/snapshot`, `/api/v1/slabs` and
 * `/api/v1/families`. Main thread only.
 *
 * @returns routes by path
 *
 * @example A server with the dashboard on its admin port
 * ```ts ignore
 * import { serve } from "promslab";
 * import { dashboardRoutes } from "promslab/dashboard";
 *
 * const server = await serve({
 *   handler: new URL("./app.ts", import.meta.url),
 *   adminRoutes: dashboardRoutes(),
 * });
 * console.log(`dashboard: ${server.adminUrl}/`);
 * ```
 */
export function dashboardRoutes(): Readonly<Record<string, AdminRoute>> {
  return Object.fromEntries(
    FILES.map((file): [string, AdminRoute] => [`/${file}`, (request) => fileAnswer(request, file)]),
  );
}

/**
 * Makes a handler that serves the live page for a collector, with all that the page asks for. The collector's thread
 * only. It asks nobody who they are: put it where only those come who may see the metrics.
 *
 * @param collector what is shown
 * @param options where the page is
 * @returns answers one request; 404 for paths that are not the page's, 405 for methods other than GET and HEAD
 * @throws {RangeError} If the path does not begin and end with a slash
 *
 * @example The dashboard in a server of your own
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector } from "promslab";
 * import { createDashboard } from "promslab/dashboard";
 *
 * const dashboard = createDashboard(new Collector(), { path: "/internal/metrics/" });
 * const page = await dashboard(new Request("http://localhost/internal/metrics/"));
 * assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
 * ```
 */
export function createDashboard(
  collector: Collector,
  options: DashboardOptions = {},
): (request: Request) => Promise<Response> {
  const { path = "/" } = options;
  if (!path.startsWith("/") || !path.endsWith("/")) {
    throw new RangeError(
      `Cannot serve a dashboard at "${path}": wanted a path that begins and ends with "/"`,
    );
  }
  const routes: Record<string, AdminRoute> = {
    "/api/v1/snapshot": createSnapshotHandler(collector),
    ...createReports({ collector }),
    ...dashboardRoutes(),
  };
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (`${pathname}/` === path) {
      return Response.redirect(new URL(path, request.url), STATUS_CODE.PermanentRedirect);
    }
    const route = pathname.startsWith(path) ? routes[`/${pathname.slice(path.length)}`] : undefined;
    if (route === undefined) return plain(STATUS_CODE.NotFound, "not found");
    if (request.method !== "GET" && request.method !== "HEAD") return refused();
    return await route(request);
  };
}

/** Answers with a file, or that the client's copy is still good. */
async function fileAnswer(request: Request, file: string): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return refused();
  // WHY: loaded when somebody looks; most processes never show the page.
  const { ASSETS } = await import("./assets.ts");
  const { type, body }: Asset = ASSETS[file];
  const tag = await eTag(body);
  const headers = { ...SECURITY, "cache-control": "no-cache", ...(tag !== undefined && { etag: tag }) };
  if (!ifNoneMatch(request.headers.get("if-none-match"), tag)) {
    return new Response(null, { status: STATUS_CODE.NotModified, headers });
  }
  return new Response(request.method === "HEAD" ? null : body, {
    headers: { ...headers, "content-type": type },
  });
}

function refused(): Response {
  const response = plain(STATUS_CODE.MethodNotAllowed, "only GET and HEAD are allowed");
  response.headers.set("allow", "GET, HEAD");
  return response;
}

function plain(status: number, line: string): Response {
  return new Response(`${line}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
