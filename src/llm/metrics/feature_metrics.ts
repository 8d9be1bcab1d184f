/**
 * The metrics of an engine's optional features.
 *
 * @module
 */
import {
  defineCounter,
  defineGauge,
  defineHistogram,
  type DefineOptions,
} from "../../families/define_family.ts";
import { VLLM_OPTIONAL_FAMILIES } from "../../families/vllm_optional.ts";
import type { CounterChild } from "../../metric/counter.ts";
import type { EngineState, StepReport } from "../engine/engine_observer.ts";
import { type EngineMetricsOptions, engineValues } from "./engine_metrics_options.ts";

const MICROSECONDS = 1e6;
const FAMILY = VLLM_OPTIONAL_FAMILIES;
/** Bytes of one parameter. */
const PARAMETER_BYTES = 2;

/** One direction between the device and offload storage, under its current names and its older ones. */
interface Direction {
  moved(tokens: number, durationUs: number): void;
}

/** KV blocks that go to offload storage and come back. */
export class OffloadMetrics {
  readonly #queries: CounterChild;
  readonly #hits: CounterChild;
  readonly #skipped: CounterChild | undefined;
  readonly #load: Direction;
  readonly #store: Direction;

  constructor(options: EngineMetricsOptions, define: DefineOptions) {
    const labels = engineValues(options);
    this.#queries = defineCounter(FAMILY.externalPrefixCacheQueriesTotal, define).labels(...labels);
    this.#hits = defineCounter(FAMILY.externalPrefixCacheHitsTotal, define).labels(...labels);
    if (options.features.offloadThreshold) {
      this.#skipped = defineCounter(FAMILY.kvOffloadStoresSkippedTotal, define).labels(...labels);
    }
    this.#load = direction(options, define, {
      bytes: FAMILY.kvOffloadLoadBytesTotal,
      time: FAMILY.kvOffloadLoadTimeTotal,
      size: FAMILY.kvOffloadLoadSize,
      transferType: "CPU_to_GPU",
    });
    this.#store = direction(options, define, {
      bytes: FAMILY.kvOffloadStoreBytesTotal,
      time: FAMILY.kvOffloadStoreTimeTotal,
      size: FAMILY.kvOffloadStoreSize,
      transferType: "GPU_to_CPU",
    });
  }

  lookup(queriedTokens: number, hitTokens: number): void {
    this.#queries.inc(queriedTokens);
    this.#hits.inc(hitTokens);
  }

  loaded(tokens: number, durationUs: number): void {
    this.#load.moved(tokens, durationUs);
  }

  stored(tokens: number, durationUs: number): void {
    this.#store.moved(tokens, durationUs);
  }

  skipped(): void {
    this.#skipped?.inc();
  }
}

/** Which families a direction has. */
interface DirectionFamilies {
  readonly bytes: typeof FAMILY.kvOffloadLoadBytesTotal;
  readonly time: typeof FAMILY.kvOffloadLoadTimeTotal;
  readonly size: typeof FAMILY.kvOffloadLoadSize;
  readonly transferType: string;
}

function direction(
  options: EngineMetricsOptions,
  define: DefineOptions,
  families: DirectionFamilies,
): Direction {
  const labels = engineValues(options);
  const bytesTotal = defineCounter(families.bytes, define).labels(...labels);
  const timeTotal = defineCounter(families.time, define).labels(...labels);
  const size = defineHistogram(families.size, define).labels(...labels);
  const typed = [...labels, families.transferType];
  const older = options.features.deprecated
    ? {
      bytes: defineCounter(FAMILY.kvOffloadTotalBytesTotal, define).labels(...typed),
      time: defineCounter(FAMILY.kvOffloadTotalTimeTotal, define).labels(...typed),
      size: defineHistogram(FAMILY.kvOffloadSize, define).labels(...typed),
    }
    : undefined;
  const { kvBytesPerToken } = options.config.timing;
  return {
    moved(tokens, durationUs) {
      const bytes = tokens * kvBytesPerToken;
      bytesTotal.inc(bytes);
      timeTotal.inc(durationUs / MICROSECONDS);
      size.observe(bytes);
      older?.bytes.inc(bytes);
      older?.time.inc(durationUs / MICROSECONDS);
      older?.size.observe(bytes);
    },
  };
}

