/**
 * What happens to requests, as metrics. The API worker that owns a request writes them, so they add up over workers.
 *
 * @module
 */
import { defineCounter, defineHistogram, type DefineOptions } from "../../families/define_family.ts";
import type { EngineLabels } from "../../families/engine_labels.ts";
import { VLLM_FAMILIES } from "../../families/vllm.ts";
import { VLLM_OPTIONAL_FAMILIES } from "../../families/vllm_optional.ts";
import type { Registerer } from "../../metric/registerer.ts";
import { FINISH_REASONS } from "../engine/sequence.ts";
import type { PromptFacts } from "../wire/output_frame.ts";
import { engineValues } from "./engine_metrics_options.ts";
import type { Features } from "./features.ts";

/** Whose metrics these are. */
export interface RequestMetricsOptions {
  /** The first served model name. */
  readonly model: string;
  /** The replica's number. */
  readonly engine: number;
  /** The context length. */
  readonly tokensMax: number;
  readonly features: Pick<Features, "corruption" | "deprecated" | "items">;
  readonly registry?: Registerer;
  /** How the engine is labelled. Default: by its number. */
  readonly engineLabels?: EngineLabels;
}

/** A request when it has ended by itself. */
export interface FinishedSequence {
  /** Position in {@linkcode FINISH_REASONS}. */
  readonly finish: number;
  readonly corrupted: boolean;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  readonly maxTokens: number;
  readonly preemptions: number;
  readonly prompt: PromptFacts;
  /** From the first output to the last, on the engine's clock. */
  readonly decodeSeconds: number;
  /** From the arrival of the request to now. */
  readonly totalSeconds: number;
}

/** The families that an API worker writes for one engine. Owner thread only; making it makes all series, at zero. */
export class RequestMetrics {
  readonly #tokens;
  readonly #latency;
  readonly #shape;
  readonly #ends;
  readonly #items;
  readonly #corrupted;
  readonly #deprecated;

  constructor(options: RequestMetricsOptions) {
    const { registry, tokensMax, engineLabels } = options;
    const define: DefineOptions = { registry, tokensMax, engineLabels };
    const labels = engineValues(options);
    this.#tokens = tokenChildren(define, labels);
    this.#latency = latencyChildren(define, labels);
    this.#shape = shapeChildren(define, labels);
    const success = defineCounter(VLLM_FAMILIES.requestSuccessTotal, define);
    this.#ends = FINISH_REASONS.slice(1).map((reason) => success.labels(...labels, reason));
    this.#items = options.features.items === false ? undefined : {
      queries: defineCounter(VLLM_FAMILIES.mmCacheQueriesTotal, define).labels(...labels),
      hits: defineCounter(VLLM_FAMILIES.mmCacheHitsTotal, define).labels(...labels),
    };
    this.#corrupted = options.features.corruption
      ? defineCounter(VLLM_OPTIONAL_FAMILIES.corruptedRequestsTotal, define).labels(...labels)
      : undefined;
    this.#deprecated = options.features.deprecated ? deprecatedChildren(define, labels) : undefined;
  }

  /** The first output came. */
  first(promptTokens: number, prompt: PromptFacts, options: { seconds: number }): void {
    const cached = prompt.cachedTokens + prompt.loadedTokens;
    this.#tokens.prompt.inc(promptTokens);
    this.#tokens.computed.inc(promptTokens - cached);
    this.#tokens.hit.inc(prompt.cachedTokens);
    this.#tokens.transferred.inc(prompt.loadedTokens);
    this.#tokens.cached.inc(cached);
    this.#latency.first.observe(options.seconds);
    this.#deprecated?.recomputed.inc(prompt.recomputedTokens);
  }

  /** New tokens came. */
  generated(count: number): void {
    this.#tokens.generation.inc(count);
  }

  /** An output came after another one. */
  next(seconds: number): void {
    this.#latency.next.observe(seconds);
    this.#deprecated?.next.observe(seconds);
  }

  /** A sequence ended by itself. */
  finished(sequence: FinishedSequence): void {
    const { prompt, promptTokens, generatedTokens, decodeSeconds } = sequence;
    this.#ends[sequence.finish - 1].inc();
    if (sequence.corrupted) this.#corrupted?.inc();
    this.#latency.total.observe(sequence.totalSeconds);
    this.#latency.queue.observe(prompt.queuedSeconds);
    this.#latency.prefill.observe(prompt.prefillSeconds);
    this.#latency.decode.observe(decodeSeconds);
    this.#latency.inference.observe(prompt.prefillSeconds + decodeSeconds);
    this.#latency.perToken.observe(generatedTokens > 1 ? decodeSeconds / (generatedTokens - 1) : 0);
    this.#shape.prompt.observe(promptTokens);
    this.#shape.generated.observe(generatedTokens);
    this.#shape.computed.observe(promptTokens - prompt.cachedTokens - prompt.loadedTokens);
    this.#shape.preemptions.observe(sequence.preemptions);
    if (sequence.maxTokens > 0) this.#shape.maxTokens.observe(sequence.maxTokens);
    this.#deprecated?.prefillPerToken.observe(prompt.prefillSeconds / promptTokens);
  }

  /** The last sequence of a request ended by itself. */
  requestFinished(request: { n: number; generatedMax: number }): void {
    this.#shape.n.observe(request.n);
    this.#shape.generatedMax.observe(request.generatedMax);
  }

  /** A sequence ended without an output, for `reason`, a position in {@linkcode FINISH_REASONS}. */
  ended(reason: number): void {
    this.#ends[reason - 1].inc();
  }

  /** Images were looked up in the worker's cache of inputs. */
  itemsLookedUp(queries: number, hits: number): void {
    this.#items?.queries.inc(queries);
    this.#items?.hits.inc(hits);
  }
}

