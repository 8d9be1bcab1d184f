/**
 * Choice of a content encoding by the client's preferences.
 *
 * @module
 */

interface Preference {
  readonly name: string;
  readonly quality: number;
  readonly index: number;
}

/** The encodings that the client accepts, best first; `*` without a header. */
export function acceptsEncodings(request: Pick<Request, "headers">): string[];
/** The best of `encodings` for this client; the first of them without a header; undefined if none will do. */
export function acceptsEncodings<T extends string>(
  request: Pick<Request, "headers">,
  ...encodings: T[]
): T | undefined;
export function acceptsEncodings(
  request: Pick<Request, "headers">,
  ...encodings: string[]
): string[] | string | undefined {
  const header = request.headers.get("accept-encoding");
  if (!header) return encodings.length > 0 ? encodings[0] : ["*"];
  const preferences = parse(header);
  if (encodings.length === 0) {
    return preferences.filter((one) => one.quality > 0).sort(byPreference).map((one) => one.name);
  }
  const candidates = encodings.flatMap((name) => {
    const best = preferences.find((one) => one.name === name.toLowerCase()) ??
      preferences.find((one) => one.name === "*");
    if (best) return best.quality > 0 ? [{ ...best, name }] : [];
    // No encoding at all is acceptable unless it is excluded by name or by the asterisk.
    return name === "identity" ? [{ name, quality: 0, index: preferences.length }] : [];
  });
  return candidates.sort(byPreference)[0]?.name;
}

function parse(header: string): Preference[] {
  return header.split(",").map((part, index) => {
    const [name, ...parameters] = part.split(";").map((word) => word.trim());
    const quality = parameters.find((word) => word.startsWith("q="));
    return { name: name.toLowerCase(), quality: quality ? Number(quality.slice(2)) || 0 : 1, index };
  });
}

function byPreference(a: Preference, b: Preference): number {
  return b.quality - a.quality || a.index - b.index;
}
