/**
 * Summaries of all threads: percentiles cannot be added up, so they are told from all that was observed.
 *
 * @module
 */
// CONTROL PLANE
import type { Collector } from "../collect/collector.ts";
import type { MetricJson } from "./aggregators.ts";
import type { SharedDescriptor } from "./shared_family.ts";
import { appendValues } from "./slab_json.ts";

/** What is needed of a collector. */
type Source = Pick<Collector, "blocks">;

/**
 * Puts one summary of all threads in place of those of each thread. Only where they are to be added up: whoever names
 * another aggregator wants what it does with each number.
 *
 * @param all what each thread has, as far as they have it
 * @param collector reads the threads together
 */
export function mergeSummaries(all: readonly MetricJson[][], collector: Source): MetricJson[][] {
  const names = new Set<string>();
  for (const { name, type, aggregator = "sum" } of all.flat()) {
    if (type === "summary" && aggregator === "sum") names.add(name);
  }
  const merged = names.size === 0 ? new Map<string, MetricJson>() : readSummaries(collector, names);
  const placed = new Set<string>();
  return all.map((metrics) =>
    metrics.flatMap((metric) => {
      const together = merged.get(metric.name);
      if (together === undefined) return [metric];
      if (placed.has(metric.name)) return [];
      placed.add(metric.name);
      return [together];
    })
  );
}

function readSummaries(collector: Source, names: ReadonlySet<string>): Map<string, MetricJson> {
  const found = new Map<string, MetricJson>();
  for (const samples of collector.blocks(names)) {
    const { compat, name, help, type } = samples.descriptor as SharedDescriptor;
    if (compat === undefined || type !== "summary") continue;
    let metric = found.get(name);
    if (metric === undefined) {
      metric = { name, help, type, values: [], aggregator: compat.aggregator };
      found.set(name, metric);
    }
    appendValues(metric.values, samples);
  }
  return found;
}
