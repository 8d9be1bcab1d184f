/**
 * Which metrics of this thread other threads can read: those of the registries that are to be aggregated.
 *
 * @module
 */
// CONTROL PLANE
import { warnOnce } from "../host/warn.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import { canonical, type Series } from "./series_store.ts";
import { SharedFamily, type SharedMetric } from "./shared_family.ts";

/** A metric that other threads may read. */
export interface PublicMetric extends SharedMetric<Series> {
  /** Whether all threads of the process report the same thing. */
  readonly processWide: boolean;
  /** The user's function that brings the metric up to date. */
  readonly collect?: unknown;
  runCollect(): void | Promise<void>;
}

/** What is asked of a registry. */
export interface PublicRegistry {
  /** Its metrics in the order of registration. */
  publicMetrics(): Iterable<PublicMetric>;
  /** Labels that it gives to all series. */
  readonly defaultLabels: Readonly<Record<string, unknown>>;
}

let registries: readonly PublicRegistry[] = [];
const published: Map<PublicMetric, SharedFamily> = new Map();
let scheduled = false;
let ordinal = 0;

/** Names the registries whose metrics other threads read. */
export function setPublicRegistries(given: readonly PublicRegistry[]): void {
  registries = given;
  schedulePublication();
}

/** The registries whose metrics other threads read. */
export function publicRegistries(): readonly PublicRegistry[] {
  return registries;
}

/**
 * Says that a registry got or lost metrics. What follows from it is done when the code that runs now has ended, so
 * that a program that starts may define metrics, set default labels and name registries in any order.
 */
export function schedulePublication(): void {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(publish);
}

/** Shares the metrics of the public registries, and takes back those that are there no longer. */
export function publish(): void {
  scheduled = false;
  const wanted = new Map<PublicMetric, PublicRegistry>();
  for (const registry of registries) {
    for (const metric of registry.publicMetrics()) {
      if (isShared(metric)) wanted.set(metric, registry);
    }
  }
  for (const [metric, shared] of published) {
    if (wanted.has(metric)) continue;
    shared.release();
    published.delete(metric);
    if (metric.collect) defaultRegistry.unregister(metric);
  }
  for (const [metric, registry] of wanted) {
    if (published.has(metric)) continue;
    const constLabels = Object.fromEntries(
      Object.entries(registry.defaultLabels).map(([name, value]) => [name, canonical(value)]),
    );
    const { processWide } = metric;
    try {
      published.set(metric, new SharedFamily(metric, { constLabels, order: ordinal++, processWide }));
    } catch (error) {
      // WHY: this runs by itself, where an error would end the program. The metric still has its text in this thread.
      warnOnce(`Metric "${metric.name}" is not shown by other threads`, error);
      continue;
    }
    if (!metric.collect) continue;
    defaultRegistry.register({ families: [metric.name], collect: () => metric.runCollect() }, metric);
  }
}

/** Whether a metric of a public registry is to be in the slab. */
function isShared(metric: PublicMetric): boolean {
  if (metric.aggregator === "omit") return false;
  // WHY: a family of promslab's own that has the name says the same, and one that says otherwise would hide both.
  if (defaultRegistry.family(metric.name) !== undefined) return false;
  // WHY: a worker of a server leaves the process to the server.
  return !(metric.processWide && defaultRegistry.slab.slot >= 0);
}
