/**
 * Defines the families of an HTTP server by a convention and the options.
 *
 * @module
 */
// CONTROL PLANE
import { BODY_SIZE_BUCKETS, type HttpFamily, STREAM_DURATION_BUCKETS } from "../../families/http_server.ts";
import { Counter } from "../../metric/counter.ts";
import { Gauge } from "../../metric/gauge.ts";
import { Histogram } from "../../metric/histogram.ts";
import type { HttpMetricsOptions } from "./http_metrics_options.ts";
import type { HttpPreset } from "./http_preset.ts";

/** The families of one thread; those that are not wanted, or that the convention does not have, are undefined. */
export interface HttpFamilies {
  readonly requests: Counter<string> | undefined;
  readonly duration: Histogram<string>;
  readonly inFlight: Gauge<string> | undefined;
  readonly requestSize: Histogram<string> | undefined;
  readonly responseSize: Histogram<string> | undefined;
  readonly firstByte: Histogram<string> | undefined;
  readonly streamDuration: Histogram<string> | undefined;
  readonly streamedBytes: Counter<string> | undefined;
  readonly queue: Histogram<string> | undefined;
}

/** Defines what is wanted, or shares what is there. Owner thread only. */
export function defineHttpFamilies(preset: HttpPreset, options: HttpMetricsOptions): HttpFamilies {
  const { constLabels, maxSeries, registry, streams = true, inFlight = true, sizes, queueTime } = options;
  const { families, inFlightLabelNames } = preset;
  const common = { constLabels, maxSeries, registry };
  const labelNames = [...preset.labelNames, ...Object.keys(options.labels ?? {})];
  const counter = (family: HttpFamily) => Counter.getOrCreate<string>({ ...family, ...common, labelNames });
  const histogram = (family: HttpFamily, buckets: readonly number[], names: readonly string[] = labelNames) =>
    Histogram.getOrCreate<string>({ ...family, ...common, labelNames: names, buckets });
  const durations = options.buckets ?? preset.durationBuckets;
  return {
    requests: families.requests && counter(families.requests),
    duration: histogram(families.duration, durations),
    inFlight: inFlight
      ? Gauge.getOrCreate<string>({ ...families.inFlight, ...common, labelNames: inFlightLabelNames })
      : undefined,
    requestSize: sizes ? histogram(families.requestSize, BODY_SIZE_BUCKETS) : undefined,
    responseSize: sizes ? histogram(families.responseSize, BODY_SIZE_BUCKETS) : undefined,
    firstByte: streams ? histogram(families.firstByte, durations) : undefined,
    streamDuration: streams ? histogram(families.streamDuration, STREAM_DURATION_BUCKETS) : undefined,
    streamedBytes: streams ? counter(families.streamedBytes) : undefined,
    queue: queueTime ? histogram(families.queue, durations, []) : undefined,
  };
}
