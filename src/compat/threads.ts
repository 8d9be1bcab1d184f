/**
 * The metrics of all threads of this process.
 *
 * @module
 */
// CONTROL PLANE
import type { SlabSource } from "../collect/slab_source.ts";
import { ThreadMesh } from "../collect/thread_mesh.ts";
import { openThreadChannel } from "../host/thread_channel.ts";
import { warnOnce } from "../host/warn.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { MetricJson } from "./aggregators.ts";
import { mergeSummaries } from "./merged_summaries.ts";
import { publicRegistries, publish, setPublicRegistries } from "./publication.ts";
import { Registry } from "./registry.ts";
import { readSlab } from "./slab_json.ts";

let joining: Promise<ThreadMesh> | undefined;
let mesh: ThreadMesh | undefined;
/** The other threads' slabs at the last look. */
let sources: readonly SlabSource[] = [];
/** The sums of the threads whose slabs are gone. */
let departed: MetricJson[] = [];

/** Lets this thread and the others of this process read each other's slabs. The second call changes nothing. */
export function joinThreads(): Promise<ThreadMesh> {
  joining ??= ThreadMesh.join({
    openChannel: openThreadChannel,
    background: true,
    onProblem: (message) => warnOnce(message),
  }).then((joined) => mesh = joined);
  return joining;
}

/** How many other threads are known. */
export function otherThreadCount(): number {
  return mesh === undefined ? 0 : mesh.size - 1;
}

/** What this thread's public registries hold, and what the slabs of the other threads do, one array each. */
export async function readThreads(): Promise<MetricJson[][]> {
  const { collector } = await joinThreads();
  publish();
  const own = await readOwn();
  collector.poll();
  const gone = sources.filter((source) => !collector.sources.has(source));
  departed = addSums(departed, gone.map(readSlab));
  sources = [...collector.sources];
  return mergeSummaries([...own, ...sources.map(readSlab), departed], collector);
}

/** Adds to sums what those who left have counted, so that no sum goes down. */
export function addSums(sums: MetricJson[], left: readonly MetricJson[][]): MetricJson[] {
  if (left.length === 0) return sums;
  const counted = left.map((metrics) =>
    metrics.filter(({ type, aggregator = "sum" }) => aggregator === "sum" && type !== "gauge")
  );
  return Registry.aggregate([sums, ...counted]).getMetricsAsArray() as unknown as MetricJson[];
}

/** What this thread's public registries hold. */
async function readOwn(): Promise<MetricJson[][]> {
  const registries = publicRegistries() as readonly Registry[];
  const all = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  return all.map((metrics, i) => {
    const wide = new Set<string>();
    for (const metric of registries[i].publicMetrics()) if (metric.processWide) wide.add(metric.name);
    // WHY: all threads report the same process, so its numbers must not be added up.
    return (metrics as unknown as MetricJson[]).map((metric) =>
      wide.has(metric.name) && metric.aggregator === "sum" ? { ...metric, aggregator: "max" } : metric
    );
  });
}

/** Says that this thread counts no more: what it counted stays, its gauges vanish. */
export async function leaveThreads(): Promise<void> {
  publish();
  const joined = await joining;
  defaultRegistry.close();
  joined?.close();
}

/**
 * Names the registries whose metrics other threads and processes read.
 *
 * @throws {TypeError} If one of them is no registry
 */
export function setSharedRegistries(given: Registry | readonly Registry[]): void {
  const registries: readonly Registry[] = Array.isArray(given) ? given : [given];
  for (const registry of registries) {
    if (!(registry instanceof Registry)) throw new TypeError(`Expected Registry, got ${typeof registry}`);
  }
  setPublicRegistries(registries);
}