/** Drafts and what became of them. */
export class SpeculationMetrics {
  readonly #drafts: CounterChild;
  readonly #draftTokens: CounterChild;
  readonly #accepted: CounterChild;
  readonly #acceptedByPosition: readonly CounterChild[];

  constructor(options: EngineMetricsOptions, define: DefineOptions) {
    const labels = engineValues(options);
    this.#drafts = defineCounter(FAMILY.specDecodeNumDraftsTotal, define).labels(...labels);
    this.#draftTokens = defineCounter(FAMILY.specDecodeNumDraftTokensTotal, define).labels(...labels);
    this.#accepted = defineCounter(FAMILY.specDecodeNumAcceptedTokensTotal, define).labels(...labels);
    const byPosition = defineCounter(FAMILY.specDecodeNumAcceptedTokensPerPosTotal, define);
    this.#acceptedByPosition = Array.from(
      { length: options.config.numSpeculativeTokens },
      (_, position) => byPosition.labels(...labels, String(position)),
    );
  }

  speculated(draftTokens: number, acceptedTokens: number): void {
    this.#drafts.inc();
    this.#draftTokens.inc(draftTokens);
    this.#accepted.inc(acceptedTokens);
    for (let position = 0; position < acceptedTokens; position++) this.#acceptedByPosition[position].inc();
  }
}

/** Operations and bytes, estimated from the model's size: two operations for each parameter and token. */
export class FlopsMetrics {
  readonly #flops: CounterChild;
  readonly #read: CounterChild;
  readonly #written: CounterChild;
  readonly #parameters: number;
  readonly #kvBytesPerToken: number;

  constructor(options: EngineMetricsOptions, define: DefineOptions) {
    const labels = engineValues(options);
    this.#flops = defineCounter(FAMILY.estimatedFlopsPerGpuTotal, define).labels(...labels);
    this.#read = defineCounter(FAMILY.estimatedReadBytesPerGpuTotal, define).labels(...labels);
    this.#written = defineCounter(FAMILY.estimatedWriteBytesPerGpuTotal, define).labels(...labels);
    this.#parameters = options.config.timing.parameters;
    this.#kvBytesPerToken = options.config.timing.kvBytesPerToken;
  }

  stepped(report: StepReport): void {
    this.#flops.inc(2 * this.#parameters * report.computedTokens);
    this.#read.inc(this.#parameters * PARAMETER_BYTES + report.contextTokens * this.#kvBytesPerToken);
    this.#written.inc(report.computedTokens * this.#kvBytesPerToken);
  }
}

/** Which adapters run and wait: the value is the time, so that readers can take the newest label set. */
export class LoraMetrics {
  readonly #info;
  readonly #adapters: readonly string[];
  readonly #maxLora: string;
  readonly #nowSeconds: () => number;
  #last: { max_lora: string; waiting_lora_adapters: string; running_lora_adapters: string } | undefined;

  constructor(options: EngineMetricsOptions, define: DefineOptions) {
    this.#info = defineGauge(FAMILY.loraRequestsInfo, define);
    this.#adapters = options.adapters ?? [];
    this.#maxLora = String(options.config.maxLoras);
    this.#nowSeconds = options.nowSeconds ?? (() => Date.now() / 1000);
  }

  state(state: EngineState): void {
    const labels = {
      max_lora: this.#maxLora,
      waiting_lora_adapters: this.#names(state.waitingAdapters),
      running_lora_adapters: this.#names(state.runningAdapters),
    };
    this.#info.labels(labels).set(this.#nowSeconds());
    const last = this.#last;
    const same = last?.waiting_lora_adapters === labels.waiting_lora_adapters &&
      last.running_lora_adapters === labels.running_lora_adapters;
    if (same) return;
    // What ran before is no state of now: the series does not stay, as every set of adapters would leave one.
    this.#last = labels;
    if (last !== undefined) this.#info.remove(last);
  }

  #names(adapters: readonly number[]): string {
    return adapters.map((adapter) => this.#adapters[adapter] ?? String(adapter)).join(",");
  }
}
