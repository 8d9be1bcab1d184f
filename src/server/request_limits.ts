/**
 * What a request may ask of a worker: how big its body may be, how long its answer may take, how many may wait.
 *
 * @module
 */
// CONTROL PLANE
import { STATUS_TEXT, type StatusCode } from "@std/http/status";

/** Limits of requests. Without a value there is no limit. */
export interface RequestLimits {
  /** The most bytes of a request's body. A longer one is answered with status 413. */
  readonly bodyBytesMax?: number;
  /**
   * For how many seconds a handler may think before it returns a response; then the answer is status 503 and
   * `context.signal` aborts. A stream that has begun may last as long as it likes.
   */
  readonly responseSeconds?: number;
  /** The most requests that one worker answers at a time. What comes beyond is answered with status 503 at once. */
  readonly inFlightMax?: number;
}

/** Thrown into a handler that reads a body which is too long. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";

  /** The error for a limit in bytes. */
  constructor(bytesMax: number) {
    super(`Cannot read request body: it has more than ${bytesMax} bytes`);
  }
}

/**
 * The request with a body that fails when it becomes too long; the same one if its length is declared.
 *
 * @throws {BodyTooLargeError} If it is declared too long
 */
export function limitBody(request: Request, bytesMax: number): Request {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > bytesMax) throw new BodyTooLargeError(bytesMax);
  if (declared !== null || request.method === "GET" || request.method === "HEAD") return request;
  const { body } = request;
  if (body === null) return request;
  const reader = body.getReader();
  let left = bytesMax;
  const limited = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      left -= value.byteLength;
      if (left >= 0) return controller.enqueue(value);
      const error = new BodyTooLargeError(bytesMax);
      await reader.cancel(error).catch(() => {});
      controller.error(error);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return new Request(request, { body: limited, duplex: "half" } as RequestInit);
}

/** A response that says no more than its status. */
export function plainResponse(status: StatusCode, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${STATUS_TEXT[status]}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
