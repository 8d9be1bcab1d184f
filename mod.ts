/**
 * Prometheus metrics from many threads, each writing into shared memory of its own, exposed as one.
 *
 * @module
 */
export type { SlabSource } from "./src/collect/slab_source.ts";
export { Collector } from "./src/collect/collector.ts";
export type { CollectorOptions, CollectorStats } from "./src/collect/collector_options.ts";
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
export type { RuntimeMetrics, RuntimeMetricsOptions } from "./src/collect/runtime/runtime_metrics.ts";
export { collectRuntimeMetrics } from "./src/server/runtime_metrics.ts";
export {
  Counter,
  type CounterChild,
  type CounterOptions,
  type CountErrorsOptions,
} from "./src/metric/counter.ts";
export { Commit, type CommitOptions } from "./src/metric/commit.ts";
export type { UpdateOptions } from "./src/metric/exemplar_keeper.ts";
export type { EndTimer } from "./src/metric/timer.ts";
export type { ExemplarLabels } from "./src/model/exemplar_labels.ts";
export { Gauge, type GaugeChild, type GaugeOptions } from "./src/metric/gauge.ts";
export {
  GaugeHistogram,
  type GaugeHistogramChild,
  type GaugeHistogramOptions,
} from "./src/metric/gauge_histogram.ts";
export { Histogram, type HistogramChild, type HistogramOptions } from "./src/metric/histogram.ts";
export { Info, type InfoChild, type InfoOptions } from "./src/metric/info.ts";
export { Summary, type SummaryChild, type SummaryOptions } from "./src/metric/summary.ts";
export { StateSet, type StateSetChild, type StateSetOptions } from "./src/metric/state_set.ts";
export { exponentialBuckets, exponentialBucketsRange, linearBuckets } from "./src/model/buckets.ts";
export { DEFAULT_BUCKETS, type DefinitionOptions } from "./src/model/define.ts";
export type { NativeOptions } from "./src/model/native_options.ts";
export type { Descriptor, NativeBuckets } from "./src/model/descriptor.ts";
export { DuplicateFamilyError } from "./src/model/errors.ts";
export type { Labels, LabelValue } from "./src/model/label_values.ts";
export type { Removal } from "./src/model/removal.ts";
export type {
  Exemplar,
  FamilySamples,
  LabelValues,
  NativeHistogram,
  SampleSink,
  SeriesBlock,
} from "./src/model/samples.ts";
export type { MergeMode, MetricType } from "./src/model/metric_type.ts";
export type { CollectCallback, CollectTrigger, Registerer } from "./src/metric/registerer.ts";
export type { BoundChild } from "./src/metric/family.ts";
export type { CollectOption, CommonOptions, Metric } from "./src/metric/metric.ts";
export type { TimedChild, TimedMetric } from "./src/metric/timed_metric.ts";
export { defaultRegistry } from "./src/registry/default_registry.ts";
export { type Attachment, Registry, type RegistryOptions } from "./src/registry/registry.ts";
export { createSlab, SlabError, type SlabOptions } from "./src/slab/slab.ts";
export type { SlabStatus } from "./src/slab/slab_status.ts";
export { createControl } from "./src/slab/control.ts";
export { type Contribution, createStepRing, type ObserveStep, StepRing } from "./src/slab/step_ring.ts";
export {
  type EndedContributor,
  StepContributor,
  StepHistogram,
  StepHistogramChild,
} from "./src/metric/step_histogram.ts";
export type { Context, Handler } from "./src/server/context.ts";
export type { AdminRoute, ServeOptions } from "./src/server/options.ts";
export type { Server } from "./src/server/running_server.ts";
export { parallel, type ParallelHandler, type ParallelOptions } from "./src/server/parallel.ts";
export { serve } from "./src/server/serve.ts";
export { type RefusedOption, StartError, type StartErrorCode } from "./src/server/start_error.ts";
export type { TlsPair } from "./src/host/types.ts";
export {
  type HonoContext,
  honoMetrics,
  measureFetch,
  type OakContext,
  oakMetrics,
  type RouteNotes,
} from "./src/server/http/fetch_middleware.ts";
export type { HttpMetricsOptions, MeasuredRequest } from "./src/server/http/http_metrics_options.ts";
export type { HttpLabels } from "./src/server/http/http_preset.ts";
export {
  createMetricsHandler,
  createNodeMetricsHandler,
  type MetricsHandlerOptions,
} from "./src/server/scrape/metrics_handler.ts";
export {
  expressMetrics,
  type ExpressRequest,
  type FastifyInstance,
  fastifyMetrics,
  type FastifyRequest,
  type NodeRequest,
  type NodeResponse,
} from "./src/server/http/node_middleware.ts";
export type { HttpConvention } from "./src/server/options.ts";
export type { ScrapeCompression, ScrapeOptions } from "./src/server/scrape/scrape_options.ts";
export type { Coding } from "./src/host/compress.ts";
export type { RequestFilter } from "./src/server/http/request_filter.ts";
export { type Upgraded, UpgradeError } from "./src/server/upgrade.ts";
export type { Grouping } from "./src/push/grouping_path.ts";
export { OtlpExporter, type OtlpExporterOptions } from "./src/push/otlp_exporter.ts";
export { Pushgateway, type PushgatewayOptions } from "./src/push/pushgateway.ts";
export { type TextfileOptions, writeTextfile } from "./src/push/textfile.ts";
