/**
 * Prometheus metrics from many threads, each writing into shared memory of its own, exposed as one.
 *
 * @module
 */
export { Collector, type CollectorOptions, type CollectorStats } from "./src/collect/collector.ts";
export { snapshot, type SnapshotSource } from "./src/exposition/snapshot.ts";
export type {
  CounterSnapshot,
  GaugeSnapshot,
  HistogramSnapshot,
  InfoSnapshot,
  SeriesSnapshot,
  SnapshotBase,
  SnapshotBucket,
  SnapshotQuery,
  StateSetSnapshot,
  SummarySnapshot,
  VectorSnapshot,
} from "./src/exposition/snapshot_types.ts";
export { createSnapshotHandler } from "./src/exposition/snapshot_json.ts";
export { Counter, type CounterChild, type CounterOptions } from "./src/metric/counter.ts";
export { Gauge, type GaugeChild, type GaugeOptions } from "./src/metric/gauge.ts";
export { Histogram, type HistogramChild, type HistogramOptions } from "./src/metric/histogram.ts";
export { DEFAULT_BUCKETS } from "./src/model/define.ts";
export { DuplicateFamilyError } from "./src/model/errors.ts";
export type { Labels, LabelValue } from "./src/model/label_values.ts";
export type { MergeMode, MetricType } from "./src/model/metric_type.ts";
export type { CollectCallback } from "./src/metric/registerer.ts";
export type { CollectOption, CommonOptions } from "./src/metric/metric.ts";
export { defaultRegistry } from "./src/registry/default_registry.ts";
export { type Attachment, Registry, type RegistryOptions } from "./src/registry/registry.ts";
export { createSlab, SlabError, type SlabOptions } from "./src/slab/slab.ts";
export { createControl } from "./src/slab/control.ts";
