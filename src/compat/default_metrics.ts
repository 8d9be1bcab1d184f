/**
 * The metrics of the process and the runtime that prom-client has.
 *
 * @module
 */
// CONTROL PLANE
import { RuntimeProbe } from "../host/runtime_probe.ts";
import { defineEventLoopLag, defineUtilization } from "./default_event_loop_metrics.ts";
import type { DefaultMetricsCollectorConfiguration, DefaultMetricsScope } from "./default_metrics_config.ts";
import {
  defineCpu,
  defineMaxFileDescriptors,
  defineMemory,
  defineOpenFileDescriptors,
  defineStartTime,
} from "./default_process_metrics.ts";
import {
  defineGc,
  defineHandles,
  defineHeap,
  defineHeapSpaces,
  defineRequests,
  defineResources,
  defineVersion,
} from "./default_runtime_metrics.ts";
import type { Registry } from "./registry.ts";
import type { LabelValues, RegistryContentType } from "./types.ts";
import { isObject } from "./validation.ts";

/** The parts by name, in their order. */
const PARTS: Readonly<Record<string, (scope: DefaultMetricsScope) => void>> = {
  processCpuTotal: defineCpu,
  processStartTime: defineStartTime,
  osMemoryHeap: defineMemory,
  processOpenFileDescriptors: defineOpenFileDescriptors,
  processMaxFileDescriptors: defineMaxFileDescriptors,
  eventLoopLag: defineEventLoopLag,
  eventLoopUtilization: defineUtilization,
  processResources: defineResources,
  processHandles: defineHandles,
  processRequests: defineRequests,
  heapSizeAndUsed: defineHeap,
  heapSpacesSizeAndUsed: defineHeapSpaces,
  version: defineVersion,
  gc: defineGc,
};

/** {@linkcode collectDefaultMetrics} as a function that knows its parts. */
export interface CollectDefaultMetrics {
  <T extends RegistryContentType = RegistryContentType>(
    config?: DefaultMetricsCollectorConfiguration<T> | null,
  ): void;
  /** The names of the parts. */
  metricsList: string[];
}

/**
 * Defines metrics of the process, this thread's heap and its event loop; most are read when somebody scrapes.
 *
 * @throws {TypeError} If the configuration is not an object
 * @throws {Error} If a name is taken
 *
 * @example Process and runtime, in a registry of their own
 * ```ts ignore
 * import { assertEquals } from "@std/assert";
 * import { collectDefaultMetrics, Registry } from "promslab/compat";
 *
 * const register = new Registry();
 * collectDefaultMetrics({ register, prefix: "app_", eventLoopMonitoringPrecision: 10 });
 * assertEquals((await register.metrics()).includes("app_process_start_time_seconds"), true);
 * ```
 */
export const collectDefaultMetrics: CollectDefaultMetrics = Object.assign(
  (config?: DefaultMetricsCollectorConfiguration | null): void => {
    if (config !== null && config !== undefined && !isObject(config)) {
      throw new TypeError("config must be null, undefined, or an object");
    }
    const { register, prefix, labels } = config ?? {};
    const scope: DefaultMetricsScope = {
      config: config ?? {},
      probe: new RuntimeProbe(),
      labels: (labels ?? {}) as LabelValues<string>,
      common: {
        labelNames: Object.keys(labels ?? {}),
        registers: register ? [register as Registry] : undefined,
      },
      name: (base) => `${prefix ?? ""}${base}`,
    };
    for (const define of Object.values(PARTS)) define(scope);
  },
  { metricsList: Object.keys(PARTS) },
) as CollectDefaultMetrics;