function tokenChildren(define: DefineOptions, labels: readonly string[]) {
  const bySource = defineCounter(VLLM_FAMILIES.promptTokensBySourceTotal, define);
  return {
    prompt: defineCounter(VLLM_FAMILIES.promptTokensTotal, define).labels(...labels),
    cached: defineCounter(VLLM_FAMILIES.promptTokensCachedTotal, define).labels(...labels),
    generation: defineCounter(VLLM_FAMILIES.generationTokensTotal, define).labels(...labels),
    computed: bySource.labels(...labels, "local_compute"),
    hit: bySource.labels(...labels, "local_cache_hit"),
    transferred: bySource.labels(...labels, "external_kv_transfer"),
  };
}

function latencyChildren(define: DefineOptions, labels: readonly string[]) {
  return {
    first: defineHistogram(VLLM_FAMILIES.timeToFirstTokenSeconds, define).labels(...labels),
    next: defineHistogram(VLLM_FAMILIES.interTokenLatencySeconds, define).labels(...labels),
    perToken: defineHistogram(VLLM_FAMILIES.requestTimePerOutputTokenSeconds, define).labels(...labels),
    total: defineHistogram(VLLM_FAMILIES.e2eRequestLatencySeconds, define).labels(...labels),
    queue: defineHistogram(VLLM_FAMILIES.requestQueueTimeSeconds, define).labels(...labels),
    inference: defineHistogram(VLLM_FAMILIES.requestInferenceTimeSeconds, define).labels(...labels),
    prefill: defineHistogram(VLLM_FAMILIES.requestPrefillTimeSeconds, define).labels(...labels),
    decode: defineHistogram(VLLM_FAMILIES.requestDecodeTimeSeconds, define).labels(...labels),
  };
}

function shapeChildren(define: DefineOptions, labels: readonly string[]) {
  return {
    prompt: defineHistogram(VLLM_FAMILIES.requestPromptTokens, define).labels(...labels),
    generated: defineHistogram(VLLM_FAMILIES.requestGenerationTokens, define).labels(...labels),
    generatedMax: defineHistogram(VLLM_FAMILIES.requestMaxNumGenerationTokens, define).labels(...labels),
    n: defineHistogram(VLLM_FAMILIES.requestParamsN, define).labels(...labels),
    maxTokens: defineHistogram(VLLM_FAMILIES.requestParamsMaxTokens, define).labels(...labels),
    computed: defineHistogram(VLLM_FAMILIES.requestPrefillKvComputedTokens, define).labels(...labels),
    preemptions: defineHistogram(VLLM_FAMILIES.requestNumPreemptions, define).labels(...labels),
  };
}

function deprecatedChildren(define: DefineOptions, labels: readonly string[]) {
  const family = VLLM_OPTIONAL_FAMILIES;
  return {
    next: defineHistogram(family.timePerOutputTokenSeconds, define).labels(...labels),
    prefillPerToken: defineHistogram(family.timePerPrefillTokenRequestSeconds, define).labels(...labels),
    recomputed: defineCounter(family.promptTokensRecomputedTotal, define).labels(...labels),
  };
}
