/**
 * The path of a request, compared without parsing its URL.
 *
 * @module
 */
// DATA PLANE

/** Whether an absolute URL has exactly this path. Does not parse the URL: this runs for every request. */
export function hasPath(url: string, path: string): boolean {
  // The scheme and the first character of the host take eight characters at least.
  const start = url.indexOf("/", 8);
  if (start < 0 || !url.startsWith(path, start)) return false;
  const end = start + path.length;
  if (end !== url.length && url[end] !== "?") return false;
  // A request may name a URL without a path: in http://host?/metrics the slash belongs to the query.
  for (let k = 7; k < start; k++) if (url[k] === "?" || url[k] === "#") return false;
  return true;
}
