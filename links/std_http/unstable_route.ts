/**
 * Requests to handlers, by URL pattern and method.
 *
 * @module
 */

/** What the original takes from `Deno.ServeHandlerInfo`: whatever the caller hands over. */
export type HandlerInfo = Deno.ServeHandlerInfo;

/** Answers a request that matched a pattern. */
export type Handler = (
  request: Request,
  params: URLPatternResult,
  info?: HandlerInfo,
) => Response | Promise<Response>;

/** Answers any request. */
export type RequestHandler = (request: Request, info?: HandlerInfo) => Response | Promise<Response>;

/** One pattern, its methods (GET if left out) and its handler. */
export interface Route {
  /** What the URL must look like. */
  pattern: URLPattern;
  /** One method or several, in any case; GET if left out. */
  method?: string | string[];
  /** Called for a match. */
  handler: Handler;
}

/** Makes one handler of many routes: the first that matches answers, or else `defaultHandler`. */
export function route(routes: Route[], defaultHandler: RequestHandler): RequestHandler {
  return (request, info) => {
    for (const { pattern, method, handler } of routes) {
      if (!allows(method, request.method)) continue;
      const params = pattern.exec(request.url);
      if (params) return handler(request, params, info);
    }
    return defaultHandler(request, info);
  };
}

function allows(method: string | string[] | undefined, given: string): boolean {
  const allowed = Array.isArray(method) ? method : [method ?? "GET"];
  return allowed.some((one) => one.toUpperCase() === given);
}
