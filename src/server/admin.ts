/**
 * The admin port's paths: metrics, health, and what the caller adds.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_CODE } from "@std/http/status";
import { type Route, route } from "@std/http/unstable-route";
import { CHALLENGE, hasToken } from "./admin_token.ts";
import { hasPath } from "./has_path.ts";
import { plainResponse } from "./request_limits.ts";
import type { ScrapeRequest, ScrapeResponse } from "./scrape/scrape_messages.ts";
import type { AdminRoute } from "./options.ts";
import { scrapeRequest, scrapeResponse } from "./scrape/scrape_response.ts";
import type { CrashLoop } from "./workers/supervisor.ts";

/** Whether requests are answered as they should be. */
export interface Readiness {
  /** How many workers accept requests, of how many. */
  readonly ready: number;
  readonly wanted: number;
  readonly draining: boolean;
  /** The slots whose workers end early, one after the other. */
  readonly crashLoops: readonly CrashLoop[];
}

/** What the admin port's answers depend on. */
export interface AdminParts {
  readonly scrape: (request: ScrapeRequest) => Promise<ScrapeResponse>;
  /** Answers with all values as plain objects. */
  readonly snapshot: AdminRoute;
  /** What else is told by GET, by path. */
  readonly reports: Readonly<Record<string, AdminRoute>>;
  readonly readiness: () => Readiness;
  readonly routes: Readonly<Record<string, AdminRoute>>;
  /** What a client must show on all paths but those of health. */
  readonly token: string | undefined;
}

const METRICS_PATH = "/metrics";

const TEXT = { "content-type": "text/plain; charset=utf-8" };

/** The caller's own paths see every method; it is theirs to refuse. */
const ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The handler of the admin port. Main thread only. */
export function createAdminHandler(parts: AdminParts): (request: Request) => Response | Promise<Response> {
  const own: Record<string, AdminRoute> = {
    [METRICS_PATH]: (request) => metrics(parts, request),
    "/api/v1/snapshot": guard(parts.snapshot, parts),
    ...Object.fromEntries(
      Object.entries(parts.reports).map(([path, report]) => [path, guard(report, parts)]),
    ),
    "/-/healthy": () => text(STATUS_CODE.OK, "healthy"),
    "/-/ready": () => readiness(parts),
  };
  const routes = [
    ...Object.entries(own).map((entry) => routeOf(entry, ["GET", "HEAD"])),
    ...Object.entries(parts.routes).map(([path, handler]) =>
      routeOf([path, guard(handler, parts)], ANY_METHOD)
    ),
  ];
  const routed = route(routes, () => text(STATUS_CODE.NotFound, "not found"));
  return (request) => {
    // WHY not by its pattern: that takes a twentieth of what a small scrape takes altogether. Other spellings of the path,
    // such as /./metrics, come to the same by their pattern.
    const { method } = request;
    if ((method === "GET" || method === "HEAD") && hasPath(request.url, METRICS_PATH)) {
      return metrics(parts, request);
    }
    return routed(request);
  };
}

/** Lets only those in who have the token. The scraper asks for it by itself. */
function guard(handler: AdminRoute, { token }: AdminParts): AdminRoute {
  if (token === undefined) return handler;
  return (request) => {
    if (hasToken(request.headers.get("authorization"), token)) return handler(request);
    return plainResponse(STATUS_CODE.Unauthorized, { "www-authenticate": CHALLENGE });
  };
}

function routeOf([pathname, handler]: [string, AdminRoute], method: string[]): Route {
  return { pattern: new URLPattern({ pathname }), method, handler: (request) => handler(request) };
}

async function metrics(parts: AdminParts, request: Request): Promise<Response> {
  return scrapeResponse(await parts.scrape(scrapeRequest(request, parts.token !== undefined)));
}

/**
 * Ready means that requests are answered: while one worker is being replaced, the others do. A worker that cannot be
 * replaced for good is another matter: the others serve on, but somebody should look.
 */
function readiness(parts: AdminParts): Response {
  const { ready, wanted, draining, crashLoops } = parts.readiness();
  const counted = `${ready} of ${wanted} workers accept`;
  if (draining) return text(STATUS_CODE.ServiceUnavailable, `draining: ${counted}`);
  const loops = crashLoops.map(({ slot, cause }) =>
    `; worker ${slot} is in a crash loop, ended last as ${cause}`
  );
  if (ready > 0 && loops.length === 0) return text(STATUS_CODE.OK, `ready: ${counted}`);
  return text(STATUS_CODE.ServiceUnavailable, `not ready: ${counted}${loops.join("")}`);
}

function text(status: number, line: string): Response {
  return new Response(`${line}\n`, { status, headers: TEXT });
}
