/**
 * Default metrics of the runtime and this thread's heap.
 *
 * @module
 */
// CONTROL PLANE
import { activeHandles, activeRequests, activeResources } from "../host/event_loop_probe.ts";
import type { DefaultMetricsScope } from "./default_metrics_config.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";

/** Defines a gauge of the number of things of each type, and one of all of them. */
function defineCounted(
  { name, common, labels }: DefaultMetricsScope,
  what: { base: string; help: string; totalHelp: string; list: () => string[] | undefined },
): void {
  if (what.list() === undefined) return;
  new Gauge<string>({
    name: name(what.base),
    help: what.help,
    ...common,
    labelNames: ["type", ...common.labelNames],
    collect() {
      const counts = new Map<string, number>();
      for (const type of what.list() ?? []) counts.set(type, (counts.get(type) ?? 0) + 1);
      this.reset();
      for (const [type, count] of counts) this.set({ type, ...labels }, count);
    },
  });
  new Gauge<string>({
    name: name(`${what.base}_total`),
    help: what.totalHelp,
    ...common,
    collect() {
      this.set(labels, what.list()?.length ?? 0);
    },
  });
}

/** What keeps the event loop alive. */
export function defineResources(scope: DefaultMetricsScope): void {
  defineCounted(scope, {
    base: "nodejs_active_resources",
    help:
      "Number of active resources that are currently keeping the event loop alive, grouped by async resource type.",
    totalHelp: "Total number of active resources.",
    list: activeResources,
  });
}

/** Handles of the event loop. */
export function defineHandles(scope: DefaultMetricsScope): void {
  defineCounted(scope, {
    base: "nodejs_active_handles",
    help: "Number of active libuv handles grouped by handle type. Every handle type is C++ class name.",
    totalHelp: "Total number of active handles.",
    list: activeHandles,
  });
}

/** Requests of the event loop. */
export function defineRequests(scope: DefaultMetricsScope): void {
  defineCounted(scope, {
    base: "nodejs_active_requests",
    help: "Number of active libuv requests grouped by request type. Every request type is C++ class name.",
    totalHelp: "Total number of active requests.",
    list: activeRequests,
  });
}

/** The heap. */
export function defineHeap({ name, common, labels, probe }: DefaultMetricsScope): void {
  const collect = () => {
    const { totalBytes, usedBytes, externalBytes } = probe.heap();
    total.set(labels, totalBytes);
    used.set(labels, usedBytes);
    external.set(labels, externalBytes);
  };
  const define = (base: string, help: string, first?: { collect: () => void }) =>
    new Gauge<string>({ name: name(base), help, ...common, ...first });
  const total = define("nodejs_heap_size_total_bytes", "Process heap size from Node.js in bytes.", {
    collect,
  });
  const used = define("nodejs_heap_size_used_bytes", "Process heap size used from Node.js in bytes.");
  const external = define("nodejs_external_memory_bytes", "Node.js external memory size in bytes.");
}

/** The spaces of the heap. */
export function defineHeapSpaces({ name, common, labels, probe }: DefaultMetricsScope): void {
  const define = (what: string) =>
    new Gauge<string>({
      name: name(`nodejs_heap_space_size_${what}_bytes`),
      help: `Process heap space size ${what} from Node.js in bytes.`,
      ...common,
      labelNames: ["space", ...common.labelNames],
    });
  const total = define("total");
  const used = define("used");
  const available = define("available");
  total.collect = () => {
    for (const { space, sizeBytes, usedBytes, availableBytes } of probe.heapSpaces()) {
      total.set({ space, ...labels }, sizeBytes);
      used.set({ space, ...labels }, usedBytes);
      available.set({ space, ...labels }, availableBytes);
    }
  };
}

/** The version of Node that the runtime is, or stands in for. */
export function defineVersion({ name, common, labels, probe }: DefaultMetricsScope): void {
  const version = probe.nodeVersion;
  const [major, minor, patch] = version.slice(1).split(".").map(Number);
  new Gauge<string>({
    name: name("nodejs_version_info"),
    help: "Node.js version info.",
    ...common,
    labelNames: ["version", "major", "minor", "patch", ...common.labelNames],
    aggregator: "first",
    collect() {
      this.set({ version, major, minor, patch, ...labels }, 1);
    },
  });
}

const GC_BUCKETS = [0.001, 0.01, 0.1, 1, 2, 5];

/** Garbage collection, where the runtime tells. */
export function defineGc({ name, common, config, labels, probe }: DefaultMetricsScope): void {
  const histogram = new Histogram<string>({
    name: name("nodejs_gc_duration_seconds"),
    help: "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    ...common,
    labelNames: ["kind", ...common.labelNames],
    buckets: config.gcDurationBuckets ?? GC_BUCKETS,
  });
  probe.observeGc((kind, seconds) => histogram.observe({ kind, ...labels }, seconds));
}
