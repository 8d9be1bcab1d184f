/**
 * The families of an HTTP server, under the names of the Prometheus convention and under those of OpenTelemetry's
 * semantic conventions. Sizes in bytes, times in seconds.
 *
 * @module
 */

/** One family of an HTTP server: a name and what it says. */
export interface HttpFamily {
  /** The full name, for a counter with its `_total`. */
  readonly name: string;
  /** The help text. */
  readonly help: string;
}

/** The families by what they measure. One that a convention does not have is undefined. */
export interface HttpFamilyNames {
  /** Counter of requests. */
  readonly requests: HttpFamily | undefined;
  /** Histogram of the time from a request's head to the last byte of its response. */
  readonly duration: HttpFamily;
  /** Gauge of requests that are being answered. */
  readonly inFlight: HttpFamily;
  /** Histogram of the sizes of requests' bodies. */
  readonly requestSize: HttpFamily;
  /** Histogram of the sizes of responses' bodies. */
  readonly responseSize: HttpFamily;
  /** Histogram of the time from a request's head to the first chunk of its streamed response. */
  readonly firstByte: HttpFamily;
  /** Histogram of the time from the first chunk of a streamed response to its end. */
  readonly streamDuration: HttpFamily;
  /** Counter of the bytes of streamed responses, while they are sent. */
  readonly streamedBytes: HttpFamily;
  /** Histogram of the time that a request waited before it came here, as a proxy's header tells. */
  readonly queue: HttpFamily;
}

/** Names as the Prometheus convention has them. */
export const PROMETHEUS_HTTP_FAMILIES: HttpFamilyNames = {
  requests: {
    name: "http_requests_total",
    help: "Requests answered, counted before the last byte of the response goes out.",
  },
  duration: {
    name: "http_request_duration_seconds",
    help: "Time from the request's head to the last byte of the response's body.",
  },
  inFlight: {
    name: "http_requests_in_flight",
    help: "Requests that are being answered, streams that are open among them.",
  },
  requestSize: { name: "http_request_size_bytes", help: "Size of the request's body." },
  responseSize: { name: "http_response_size_bytes", help: "Size of the response's body." },
  firstByte: {
    name: "http_response_first_byte_seconds",
    help: "Time from the request's head to the first chunk of a streamed response.",
  },
  streamDuration: {
    name: "http_response_stream_duration_seconds",
    help: "Time from the first chunk of a streamed response to its end.",
  },
  streamedBytes: {
    name: "http_response_streamed_bytes_total",
    help: "Bytes of streamed responses, counted as they are sent.",
  },
  queue: {
    name: "http_request_queue_seconds",
    help: "Time that the request waited before it came here, by the proxy's X-Request-Start header.",
  },
};

/** Names as OpenTelemetry's semantic conventions have them; what those do not know keeps our name, in their style. */
export const OPENTELEMETRY_HTTP_FAMILIES: HttpFamilyNames = {
  requests: undefined,
  duration: { name: "http_server_request_duration_seconds", help: "Duration of HTTP server requests." },
  inFlight: { name: "http_server_active_requests", help: "Number of active HTTP server requests." },
  requestSize: {
    name: "http_server_request_body_size_bytes",
    help: "Size of HTTP server request bodies.",
  },
  responseSize: {
    name: "http_server_response_body_size_bytes",
    help: "Size of HTTP server response bodies.",
  },
  firstByte: {
    name: "http_server_response_first_byte_seconds",
    help: "Time from the request's head to the first chunk of a streamed response.",
  },
  streamDuration: {
    name: "http_server_response_stream_duration_seconds",
    help: "Time from the first chunk of a streamed response to its end.",
  },
  streamedBytes: {
    name: "http_server_response_streamed_bytes_total",
    help: "Bytes of streamed responses, counted as they are sent.",
  },
  queue: {
    name: "http_server_request_queue_seconds",
    help: "Time that the request waited before it came here, by the proxy's X-Request-Start header.",
  },
};

/** Bounds of durations that OpenTelemetry advises, in seconds. */
export const OPENTELEMETRY_DURATION_BUCKETS: readonly number[] = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.075,
  0.1,
  0.25,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
];

/** Bounds of body sizes, in bytes: powers of eight from 64 B to 128 MiB. */
export const BODY_SIZE_BUCKETS: readonly number[] = [
  64,
  512,
  4096,
  32_768,
  262_144,
  2_097_152,
  16_777_216,
  134_217_728,
];

/** Bounds of the durations of streams, in seconds: they last longer than plain requests. */
export const STREAM_DURATION_BUCKETS: readonly number[] = [
  0.1,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
  120,
  300,
  600,
  1800,
  3600,
];
