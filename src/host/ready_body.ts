/**
 * The size of a body that is no stream.
 *
 * @module
 */

const encoder = new TextEncoder();

/** How many bytes a body has once it is sent; undefined for what only the runtime can turn into bytes. */
export function bytesOf(body: unknown): number | undefined {
  if (body === null || body === undefined) return 0;
  if (typeof body === "string") return encoder.encode(body).byteLength;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return body.byteLength;
  if (body instanceof Blob) return body.size;
  if (body instanceof URLSearchParams) return encoder.encode(String(body)).byteLength;
  return undefined;
}
