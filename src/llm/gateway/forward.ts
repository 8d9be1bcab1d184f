/**
 * One try to have an upstream answer a request.
 *
 * @module
 */
import type { Upstream } from "./upstream.ts";

/** Headers that belong to a connection, or that are made anew for the next one. */
const NOT_FORWARDED = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers of an answer that are not passed on: the body is, but not as it was packed. */
const NOT_RETURNED = new Set([...NOT_FORWARDED, "content-encoding"]);

/** What is forwarded. */
export interface Forwarded {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string | undefined;
  readonly requestId: string;
  /** Aborts the try. */
  readonly signal: AbortSignal;
}

/** Asks an upstream. Rejects if it cannot be reached, or the signal aborts. */
export function forward(upstream: Upstream, request: Forwarded): Promise<Response> {
  const headers = new Headers();
  for (const [name, value] of request.headers) if (!NOT_FORWARDED.has(name)) headers.set(name, value);
  headers.set("x-request-id", request.requestId);
  const { apiKey } = upstream.config;
  if (apiKey !== undefined) headers.set("authorization", `Bearer ${apiKey}`);
  const { method, body, signal } = request;
  return fetch(upstream.urlOf(request.path), { method, headers, body, signal, redirect: "manual" });
}

/** The headers of an answer as they are passed on. */
export function returnedHeaders(response: Response): Headers {
  const headers = new Headers();
  for (const [name, value] of response.headers) if (!NOT_RETURNED.has(name)) headers.append(name, value);
  return headers;
}
