/**
 * The HTTP families that FastAPI's Prometheus instrumentator gives to vLLM. Their `handler` is the route's template,
 * their `status` the class of the status code, such as `2xx`.
 *
 * @module
 */
import { counterSpec, histogramSpec, summarySpec } from "./family_spec.ts";

// deno-fmt-ignore
const HIGH_RESOLUTION: readonly number[] = [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60];

/** The families of every request but those about the server itself. */
export const FASTAPI_FAMILIES = {
  httpRequestsTotal: counterSpec(
    "http_requests_total",
    "HTTP requests by handler, method and status class.",
    {
      labels: ["handler", "method", "status"],
    },
  ),
  httpRequestSizeBytes: summarySpec(
    "http_request_size_bytes",
    "Bytes of requests' bodies by handler, as their headers declare them.",
    {
      labels: ["handler"],
    },
  ),
  httpResponseSizeBytes: summarySpec("http_response_size_bytes", "Bytes of responses' bodies by handler.", {
    labels: ["handler"],
  }),
  httpRequestDurationHighrSeconds: histogramSpec(
    "http_request_duration_highr_seconds",
    "Request duration, in fine buckets and without labels.",
    { buckets: HIGH_RESOLUTION },
  ),
  httpRequestDurationSeconds: histogramSpec(
    "http_request_duration_seconds",
    "Request duration, in coarse buckets, by handler and method.",
    { labels: ["handler", "method"], buckets: [0.1, 0.5, 1] },
  ),
} as const;
