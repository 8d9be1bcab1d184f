/**
 * Conventions for the names and labels of HTTP metrics.
 *
 * @module
 */
// CONTROL PLANE
import {
  type HttpFamilyNames,
  OPENTELEMETRY_DURATION_BUCKETS,
  OPENTELEMETRY_HTTP_FAMILIES,
  PROMETHEUS_HTTP_FAMILIES,
} from "../../families/http_server.ts";
import { DEFAULT_BUCKETS } from "../../model/define.ts";

/** One convention. */
export interface HttpPreset {
  readonly families: HttpFamilyNames;
  /** Names of the labels that every family but the gauge has. */
  readonly labelNames: readonly string[];
  /** Values of these labels, in their order. */
  labelValues(labels: HttpLabels, groupStatus: boolean): readonly string[];
  /** Names of the labels of the gauge of requests in flight. */
  readonly inFlightLabelNames: readonly string[];
  /** Values of these labels, in their order. */
  inFlightLabelValues(method: string): readonly string[];
  /** The method of requests whose method HTTP does not define. */
  readonly otherMethod: string;
  /** The route of requests whose handler named none. */
  readonly unmatchedRoute: string;
  readonly durationBuckets: readonly number[];
}

/** What decides in which series a request is counted. */
export interface HttpLabels {
  /** The method as it came; a client may invent any. */
  readonly method: string;
  /** The template of the route, if the handler named one. */
  readonly route: string | undefined;
  /** The status of the response; 499 if the client left before its end. */
  readonly status: number;
}

/** The conventions by name. */
export const HTTP_PRESETS: Readonly<Record<"prometheus" | "opentelemetry", HttpPreset>> = {
  prometheus: {
    families: PROMETHEUS_HTTP_FAMILIES,
    labelNames: ["method", "route", "status"],
    labelValues: ({ method, route = "", status }, grouped) => [method, route, statusText(status, grouped)],
    inFlightLabelNames: [],
    inFlightLabelValues: () => [],
    otherMethod: "other",
    unmatchedRoute: "unmatched",
    durationBuckets: DEFAULT_BUCKETS,
  },
  opentelemetry: {
    families: OPENTELEMETRY_HTTP_FAMILIES,
    labelNames: ["http_request_method", "http_route", "http_response_status_code", "error_type"],
    // A label with an empty value is the same as no label: that is how an attribute is left out.
    labelValues: ({ method, route = "", status }, grouped) => [
      method,
      route,
      statusText(status, grouped),
      status >= 500 || status === 499 ? String(status) : "",
    ],
    inFlightLabelNames: ["http_request_method"],
    inFlightLabelValues: (method) => [method],
    otherMethod: "_OTHER",
    unmatchedRoute: "",
    durationBuckets: OPENTELEMETRY_DURATION_BUCKETS,
  },
};

/** A status as a label value; grouped by its first digit if so wanted, but 499, which is no response, stays itself. */
function statusText(status: number, grouped: boolean): string {
  return grouped && status !== 499 ? `${Math.floor(status / 100)}xx` : String(status);
}

const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
]);

/** A method if HTTP defines it, else one word for all others. */
export function knownMethod(method: string, other: string): string {
  return METHODS.has(method) ? method : other;
}
