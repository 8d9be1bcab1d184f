/**
 * Entity tags and the two conditions on them.
 *
 * @module
 */

/** How a tag is made. */
export interface ETagOptions {
  /** Digest algorithm, by default SHA-256. */
  algorithm?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";
  /** Whether the tag is weak: `W/"…"`. */
  weak?: boolean;
}

/** The tag of an entity: its length and a digest of its bytes. */
export async function eTag(entity: string | Uint8Array, options: ETagOptions = {}): Promise<string> {
  const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : entity;
  const digest = await crypto.subtle.digest(options.algorithm ?? "SHA-256", bytes as Uint8Array<ArrayBuffer>);
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const tag = `"${bytes.length.toString(16)}-${base64.slice(0, 27)}"`;
  return options.weak ? `W/${tag}` : tag;
}

/** Whether an `If-Match` value allows the request to go on; weak tags never do. */
export function ifMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag || etag.startsWith("W/")) return false;
  return value.trim() === "*" || tags(value).includes(etag);
}

/** Whether an `If-None-Match` value allows the request to go on, that is: the client's copy is not this one. */
export function ifNoneMatch(value: string | null, etag: string | undefined): boolean {
  if (!value || !etag) return true;
  if (value.trim() === "*") return false;
  return !tags(value).map(strong).includes(strong(etag));
}

function tags(value: string): string[] {
  return value.split(",").map((tag) => tag.trim());
}

function strong(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
