/**
 * Paths as URLs.
 *
 * @module
 */
import { pathToFileURL } from "node:url";

/** The `file:` URL of an absolute path. */
export function toFileUrl(path: string): URL {
  return pathToFileURL(path);
}
