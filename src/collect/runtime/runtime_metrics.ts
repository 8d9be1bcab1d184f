/**
 * Metrics of the process and of its threads.
 *
 * @module
 */
// CONTROL PLANE
import { defaultRegistry } from "../../registry/default_registry.ts";
import type { Registry } from "../../registry/registry.ts";
import { eventLoopPart, gcPart, heapPart, processPart, type RuntimePart } from "./runtime_parts.ts";
import type { RuntimeReadings } from "./runtime_readings.ts";

/** Which metrics of the runtime are wanted. */
export interface RuntimeMetricsOptions {
  /** Whether this thread reports the process. Default: whether it is the process's first thread. */
  readonly process?: boolean;
  /** Whether this thread reports its own heap and garbage collection. Default true. */
  readonly isolate?: boolean;
  /** Whether this thread reports its event loop. Default: as `isolate`. */
  readonly eventLoop?: boolean;
  /** The registry that the families join. Default: this thread's. */
  readonly registry?: Registry;
}

/** A handle of running collectors. */
export interface RuntimeMetrics {
  /** Ends timers, observers and callbacks. The families keep the values that they have. */
  stop(): void;
}

/**
 * Starts to collect metrics of the runtime. Call it in every thread that is to be reported: what belongs to the
 * process is reported by the first thread alone, what belongs to a thread by each. Values are read when somebody
 * scrapes (in other threads once a second); only the event loop is looked at in between, four times a second.
 *
 * @param readings the runtime
 * @param options which metrics are wanted
 */
export function startRuntimeMetrics(
  readings: RuntimeReadings,
  options: RuntimeMetricsOptions = {},
): RuntimeMetrics {
  const { registry = defaultRegistry, isolate = true, eventLoop = isolate } = options;
  const parts: RuntimePart[] = [];
  if (options.process ?? readings.isMainThread) parts.push(processPart(readings, { registry }));
  if (isolate) parts.push(heapPart(readings, { registry }), gcPart(readings, { registry }));
  if (eventLoop) parts.push(eventLoopPart(readings, { registry }));
  const callbacks = parts.map(({ families, update }) => ({ families, collect: update }));
  for (const callback of callbacks) registry.register(callback);
  return {
    stop() {
      for (const callback of callbacks) registry.unregister(callback);
      for (const part of parts) part.stop?.();
    },
  };
}
