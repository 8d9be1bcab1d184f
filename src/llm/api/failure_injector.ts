/**
 * Failures on purpose, so that clients can be tested.
 *
 * @module
 */
import type { ApiConfig, FailureType } from "./api_config.ts";
import { ApiError } from "./api_error.ts";

/** A request with this header fails with that status. */
const RETURN_ERROR_HEADER = "x-return-error";

const FAILURES: Readonly<Record<FailureType, () => ApiError>> = {
  rate_limit: () => new ApiError(429, "Injected failure: rate limit reached", { retryAfterSeconds: 1 }),
  invalid_api_key: () => new ApiError(401, "Injected failure: invalid API key"),
  context_length: () => new ApiError(400, "Injected failure: context length exceeded", { param: "messages" }),
  server_error: () => new ApiError(503, "Injected failure: server error", { retryAfterSeconds: 1 }),
  invalid_request: () => new ApiError(400, "Injected failure: invalid request"),
  model_not_found: () => new ApiError(404, "Injected failure: model not found", { param: "model" }),
};

/** The failure that a request gets, if any. */
export function injectedFailure(
  request: Request,
  options: { config: ApiConfig; random: () => number },
): ApiError | undefined {
  const wanted = Number(request.headers.get(RETURN_ERROR_HEADER) ?? NaN);
  if (wanted >= 400 && wanted <= 599) {
    return new ApiError(wanted, "Injected failure: the client asked for it");
  }
  const { failureRate, failureTypes } = options.config;
  if (failureRate === 0 || options.random() >= failureRate || failureTypes.length === 0) return undefined;
  return FAILURES[failureTypes[Math.floor(options.random() * failureTypes.length)]]();
}
