/**
 * From options as people write them to configurations that are complete and checked.
 *
 * @module
 */
import { DEFAULT_OMNI_NAMING, OMNI_PREFIXES } from "../../families/omni.ts";
import { oneOf, refuse, wholeNumber, within } from "../../server/option_checks.ts";
import { HTTP_CONVENTIONS, type HttpConvention } from "../../server/options.ts";
import { StartError } from "../../server/start_error.ts";
import { type ApiConfig, DEFAULT_API_CONFIG, FAILURE_TYPES, type FailureType } from "../api/api_config.ts";
import type { RoutingPolicy } from "../client/router.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig, engineConfig } from "../engine/engine_config.ts";
import { type ProfileName, PROFILES, type TimingProfile } from "../engine/profiles.ts";
import { DEFAULT_GATEWAY_CONFIG, type GatewayConfig } from "../gateway/gateway_config.ts";
import { type Features, featuresOf } from "../metrics/features.ts";
import type { PipelineDescription } from "../pipeline/description.ts";
import type { PipelinePlan } from "../pipeline/pipeline_extension.ts";
import { PipelineError } from "../pipeline/pipeline_fields.ts";
import { readPipeline } from "../pipeline/read_pipeline.ts";
import { PROMPT_TOKENS_MAX } from "../replica/channel.ts";
import type { TextMode } from "../replica/thread_messages.ts";
import type { LlmOptions } from "./llm_options.ts";

/** A server with engines of its own. */
export interface EmbeddedPlan {
  readonly kind: "embedded";
  readonly engine: EngineConfig;
  readonly api: ApiConfig;
  readonly features: Features;
  readonly replicas: number;
  readonly routing: RoutingPolicy;
  readonly mode: TextMode;
}

/** A server that forwards. */
export interface GatewayPlan {
  readonly kind: "gateway";
  readonly gateway: GatewayConfig;
}

/** A server with a pipeline. */
export interface StagesPlan extends PipelinePlan {
  readonly kind: "pipeline";
  readonly api: ApiConfig;
  readonly routing: RoutingPolicy;
}

/** What all have. */
export interface CommonPlan {
  readonly httpMetrics: HttpConvention;
  readonly statsSeconds: number;
}

/** What the server will be. */
export type LlmPlan = (EmbeddedPlan | GatewayPlan | StagesPlan) & CommonPlan;

const REPLICAS_MAX = 64;
const MICROSECONDS = 1000;

/** Completes and checks the options. @throws {StartError} If one has a value that it cannot have; the message names it */
export function resolveLlmOptions(options: LlmOptions): LlmPlan {
  const common: CommonPlan = {
    httpMetrics: oneOf("httpMetrics", options.httpMetrics ?? "fastapi", HTTP_CONVENTIONS),
    statsSeconds: within("statsSeconds", options.statsSeconds ?? 10, { min: 0, max: 86_400 }),
  };
  if (options.upstreams !== undefined && options.pipeline !== undefined) {
    throw refuse(
      "pipeline",
      "beside upstreams",
      "one of the two: a pipeline is run here, upstreams elsewhere",
    );
  }
  if (options.upstreams !== undefined) return { kind: "gateway", gateway: gatewayOf(options), ...common };
  if (options.pipeline !== undefined) return { ...pipelineOf(options, options.pipeline), ...common };
  const engine = engineOf(options);
  return {
    kind: "embedded",
    engine,
    api: apiOf(options, engine.maxModelLen),
    features: featuresOf(engine, { mfu: options.mfuMetrics, deprecated: options.deprecatedMetrics }),
    replicas: wholeNumber("replicas", options.replicas ?? 1, { min: 1, max: REPLICAS_MAX }),
    routing: routingOf(options),
    mode: oneOf("mode", options.mode ?? "random", ["random", "echo"]),
    ...common,
  };
}

function routingOf(options: LlmOptions): RoutingPolicy {
  return oneOf("routing", options.routing ?? "least-loaded", ["least-loaded", "sticky"]);
}

function pipelineOf(options: LlmOptions, json: string): StagesPlan {
  const pipeline = described(json, options);
  const entries = Object.values(pipeline.routes).map(([first]) => pipeline.stages[first]);
  const lengths = entries.map((stage) => stage.kind === "llm" ? stage.engine.maxModelLen : Infinity);
  return {
    kind: "pipeline",
    pipeline,
    naming: {
      prefix: oneOf("omniPrefix", options.omniPrefix ?? DEFAULT_OMNI_NAMING.prefix, OMNI_PREFIXES),
      aliases: options.omniAliases ?? DEFAULT_OMNI_NAMING.aliases,
      ids: options.omniIdLabels ?? DEFAULT_OMNI_NAMING.ids,
    },
    deprecated: options.deprecatedMetrics ?? false,
    api: { ...apiOf(options, Math.min(...lengths)), models: [pipeline.model], sleepMode: false },
    routing: routingOf(options),
  };
}

function described(json: string, options: LlmOptions): PipelineDescription {
  const speedFactor = options.speedFactor === undefined
    ? undefined
    : within("speedFactor", options.speedFactor, { min: 0.001, max: 1e6 });
  try {
    return readPipeline(json, { speedFactor });
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw new StartError("BAD_OPTION", error.message, { cause: error });
  }
}

