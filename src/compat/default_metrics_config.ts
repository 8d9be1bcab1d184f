/**
 * Options of the default metrics, and what their parts have in common.
 *
 * @module
 */
import type { RuntimeProbe } from "../host/runtime_probe.ts";
import type { Registry } from "./registry.ts";
import type { LabelValues, RegistryContentType } from "./types.ts";

/** Options of `collectDefaultMetrics()`. */
export interface DefaultMetricsCollectorConfiguration<T extends RegistryContentType = RegistryContentType> {
  /** Default: the global registry. */
  register?: Registry<T>;
  /** What the names begin with. */
  prefix?: string;
  /** Labels of all series. */
  labels?: object;
  /** Default 0.001, 0.01, 0.1, 1, 2, 5. */
  gcDurationBuckets?: number[];
  /** How often the event loop is looked at, in milliseconds. Default 10. */
  eventLoopMonitoringPrecision?: number;
  /** Whether the CPU counters carry exemplars. */
  enableExemplars?: boolean;
  /** How often the event loop's utilization is looked at, in milliseconds. Default 100. */
  eventLoopUtilizationTimeout?: number;
  /** Default 0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1. */
  eventLoopUtilizationBuckets?: number[];
  /** Default 0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999. */
  eventLoopUtilizationPercentiles?: number[];
  /** Into how many parts the utilization's time window is cut. Default 5. */
  eventLoopUtilizationAgeBuckets?: number;
  /** How long its time window is. Default 60. */
  eventLoopUtilizationMaxAgeSeconds?: number;
}

/** What each part of the default metrics is handed. */
export interface DefaultMetricsScope {
  readonly config: DefaultMetricsCollectorConfiguration;
  readonly probe: RuntimeProbe;
  /** The labels of all series. */
  readonly labels: LabelValues<string>;
  /** Options that all metrics have. */
  readonly common: { readonly labelNames: string[]; readonly registers: Registry[] | undefined };
  /** The full name of a metric. */
  name(base: string): string;
}
