/**
 * How HTTP requests are to be counted.
 *
 * @module
 */
import type { Registry } from "../../registry/registry.ts";
import type { HttpLabels } from "./http_preset.ts";
import type { RequestFilter } from "./request_filter.ts";

/** A request as the functions of {@linkcode HttpMetricsOptions} see it. */
export interface MeasuredRequest extends HttpLabels {
  /** The path of its URL. */
  readonly path: string;
  /** The framework's own object: a `Request`, Hono's or Oak's context, the request of Express or Fastify. */
  readonly source: unknown;
}

/** Options of the HTTP metrics. All of them can be left out. */
export interface HttpMetricsOptions {
  /**
   * The convention for names and labels. `prometheus`, the default: `http_requests_total{method,route,status}` and so
   * on. `opentelemetry`: `http_server_request_duration_seconds{http_request_method,http_route,…}`.
   */
  readonly preset?: "prometheus" | "opentelemetry";
  /** Whether statuses are grouped to `2xx`, `4xx` and so on; 499 stays by itself. Default false. */
  readonly groupStatus?: boolean;
  /** Only these requests are counted. */
  readonly include?: RequestFilter;
  /** These requests are not counted. */
  readonly exclude?: RequestFilter;
  /** Labels with one value for all requests. */
  readonly constLabels?: Readonly<Record<string, string>>;
  /**
   * More labels, each with the function that gives its value when a request has ended. There should be few values:
   * what goes beyond the families' bound is counted in their overflow series. No value, as of a header that is not there,
   * and a function that throws make an empty one.
   */
  readonly labels?: Readonly<Record<string, (request: MeasuredRequest) => string | null | undefined>>;
  /** Makes a template of the path of a request whose handler named no route, such as `/users/:id`; undefined for none. */
  readonly routeOf?: (path: string) => string | undefined;
  /** Bounds of the durations, in seconds. Default: those of the preset. */
  readonly buckets?: readonly number[];
  /** Whether body sizes are observed. Default false. */
  readonly sizes?: boolean;
  /** Whether streamed responses are observed: time to the first byte, duration, bytes. Default true. */
  readonly streams?: boolean;
  /** Whether requests in flight are counted. Default true. */
  readonly inFlight?: boolean;
  /** Whether the time since a proxy's `X-Request-Start` header is observed. Default false: only a proxy is to be believed. */
  readonly queueTime?: boolean;
  /** The most series of one family in one worker. Default: that of every family. */
  readonly maxSeries?: number;
  /** Where the families are defined. Default: the thread's own registry. */
  readonly registry?: Registry;
}