function engineOf(options: LlmOptions): EngineConfig {
  const adapters = list(options.loraModules).length;
  const maxModelLen = wholeNumber("maxModelLen", options.maxModelLen ?? DEFAULT_ENGINE_CONFIG.maxModelLen, {
    min: 2,
    max: PROMPT_TOKENS_MAX,
  });
  const speedFactor = within("speedFactor", options.speedFactor ?? 1, { min: 0.001, max: 1e6 });
  const given: Partial<Record<keyof EngineConfig, unknown>> = {
    maxNumSeqs: options.maxNumSeqs,
    maxNumBatchedTokens: options.maxNumBatchedTokens,
    blockSize: options.blockSize,
    numGpuBlocks: options.numGpuBlocks,
    enablePrefixCaching: options.prefixCaching,
    enableChunkedPrefill: options.chunkedPrefill,
    maxLoras: options.maxLoras ?? (adapters > 0 ? 1 : 0),
    numSpeculativeTokens: options.numSpeculativeTokens,
    speculativeAcceptanceRate: options.speculativeAcceptanceRate,
    offloadBlocks: options.offloadBlocks,
    offloadReuseThreshold: options.offloadReuseThreshold,
    timeFactorUnderLoad: options.timeFactorUnderLoad,
    outputTokensMean: options.outputTokensMean,
    seed: options.seed,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  try {
    return engineConfig({
      ...set,
      maxModelLen,
      speedFactor,
      kvMetricsSample: options.kvCacheMetrics ? options.kvCacheMetricsSample ?? 0.01 : 0,
      errorRate: percentage("engineErrorRate", options.engineErrorRate),
      corruptionRate: percentage("corruptionRate", options.corruptionRate),
      timing: timingOf(options),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new StartError("BAD_OPTION", error.message, { cause: error });
  }
}

function timingOf(options: LlmOptions): TimingProfile {
  const names = Object.keys(PROFILES) as ProfileName[];
  const profile = PROFILES[oneOf("profile", options.profile ?? "8b-h100", names)];
  const time = (name: keyof LlmOptions, own: number) => {
    const value = options[name] as number | undefined;
    return value === undefined ? own : within(name, value, { min: 0, max: 3_600_000 }) * MICROSECONDS;
  };
  return {
    ...profile,
    timeToFirstToken: time("timeToFirstTokenMs", profile.timeToFirstToken),
    interTokenLatency: time("interTokenLatencyMs", profile.interTokenLatency),
    prefillOverhead: time("prefillOverheadMs", profile.prefillOverhead),
    prefillTimePerToken: time("prefillTimePerTokenMs", profile.prefillTimePerToken),
    jitter: within("jitter", options.jitter ?? profile.jitter, { min: 0, max: 0.3 }),
  };
}

function apiOf(options: LlmOptions, maxModelLen: number): ApiConfig {
  const names = list(options.servedModelNames);
  const failureTypes = list(options.failureTypes).map((type) => oneOf("failureTypes", type, FAILURE_TYPES));
  return {
    ...DEFAULT_API_CONFIG,
    models: names.length > 0 ? names : [options.model ?? DEFAULT_API_CONFIG.models[0]],
    adapters: list(options.loraModules),
    maxModelLen,
    apiKeys: list(options.apiKeys),
    embeddingDimensions: wholeNumber("embeddingDimensions", options.embeddingDimensions ?? 384, {
      min: 1,
      max: 8192,
    }),
    maxWaiting: wholeNumber("maxWaitingQueueLength", options.maxWaitingQueueLength ?? 1000, {
      min: 1,
      max: 1e9,
    }),
    failureRate: percentage("failureInjectionRate", options.failureInjectionRate),
    failureTypes: failureTypes.length > 0 ? failureTypes as FailureType[] : FAILURE_TYPES,
    sleepMode: options.sleepMode ?? false,
  };
}

function gatewayOf(options: LlmOptions): GatewayConfig {
  const urls = list(options.upstreams);
  if (urls.length === 0) throw refuse("upstreams", options.upstreams, "at least one URL");
  const timeoutMs =
    within("upstreamTimeoutSeconds", options.upstreamTimeoutSeconds ?? 600, { min: 0.01, max: 86_400 }) *
    1000;
  return {
    ...DEFAULT_GATEWAY_CONFIG,
    upstreams: urls.map((url) => {
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
        throw refuse("upstreams", url, "an absolute URL such as http://10.0.0.1:8000");
      }
      return { url: url.replace(/\/$/, ""), apiKey: options.upstreamApiKey };
    }),
    apiKeys: list(options.apiKeys),
    retries: wholeNumber("upstreamRetries", options.upstreamRetries ?? 2, { min: 0, max: 100 }),
    firstByteMs: timeoutMs,
    idleMs: timeoutMs,
    inputCostPerToken: within("inputCostPerMillion", options.inputCostPerMillion ?? 0, { min: 0, max: 1e6 }) /
      1e6,
    outputCostPerToken:
      within("outputCostPerMillion", options.outputCostPerMillion ?? 0, { min: 0, max: 1e6 }) / 1e6,
    maxModelLen: wholeNumber("maxModelLen", options.maxModelLen ?? DEFAULT_GATEWAY_CONFIG.maxModelLen, {
      min: 1,
      max: 2 ** 31,
    }),
    deprecated: options.deprecatedMetrics ?? false,
  };
}

function list(text: string | undefined): string[] {
  return (text ?? "").split(",").map((item) => item.trim()).filter((item) => item !== "");
}

/** A share of 1, given in percent. */
function percentage(name: keyof LlmOptions, percent = 0): number {
  return within(name, percent, { min: 0, max: 100 }) / 100;
}
