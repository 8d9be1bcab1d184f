/**
 * The text of `--version`.
 *
 * @module
 */
import { detectHost } from "../host/detect.ts";
import { VERSION } from "../server/version.ts";

/** The version, and what runs it: what a report of a mistake should begin with. */
export function versionText(): string {
  const { name, version } = detectHost();
  return `promslab ${VERSION} (${name} ${version})`;
}
