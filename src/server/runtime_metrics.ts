/**
 * The metrics of the runtime that this thread runs in.
 *
 * @module
 */
// CONTROL PLANE
import {
  type RuntimeMetrics,
  type RuntimeMetricsOptions,
  startRuntimeMetrics,
} from "../collect/runtime/runtime_metrics.ts";
import { RuntimeProbe } from "../host/runtime_probe.ts";
import { givenText } from "../model/given_text.ts";

/**
 * Starts to collect metrics of this process and thread: processor time, memory, files, heap, garbage collection, event
 * loop. Call it in every thread that is to be reported; `serve()` does so. What belongs to the process is reported by
 * its first thread alone. Values are read when somebody scrapes.
 *
 * @param options which metrics are wanted, and in which registry
 * @returns a handle that ends it
 * @throws {TypeError} If the options are no object
 *
 * @example A process without workers
 * ```ts
 * import { assert } from "@std/assert";
 * import { Collector, collectRuntimeMetrics, snapshot } from "promslab";
 *
 * const metrics = collectRuntimeMetrics();
 * const [memory] = await snapshot(new Collector(), { names: ["process_resident_memory_bytes"] });
 * assert(memory.kind === "gauge" && memory.value > 0);
 * metrics.stop();
 * ```
 */
export function collectRuntimeMetrics(options: RuntimeMetricsOptions = {}): RuntimeMetrics {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot collect runtime metrics: wanted an options object, given ${givenText(options)}`,
    );
  }
  return startRuntimeMetrics(new RuntimeProbe(), options);
}
