/**
 * Errors as OpenAI's clients expect them.
 *
 * @module
 */
import { logError } from "../../server/log.ts";
import { BodyTooLargeError } from "../../server/request_limits.ts";

/** vLLM's names of error types, by status. */
const TYPES: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  405: "MethodNotAllowedError",
  413: "RequestTooLargeError",
  422: "UnprocessableEntityError",
  429: "RateLimitError",
};

/** A request that cannot be answered, with the status and the body that say so. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  /** The parameter that is wrong. */
  readonly param: string | null;
  /** After how many seconds another try may help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, options: { param?: string; retryAfterSeconds?: number } = {}) {
    super(message);
    this.status = status;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The error's type in vLLM's words. */
  get type(): string {
    return TYPES[this.status] ?? (this.status >= 500 ? "InternalServerError" : "BadRequestError");
  }

  /** The body of the answer, also the data of an event when a stream has begun. */
  toJSON(): { error: { message: string; type: string; param: string | null; code: number } } {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.status } };
  }

  /** The answer. */
  toResponse(): Response {
    const headers = new Headers();
    if (this.retryAfterSeconds !== undefined) headers.set("retry-after", String(this.retryAfterSeconds));
    return Response.json(this, { status: this.status, headers });
  }
}

/** An error of the client: a parameter is wrong. */
export function badRequest(message: string, param?: string): ApiError {
  return new ApiError(400, message, { param });
}

/**
 * The answer to anything that was thrown. What is neither an {@linkcode ApiError} nor a body that is too long is a fault
 * of the server: the client is not told what it is.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof BodyTooLargeError) return new ApiError(413, error.message);
  return new ApiError(500, "Internal server error");
}

/** Tells who looks after the server of an error that no client has caused. */
export function reportFault(error: unknown, context: { readonly signal?: AbortSignal }): void {
  const isClients = error instanceof ApiError || error instanceof BodyTooLargeError;
  // What a client that has left broke off is no fault.
  if (isClients || context.signal?.aborted) return;
  logError("a request failed, answered with status 500", error);
}
