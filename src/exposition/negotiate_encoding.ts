/**
 * Which content coding answers a scrape.
 *
 * @module
 */
// CONTROL PLANE
import { parseAccept } from "./accept.ts";

/** A content coding that a server may offer, and what is always there. */
export type ContentCoding = "identity" | "gzip" | "zstd";

/**
 * Chooses a content coding by the `Accept-Encoding` header alone. The one of the highest weight wins, of equal
 * weights the one offered first; no coding is what is left when the client takes nothing of what is offered.
 *
 * @param acceptEncoding the value of the header
 * @param offered the codings that the server can make, the preferred ones first
 *
 * @example A client that takes gzip
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { negotiateEncoding } from "promslab/exposition";
 *
 * assertEquals(negotiateEncoding("gzip, br", ["gzip", "identity"]), "gzip");
 * ```
 */
export function negotiateEncoding(
  acceptEncoding: string | null | undefined,
  offered: readonly ContentCoding[],
): ContentCoding {
  const clauses = parseAccept(acceptEncoding ?? "");
  const weightOf = (coding: ContentCoding) =>
    (clauses.find(({ value }) => value === coding || (coding === "gzip" && value === "x-gzip")) ??
      clauses.find(({ value }) => value === "*" && coding !== "identity"))?.q ?? 0;
  let best: ContentCoding = "identity";
  for (const coding of offered) {
    if (weightOf(coding) > weightOf(best)) best = coding;
  }
  return best;
}
