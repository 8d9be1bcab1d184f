/**
 * The LLM server's flags: names as vLLM and llm-d-inference-sim have them, where they have them.
 *
 * @module
 */
import type { LlmOptions } from "./llm_options.ts";

/** One setting: a flag, an environment variable and a key of the configuration file. */
export interface LlmSetting {
  readonly option: keyof LlmOptions;
  readonly flag: string;
  readonly type: "number" | "text" | "switch" | "file";
  /** Whether the value is never to be shown. */
  readonly secret?: boolean;
  readonly placeholder: string;
  readonly help: string;
}

/** All settings, in the order of the help. */
export const LLM_SETTINGS: readonly LlmSetting[] = [
  text("model", "model", "NAME", "name of the simulated model (default: promslab-sim)"),
  text(
    "servedModelNames",
    "served-model-name",
    "NAMES",
    "names that clients use, separated by commas; the first labels the metrics",
  ),
  number("replicas", "data-parallel-size", "N", "engine replicas, a thread each (default: 1)"),
  text(
    "routing",
    "routing",
    "POLICY",
    "least-loaded or sticky, by x-session-id or user (default: least-loaded)",
  ),
  text("mode", "mode", "MODE", "random text of a small model, or echo of the prompt (default: random)"),
  number("maxNumSeqs", "max-num-seqs", "N", "sequences that an engine runs at once (default: 256)"),
  number("maxModelLen", "max-model-len", "TOKENS", "context length (default: 8192; before upstreams 131072)"),
  number(
    "maxNumBatchedTokens",
    "max-num-batched-tokens",
    "TOKENS",
    "tokens that one step computes (default: 2048)",
  ),
  number("blockSize", "block-size", "TOKENS", "tokens of a KV block (default: 16)"),
  number("numGpuBlocks", "num-gpu-blocks-override", "N", "KV blocks of an engine (default: 8192)"),
  toggle("prefixCaching", "enable-prefix-caching", "reuse KV blocks of known prefixes (default: on)"),
  toggle("chunkedPrefill", "enable-chunked-prefill", "compute long prompts in parts (default: on)"),
  text(
    "loraModules",
    "lora-modules",
    "NAMES",
    "LoRA adapters, separated by commas, each a further model name",
  ),
  number("maxLoras", "max-loras", "N", "adapters that run at once (default: 1 if there are any)"),
  number(
    "numSpeculativeTokens",
    "num-speculative-tokens",
    "N",
    "draft tokens of a speculative step (default: 0)",
  ),
  number(
    "speculativeAcceptanceRate",
    "speculative-acceptance-rate",
    "SHARE",
    "chance of a draft token, 0 to 1 (default: 0.7)",
  ),
  number("offloadBlocks", "kv-offloading-blocks", "N", "KV blocks that the offload tier holds (default: 0)"),
  number(
    "offloadReuseThreshold",
    "kv-offloading-reuse-threshold",
    "N",
    "reuses that make a block worth offloading (default: 0)",
  ),
  text(
    "profile",
    "profile",
    "NAME",
    "timing of a model on hardware: instant, 1b-h100, 8b-h100 or 70b-tp8-h100 (default: 8b-h100)",
  ),
  number(
    "timeToFirstTokenMs",
    "time-to-first-token",
    "MS",
    "a fixed time to the first token, whatever the prompt",
  ),
  number("interTokenLatencyMs", "inter-token-latency", "MS", "time from one token to the next"),
  number("prefillOverheadMs", "prefill-overhead", "MS", "what a prefill costs beside its tokens"),
  number("prefillTimePerTokenMs", "prefill-time-per-token", "MS", "what a token of a prompt costs"),
  number("jitter", "jitter", "SHARE", "standard deviation of a step as a share of it, 0 to 0.3"),
  number(
    "timeFactorUnderLoad",
    "time-factor-under-load",
    "FACTOR",
    "how much slower a full batch is than one sequence (default: 2)",
  ),
  number(
    "speedFactor",
    "speed-factor",
    "FACTOR",
    "time runs this many times faster, 1 is real time (default: 1)",
  ),
  number(
    "outputTokensMean",
    "output-tokens-mean",
    "TOKENS",
    "mean length of outputs without a limit (default: 120)",
  ),
  number("seed", "seed", "N", "seed of all that is random in an engine (default: 1)"),
  number(
    "failureInjectionRate",
    "failure-injection-rate",
    "PERCENT",
    "requests that fail on purpose (default: 0)",
  ),
  text(
    "failureTypes",
    "failure-types",
    "TYPES",
    "rate_limit, invalid_api_key, context_length, server_error, invalid_request, model_not_found",
  ),
  number("engineErrorRate", "engine-error-rate", "PERCENT", "requests that fail in the engine (default: 0)"),
  number(
    "corruptionRate",
    "corruption-rate",
    "PERCENT",
    "requests that finish flagged as corrupted (default: 0)",
  ),
  {
    ...text("apiKeys", "api-key", "KEYS", "keys of which clients must show one, separated by commas"),
    secret: true,
  },
  number(
    "maxWaitingQueueLength",
    "max-waiting-queue-length",
    "N",
    "requests that may wait; others get status 429 (default: 1000)",
  ),
  number("embeddingDimensions", "default-embedding-dimensions", "N", "length of embeddings (default: 384)"),
  toggle("sleepMode", "enable-sleep-mode", "offer /sleep, /wake_up and /reset_prefix_cache (default: off)"),
  toggle("kvCacheMetrics", "kv-cache-metrics", "expose how long KV blocks stay (default: off)"),
  number(
    "kvCacheMetricsSample",
    "kv-cache-metrics-sample",
    "SHARE",
    "KV blocks that are watched for it, 0 to 1 (default: 0.01)",
  ),
  toggle("mfuMetrics", "enable-mfu-metrics", "expose estimates of operations and bytes (default: off)"),
  toggle("deprecatedMetrics", "deprecated-metrics", "expose older names of families too (default: off)"),
  text(
    "httpMetrics",
    "http-metrics",
    "PRESET",
    "HTTP families: fastapi, as vLLM has them, prometheus or opentelemetry (default: fastapi)",
  ),
  number(
    "statsSeconds",
    "log-stats-interval",
    "SECONDS",
    "a line on tokens and requests every so often, 0 for none (default: 10)",
  ),
  {
    option: "pipeline",
    flag: "pipeline",
    type: "file",
    placeholder: "FILE",
    help: "JSON file of a pipeline of stages (text, audio, images, video) instead of the one engine",
  },
  text(
    "omniPrefix",
    "omni-prefix",
    "PREFIX",
    "what names of a pipeline's families begin with, vllm:omni_ or vllm_omni: (default: vllm:omni_)",
  ),
  toggle("omniAliases", "omni-aliases", "expose earlier names of a pipeline's families too (default: off)"),
  toggle(
    "omniIdLabels",
    "omni-id-labels",
    "label stage_id and replica_id, not stage and replica (default: off)",
  ),
  text(
    "upstreams",
    "upstream",
    "URLS",
    "OpenAI-compatible servers to forward to, separated by commas, instead of the engine",
  ),
  {
    ...text("upstreamApiKey", "upstream-api-key", "KEY", "key for the upstreams (default: the client's)"),
    secret: true,
  },
  number(
    "upstreamRetries",
    "upstream-retries",
    "N",
    "further tries of a request that failed before its first byte (default: 2)",
  ),
  number(
    "upstreamTimeoutSeconds",
    "upstream-timeout",
    "SECONDS",
    "time to a first byte, and between two (default: 600)",
  ),
  number(
    "inputCostPerMillion",
    "input-cost-per-million",
    "USD",
    "price of a million input tokens, for the spend (default: 0)",
  ),
  number(
    "outputCostPerMillion",
    "output-cost-per-million",
    "USD",
    "price of a million output tokens (default: 0)",
  ),
];

function text(option: keyof LlmOptions, flag: string, placeholder: string, help: string): LlmSetting {
  return { option, flag, type: "text", placeholder, help };
}

function number(option: keyof LlmOptions, flag: string, placeholder: string, help: string): LlmSetting {
  return { option, flag, type: "number", placeholder, help };
}

function toggle(option: keyof LlmOptions, flag: string, help: string): LlmSetting {
  return { option, flag, type: "switch", placeholder: "", help };
}
