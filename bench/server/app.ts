/**
 * The application that is served: a cheap route, one that computes for about a millisecond, and one that streams.
 *
 * @module
 */
import { streamTokens } from "./stream_app.ts";

/** The path of the streams. */
export const STREAM_PATH = "/stream";

const WORK_PATH = "/work";

export default {
  /** Answers one request; `context` is there if promslab serves. */
  fetch(request: Request, context?: { route: string | undefined }): Response {
    const route = routeOf(request.url);
    if (context !== undefined) context.route = route;
    if (route === STREAM_PATH) return streamTokens(undefined);
    return route === WORK_PATH ? new Response(String(compute())) : new Response("Hello\n");
  },
};

/** The route's template. */
export function routeOf(url: string): string {
  return [WORK_PATH, STREAM_PATH].find((path) => url.endsWith(path)) ?? "/";
}

/** About a millisecond of arithmetic. */
function compute(): number {
  let state = 1;
  for (let step = 0; step < 200_000; step++) state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + step;
  return state >>> 0;
}
