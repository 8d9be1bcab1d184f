/**
 * What the LLM server can be told.
 *
 * @module
 */

/** Options of `serveLlm()` beside those of `serve()`; each is a flag of the command line too. Times are milliseconds. */
export interface LlmOptions {
  /** The model's name. */
  readonly model?: string;
  /** Names under which it is served, separated by commas; the first one labels the metrics. Default: the model's name. */
  readonly servedModelNames?: string;
  /** Engine replicas, each a thread of its own. */
  readonly replicas?: number;
  /** `least-loaded` or `sticky`: by the header x-session-id or the user that the body names. */
  readonly routing?: string;
  /** Where text comes from: `random`, a small model, or `echo`, the prompt. */
  readonly mode?: string;
  /** Sequences that an engine runs at once (default: 256). */
  readonly maxNumSeqs?: number;
  /** Context length (default: 8192; before upstreams 131072). */
  readonly maxModelLen?: number;
  /** Tokens that one step computes (default: 2048). */
  readonly maxNumBatchedTokens?: number;
  /** Tokens of a KV block (default: 16). */
  readonly blockSize?: number;
  /** KV blocks of an engine (default: 8192). */
  readonly numGpuBlocks?: number;
  /** Reuse KV blocks of known prefixes (default: on). */
  readonly prefixCaching?: boolean;
  /** Compute long prompts in parts (default: on). */
  readonly chunkedPrefill?: boolean;
  /** Names of LoRA adapters, separated by commas. */
  readonly loraModules?: string;
  /** Adapters that run at once (default: 1 if there are any). */
  readonly maxLoras?: number;
  /** Draft tokens of a speculative step (default: 0). */
  readonly numSpeculativeTokens?: number;
  /** Chance of a draft token, 0 to 1 (default: 0.7). */
  readonly speculativeAcceptanceRate?: number;
  /** KV blocks of the offload tier. */
  readonly offloadBlocks?: number;
  /** Reuses that make a block worth offloading (default: 0). */
  readonly offloadReuseThreshold?: number;
  /** The name of a timing profile; single times override it. */
  readonly profile?: string;
  /** A fixed time to the first token, whatever the prompt. */
  readonly timeToFirstTokenMs?: number;
  /** Time from one token to the next. */
  readonly interTokenLatencyMs?: number;
  /** What a prefill costs beside its tokens. */
  readonly prefillOverheadMs?: number;
  /** What a token of a prompt costs. */
  readonly prefillTimePerTokenMs?: number;
  /** Standard deviation of a step, as a share of it. */
  readonly jitter?: number;
  /** How much slower a full batch is than one sequence (default: 2). */
  readonly timeFactorUnderLoad?: number;
  /** Time runs this many times faster, 1 is real time (default: 1). */
  readonly speedFactor?: number;
  /** Mean length of outputs without a limit (default: 120). */
  readonly outputTokensMean?: number;
  /** Seed of all that is random in an engine (default: 1). */
  readonly seed?: number;
  /** Percent of requests that fail at the API (default: 0). */
  readonly failureInjectionRate?: number;
  /** Rate_limit, invalid_api_key, context_length, server_error, invalid_request, model_not_found. */
  readonly failureTypes?: string;
  /** Percent of requests that fail in the engine (default: 0). */
  readonly engineErrorRate?: number;
  /** Requests that finish flagged as corrupted (default: 0). */
  readonly corruptionRate?: number;
  /** Keys of clients, separated by commas. */
  readonly apiKeys?: string;
  /** Requests that may wait; others get status 429 (default: 1000). */
  readonly maxWaitingQueueLength?: number;
  /** Length of embeddings (default: 384). */
  readonly embeddingDimensions?: number;
  /** Offer /sleep, /wake_up and /reset_prefix_cache (default: off). */
  readonly sleepMode?: boolean;
  /** Expose how long KV blocks stay (default: off). */
  readonly kvCacheMetrics?: boolean;
  /** KV blocks that are watched for it, 0 to 1 (default: 0.01). */
  readonly kvCacheMetricsSample?: number;
  /** Expose estimates of operations and bytes (default: off). */
  readonly mfuMetrics?: boolean;
  /** Expose older names of families too (default: off). */
  readonly deprecatedMetrics?: boolean;
  /** `fastapi`, as vLLM has them, or what `serve()` offers: `prometheus` or `opentelemetry`. */
  readonly httpMetrics?: string;
  /** Seconds between two lines on what the server does; 0 for none. */
  readonly statsSeconds?: number;
  /** The JSON of a pipeline of stages, each with replicas of its own, in the place of the one engine. */
  readonly pipeline?: string;
  /** What names of a pipeline's families begin with: `vllm:omni_` (default) or `vllm_omni:`. */
  readonly omniPrefix?: string;
  /** Expose a pipeline's families under their earlier names too (default: off). */
  readonly omniAliases?: boolean;
  /** Label places of a pipeline `stage_id` and `replica_id` (default: `stage` and `replica`). */
  readonly omniIdLabels?: boolean;
  /** URLs of OpenAI-compatible servers, separated by commas: the server forwards to them and has no engine. */
  readonly upstreams?: string;
  /** Key for the upstreams (default: the client's). */
  readonly upstreamApiKey?: string;
  /** Further tries of a request that failed before its first byte (default: 2). */
  readonly upstreamRetries?: number;
  /** Time to a first byte, and between two (default: 600). */
  readonly upstreamTimeoutSeconds?: number;
  /** US dollars for a million tokens of input (default: 0). */
  readonly inputCostPerMillion?: number;
  /** Price of a million output tokens (default: 0). */
  readonly outputCostPerMillion?: number;
}
