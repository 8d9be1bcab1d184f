/**
 * An engine's events as metrics. They are written by the engine's own thread, once for each step and whoever asked
 * for it, so that they are exact with any number of API workers.
 *
 * @module
 */
import {
  defineCounter,
  defineGauge,
  defineHistogram,
  type DefineOptions,
} from "../../families/define_family.ts";
import { VLLM_FAMILIES } from "../../families/vllm.ts";
import { VLLM_OPTIONAL_FAMILIES } from "../../families/vllm_optional.ts";
import type { EngineObserver, EngineState, StepReport } from "../engine/engine_observer.ts";
import { type EngineMetricsOptions, engineValues } from "./engine_metrics_options.ts";
import { FlopsMetrics, LoraMetrics, OffloadMetrics, SpeculationMetrics } from "./feature_metrics.ts";

const MICROSECONDS = 1e6;
const SLEEP_STATES = ["awake", "weights_offloaded", "discard_all"] as const;

/** The families that an engine thread writes. Owner thread only; making it makes all their series, at zero. */
export class EngineMetrics implements EngineObserver {
  readonly #gauges;
  readonly #counters;
  readonly #stepTokens;
  readonly #residency;
  readonly #deprecated;
  readonly #offload: OffloadMetrics | undefined;
  readonly #speculation: SpeculationMetrics | undefined;
  readonly #flops: FlopsMetrics | undefined;
  readonly #lora: LoraMetrics | undefined;
  #sleepLevel = -1;

  constructor(options: EngineMetricsOptions) {
    const { features, config, registry, engineLabels } = options;
    const labels = engineValues(options);
    const define: DefineOptions = { registry, tokensMax: config.maxModelLen, engineLabels };
    const family = VLLM_FAMILIES;
    const byReason = defineGauge(family.numRequestsWaitingByReason, define);
    const sleepState = features.sleep === false ? undefined : defineGauge(family.engineSleepState, define);
    this.#gauges = {
      running: defineGauge(family.numRequestsRunning, define).labels(...labels),
      waiting: defineGauge(family.numRequestsWaiting, define).labels(...labels),
      capacity: byReason.labels(...labels, "capacity"),
      deferred: byReason.labels(...labels, "deferred"),
      kvUsage: defineGauge(family.kvCacheUsagePerc, define).labels(...labels),
      sleep: sleepState === undefined ? [] : SLEEP_STATES.map((state) => sleepState.labels(...labels, state)),
    };
    this.#counters = {
      queries: defineCounter(family.prefixCacheQueriesTotal, define).labels(...labels),
      hits: defineCounter(family.prefixCacheHitsTotal, define).labels(...labels),
      preemptions: defineCounter(family.numPreemptionsTotal, define).labels(...labels),
    };
    this.#stepTokens = defineHistogram(family.iterationTokensTotal, define).labels(...labels);
    this.#residency = features.kvCacheMetrics ? residency(define, labels) : undefined;
    this.#deprecated = features.deprecated ? deprecated(define, labels) : undefined;
    this.#offload = features.offload ? new OffloadMetrics(options, define) : undefined;
    this.#speculation = features.speculation ? new SpeculationMetrics(options, define) : undefined;
    this.#flops = features.mfu ? new FlopsMetrics(options, define) : undefined;
    this.#lora = features.lora ? new LoraMetrics(options, define) : undefined;
  }

  prefixLookup(queriedTokens: number, hitTokens: number): void {
    this.#counters.queries.inc(queriedTokens);
    this.#counters.hits.inc(hitTokens);
    this.#deprecated?.queries.inc(queriedTokens);
    this.#deprecated?.hits.inc(hitTokens);
  }

  offloadLookup(queriedTokens: number, hitTokens: number): void {
    this.#offload?.lookup(queriedTokens, hitTokens);
  }

  offloadLoaded(tokens: number, durationUs: number): void {
    this.#offload?.loaded(tokens, durationUs);
  }

  offloadStored(tokens: number, durationUs: number): void {
    this.#offload?.stored(tokens, durationUs);
  }

  offloadSkipped(): void {
    this.#offload?.skipped();
  }

  preempted(): void {
    this.#counters.preemptions.inc();
  }

  blockEvicted(lifetimeUs: number, idleUs: number, reuseGapsUs: readonly number[]): void {
    if (this.#residency === undefined) return;
    this.#residency.lifetime.observe(lifetimeUs / MICROSECONDS);
    this.#residency.idle.observe(idleUs / MICROSECONDS);
    for (const gapUs of reuseGapsUs) this.#residency.gap.observe(gapUs / MICROSECONDS);
  }

  speculated(draftTokens: number, acceptedTokens: number): void {
    this.#speculation?.speculated(draftTokens, acceptedTokens);
  }

  stepped(report: StepReport): void {
    if (report.outputs > 0) this.#stepTokens.observe(report.tokens);
    this.#flops?.stepped(report);
  }

  state(state: EngineState): void {
    this.#gauges.running.set(state.running);
    this.#gauges.waiting.set(state.waiting + state.deferred);
    this.#gauges.capacity.set(state.waiting);
    this.#gauges.deferred.set(state.deferred);
    this.#gauges.kvUsage.set(state.kvUsage);
    this.#deprecated?.kvUsage.set(state.kvUsage);
    this.#lora?.state(state);
    if (state.sleepLevel === this.#sleepLevel) return;
    this.#sleepLevel = state.sleepLevel;
    for (let level = 0; level < this.#gauges.sleep.length; level++) {
      this.#gauges.sleep[level].set(level === state.sleepLevel ? 1 : 0);
    }
  }
}

/** Exposes the configuration of an engine's KV cache; by the engine's own thread, so that it ends with it. */
export function defineCacheConfigInfo(options: EngineMetricsOptions): void {
  const { config, registry, engineLabels } = options;
  const tokens = config.numGpuBlocks * config.blockSize;
  const values: Readonly<Record<string, string | number>> = {
    block_size: config.blockSize,
    num_gpu_blocks: config.numGpuBlocks,
    cache_dtype: "auto",
    enable_prefix_caching: config.enablePrefixCaching ? "True" : "False",
    gpu_memory_utilization: "0.9",
    kv_cache_size_tokens: tokens,
    kv_cache_max_concurrency: (tokens / config.maxModelLen).toFixed(2),
  };
  const spec = VLLM_FAMILIES.cacheConfigInfo;
  const [, ...engine] = engineValues(options);
  defineGauge(spec, { registry, engineLabels })
    .labels(...engine, ...spec.labelNames.slice(1).map((name) => values[name])).set(1);
}

function residency(define: DefineOptions, labels: readonly string[]) {
  const family = VLLM_OPTIONAL_FAMILIES;
  return {
    lifetime: defineHistogram(family.kvBlockLifetimeSeconds, define).labels(...labels),
    idle: defineHistogram(family.kvBlockIdleBeforeEvictSeconds, define).labels(...labels),
    gap: defineHistogram(family.kvBlockReuseGapSeconds, define).labels(...labels),
  };
}

function deprecated(define: DefineOptions, labels: readonly string[]) {
  const family = VLLM_OPTIONAL_FAMILIES;
  return {
    kvUsage: defineGauge(family.gpuCacheUsagePerc, define).labels(...labels),
    queries: defineCounter(family.gpuPrefixCacheQueriesTotal, define).labels(...labels),
    hits: defineCounter(family.gpuPrefixCacheHitsTotal, define).labels(...labels),
  };
}
