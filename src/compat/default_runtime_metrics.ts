/**
 * Default metrics of the runtime and this thread's heap.
 *
 * @module
 */
// CONTROL PLANE
import type { GaugeSpec } from "../families/family_spec.ts";
import { GC_BUCKETS, GC_FAMILY, ISOLATE_FAMILIES, PROCESS_FAMILIES } from "../families/process.ts";
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
    base: ISOLATE_FAMILIES.activeResources.name,
    help: ISOLATE_FAMILIES.activeResources.help,
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
  const define = ({ name: base, help }: GaugeSpec<string>, first?: { collect: () => void }) =>
    new Gauge<string>({ name: name(base), help, ...common, ...first });
  const total = define(ISOLATE_FAMILIES.heapTotal, { collect });
  const used = define(ISOLATE_FAMILIES.heapUsed);
  const external = define(ISOLATE_FAMILIES.external);
}

/** The spaces of the heap. */
export function defineHeapSpaces({ name, common, labels, probe }: DefaultMetricsScope): void {
  const define = ({ name: base, help, labelNames }: GaugeSpec<string>) =>
    new Gauge<string>({
      name: name(base),
      help,
      ...common,
      labelNames: [...labelNames, ...common.labelNames],
    });
  const total = define(ISOLATE_FAMILIES.spaceTotal);
  const used = define(ISOLATE_FAMILIES.spaceUsed);
  const available = define(ISOLATE_FAMILIES.spaceAvailable);
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
    name: name(PROCESS_FAMILIES.nodeVersion.name),
    help: PROCESS_FAMILIES.nodeVersion.help,
    ...common,
    labelNames: [...PROCESS_FAMILIES.nodeVersion.labelNames, ...common.labelNames],
    aggregator: "first",
    collect() {
      this.set({ version, major, minor, patch, ...labels }, 1);
    },
  });
}

/** Garbage collection, where the runtime tells. */
export function defineGc({ name, common, config, labels, probe }: DefaultMetricsScope): void {
  const histogram = new Histogram<string>({
    name: name(GC_FAMILY.name),
    help: GC_FAMILY.help,
    ...common,
    labelNames: [...GC_FAMILY.labelNames, ...common.labelNames],
    buckets: config.gcDurationBuckets ?? [...GC_BUCKETS],
  });
  probe.observeGc((kind, seconds) => histogram.observe({ kind, ...labels }, seconds));
}
