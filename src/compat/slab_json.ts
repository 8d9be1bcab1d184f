/**
 * What another thread's slab holds, in the form of `getMetricsAsJSON()`.
 *
 * @module
 */
// CONTROL PLANE
import { Collector } from "../collect/collector.ts";
import type { SlabSource } from "../collect/slab_source.ts";
import type { FamilySamples } from "../model/samples.ts";
import { Registry } from "../registry/registry.ts";
import { MIN_SLAB_BYTES } from "../slab/slab.ts";
import type { MetricJson } from "./aggregators.ts";
import type { SharedDescriptor } from "./shared_family.ts";
import type { Value } from "./values.ts";

/** One collector for each slab: only apart can values be averaged, or the first be taken. */
const collectors: WeakMap<SlabSource, Collector> = new WeakMap();

/** A metric of a slab. */
interface Found {
  readonly order: number;
  readonly metric: MetricJson;
}

/**
 * The metrics of this interface that a slab holds, in the order of their registration. The gauges of a thread that is
 * not alive are left out.
 */
export function readSlab(source: SlabSource): MetricJson[] {
  let collector = collectors.get(source);
  if (collector === undefined) {
    collector = new Collector(new Registry({ slabBytes: MIN_SLAB_BYTES }));
    collector.addSlab(source.buffer);
    collectors.set(source, collector);
  }
  const found = new Map<string, Found>();
  for (const samples of collector.blocks()) {
    const { compat, type, name, help } = samples.descriptor as SharedDescriptor;
    if (compat === undefined || (type === "gauge" && !source.live)) continue;
    let entry = found.get(name);
    if (entry === undefined) {
      const aggregator = compat.processWide ? "max" : compat.aggregator;
      entry = { order: compat.order, metric: { help, name, type, values: [], aggregator } };
      found.set(name, entry);
    }
    appendValues(entry.metric.values, samples);
  }
  return [...found.values()].sort((a, b) => a.order - b.order).map(({ metric }) => metric);
}

/** The values of a block of series, as `get()` of their metric gives them. */
export function appendValues(out: Value[], { descriptor, block, stride, values }: FamilySamples): void {
  const { name, type, buckets, quantiles, constLabels } = descriptor;
  const bounds = [...buckets, "+Inf"];
  block.series.forEach((labelValues, i) => {
    const own = block.labelNames.map((label, j) => [label, labelValues[j]]).filter(([, value]) =>
      value !== ""
    );
    const labels = { ...Object.fromEntries(own), ...constLabels };
    const at = i * stride;
    if (type === "summary") {
      quantiles.forEach((quantile, q) => {
        // WHY: prom-client shows 0 where there is nothing to tell a quantile from.
        out.push({ labels: { quantile, ...labels }, value: values[at + q] || 0 });
      });
      out.push({ metricName: `${name}_sum`, labels, value: values[at + stride - 2] });
      out.push({ metricName: `${name}_count`, labels: { ...labels }, value: values[at + stride - 1] });
      return;
    }
    if (type !== "histogram") {
      out.push({ value: values[at], labels });
      return;
    }
    bounds.forEach((le, b) => {
      out.push({ value: values[at + b], labels: { le, ...labels }, metricName: `${name}_bucket` });
    });
    out.push({ value: values[at + stride - 1], labels, metricName: `${name}_sum` });
    out.push({ value: values[at + stride - 2], labels: { ...labels }, metricName: `${name}_count` });
  });
}
