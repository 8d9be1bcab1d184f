/**
 * Which requests are counted.
 *
 * @module
 */
// CONTROL PLANE

/** A set of requests: those of any of these paths, methods or routes. */
export interface RequestFilter {
  /** Paths, whole as text or matched by a pattern. */
  readonly paths?: readonly (string | RegExp)[];
  /** Methods, in capitals. */
  readonly methods?: readonly string[];
  /** Route templates, whole as text or matched by a pattern. */
  readonly routes?: readonly (string | RegExp)[];
}

/** Tells whether a request is in a {@linkcode RequestFilter}; what needs to be known before and after the handler ran. */
export class RequestMatcher {
  /** Whether a look at the path is needed at all. */
  readonly looksAtPath: boolean;
  readonly #filter: RequestFilter;

  constructor(filter: RequestFilter) {
    this.#filter = filter;
    this.looksAtPath = (filter.paths?.length ?? 0) > 0;
  }

  /** By what is known when the request comes. */
  matchesRequest(method: string, path: string): boolean {
    const { methods, paths } = this.#filter;
    return methods?.includes(method) === true || matches(paths, path);
  }

  /** By what is known when the handler has run. */
  matchesRoute(route: string): boolean {
    return matches(this.#filter.routes, route);
  }
}

function matches(patterns: readonly (string | RegExp)[] | undefined, text: string): boolean {
  if (patterns === undefined) return false;
  return patterns.some((pattern) =>
    typeof pattern === "string" ? pattern === text : text.search(pattern) >= 0
  );
}

/** The path of an absolute URL, without parsing it. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", 8);
  if (start < 0) return "/";
  const query = url.indexOf("?", start);
  return query < 0 ? url.slice(start) : url.slice(start, query);
}
