/**
 * What a gateway sees of its upstreams, in vLLM's families: those that can be known from outside an engine.
 * The label `engine` is the upstream's number.
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
import type { Registerer } from "../../metric/registerer.ts";
import { FINISH_REASONS } from "../engine/sequence.ts";
import type { Exchange } from "./exchange.ts";

/** The children of one model at one upstream. */
class ModelMetrics {
  readonly running;
  readonly first;
  readonly next;
  readonly perToken;
  readonly total;
  readonly decode;
  readonly prompt;
  readonly generation;
  readonly requestPrompt;
  readonly requestGeneration;
  readonly generatedMax;
  readonly n;
  readonly maxTokens;
  readonly ends: ReadonlyMap<string, { inc(): void }>;

  constructor(define: DefineOptions, labels: [string, string]) {
    const family = VLLM_FAMILIES;
    const histogram = (spec: Parameters<typeof defineHistogram<"model_name" | "engine">>[0]) =>
      defineHistogram(spec, define).labels(...labels);
    this.running = defineGauge(family.numRequestsRunning, define).labels(...labels);
    this.first = histogram(family.timeToFirstTokenSeconds);
    this.next = histogram(family.interTokenLatencySeconds);
    this.perToken = histogram(family.requestTimePerOutputTokenSeconds);
    this.total = histogram(family.e2eRequestLatencySeconds);
    this.decode = histogram(family.requestDecodeTimeSeconds);
    this.prompt = defineCounter(family.promptTokensTotal, define).labels(...labels);
    this.generation = defineCounter(family.generationTokensTotal, define).labels(...labels);
    this.requestPrompt = histogram(family.requestPromptTokens);
    this.requestGeneration = histogram(family.requestGenerationTokens);
    this.generatedMax = histogram(family.requestMaxNumGenerationTokens);
    this.n = histogram(family.requestParamsN);
    this.maxTokens = histogram(family.requestParamsMaxTokens);
    const success = defineCounter(family.requestSuccessTotal, define);
    this.ends = new Map(FINISH_REASONS.slice(1).map((reason) => [reason, success.labels(...labels, reason)]));
  }
}

/** The gateway's part of vLLM's families. Owner thread only. */
export class GatewayMetrics {
  readonly #define: DefineOptions;
  readonly #models = new Map<string, Map<number, ModelMetrics>>();

  constructor(options: { tokensMax: number; registry?: Registerer }) {
    this.#define = options;
  }

  /** Makes the series of a model at an upstream, or finds them. */
  of(model: string, upstream: number): ModelMetrics {
    let upstreams = this.#models.get(model);
    if (upstreams === undefined) this.#models.set(model, upstreams = new Map());
    let metrics = upstreams.get(upstream);
    if (metrics === undefined) {
      upstreams.set(upstream, metrics = new ModelMetrics(this.#define, [model, String(upstream)]));
    }
    return metrics;
  }

  /** An exchange was completed. */
  completed(
    metrics: ModelMetrics,
    exchange: Exchange,
    request: { n: number; maxTokens: number; nowMs: number },
  ): void {
    const prompt = exchange.promptTokens ?? 0;
    const generated = exchange.completionTokens;
    const choices = Math.max(1, exchange.finishReasons.size);
    metrics.prompt.inc(prompt);
    metrics.generation.inc(generated);
    metrics.total.observe((request.nowMs - exchange.arrivalMs) / 1000);
    metrics.requestPrompt.observe(prompt);
    for (let choice = 0; choice < choices; choice++) metrics.requestGeneration.observe(generated / choices);
    metrics.generatedMax.observe(exchange.completionTokensMax);
    metrics.n.observe(request.n);
    if (request.maxTokens > 0) metrics.maxTokens.observe(request.maxTokens);
    if (exchange.firstMs !== undefined) {
      metrics.decode.observe(exchange.decodeSeconds);
      metrics.perToken.observe(generated > 1 ? exchange.decodeSeconds / (generated - 1) : 0);
    }
    for (const reason of exchange.finishReasons.values()) this.ended(metrics, reason);
    if (exchange.finishReasons.size === 0) this.ended(metrics, "stop");
  }

  /** A sequence ended for a reason of an answer; reasons that are no engine's count as a stop. */
  ended(metrics: ModelMetrics, reason: string): void {
    (metrics.ends.get(reason) ?? metrics.ends.get("stop"))!.inc();
  }
}

export type { ModelMetrics };
