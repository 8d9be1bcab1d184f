/**
 * The part of a Pushgateway's URL that names a group.
 *
 * @module
 */
// CONTROL PLANE
import { givenText } from "../model/given_text.ts";
import { isLegacyLabelName } from "../model/names.ts";

/** The labels that all metrics of a group have; `job` is always the first. */
export type Grouping = Readonly<Record<string, string>>;

/**
 * The path of a group: `/metrics/job/NAME`, then name and value of each label. A value that is empty or has a slash
 * goes in base64.
 *
 * @throws {TypeError} If the job is no string
 * @throws {RangeError} If the job is empty or a label's name is not valid
 */
export function groupingPath(job: string, grouping: Grouping = {}): string {
  if (typeof job !== "string") {
    throw new TypeError(`Cannot push: wanted a job's name, given ${givenText(job)}`);
  }
  if (job === "") throw new RangeError('Cannot push as job "": wanted a name');
  const labels: [string, string][] = [["job", job], ...Object.entries(grouping)];
  const parts = labels.map(([name, value], i) => {
    if (!isLegacyLabelName(name) || (i > 0 && name === "job")) {
      throw new RangeError(
        `Cannot push with grouping label "${name}": wanted letters, digits and "_", and not job`,
      );
    }
    return value === "" || value.includes("/")
      ? `/${name}@base64/${base64Url(value)}`
      : `/${name}/${encodeURIComponent(value)}`;
  });
  return `/metrics${parts.join("")}`;
}

/** Base64 with the alphabet of URLs, without padding; one padding character where there would be nothing. */
function base64Url(text: string): string {
  if (text === "") return "=";
  const binary = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
