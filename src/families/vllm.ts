/**
 * vLLM's metric families as they are today: always defined, whatever the options of the server.
 * Names, labels, buckets and the label values that exist from the start are vLLM's; the merge modes are ours,
 * because every series of an engine's state has one writer here.
 *
 * @module
 */
import { counterSpec, gaugeSpec, histogramSpec } from "./family_spec.ts";
import {
  FIRST_TOKEN,
  INTER_TOKEN,
  ITERATION_TOKENS,
  PARAMS_N,
  PREEMPTIONS,
  REQUEST_LATENCY,
} from "./vllm_buckets.ts";

/** The labels of nearly every family: the first served model name and the engine's number. */
export const ENGINE = ["model_name", "engine"] as const;

/** The families that every server of this kind exposes. */
export const VLLM_FAMILIES = {
  numRequestsRunning: gaugeSpec(
    "vllm:num_requests_running",
    "How many requests are in the engine's running batch.",
    { labels: ENGINE, owner: "engine" },
  ),
  numRequestsWaiting: gaugeSpec(
    "vllm:num_requests_waiting",
    "How many requests are queued, counting both capacity waits and deferred ones.",
    { labels: ENGINE, owner: "engine" },
  ),
  numRequestsWaitingByReason: gaugeSpec(
    "vllm:num_requests_waiting_by_reason",
    "Queued requests split by the reason they are not running.",
    { labels: [...ENGINE, "reason"], owner: "engine", children: { "reason": ["capacity", "deferred"] } },
  ),
  engineSleepState: gaugeSpec(
    "vllm:engine_sleep_state",
    "One-hot sleep state of the engine: awake, level 1 (weights offloaded) or level 2 (all discarded).",
    {
      labels: [...ENGINE, "sleep_state"],
      owner: "engine",
      children: { "sleep_state": ["awake", "weights_offloaded", "discard_all"] },
    },
  ),
  kvCacheUsagePerc: gaugeSpec(
    "vllm:kv_cache_usage_perc",
    "Share of KV-cache blocks in use, from 0 to 1 despite the name.",
    { labels: ENGINE, owner: "engine" },
  ),
  prefixCacheQueriesTotal: counterSpec(
    "vllm:prefix_cache_queries_total",
    "Prompt tokens looked up in the local prefix cache.",
    { labels: ENGINE, owner: "engine" },
  ),
  prefixCacheHitsTotal: counterSpec(
    "vllm:prefix_cache_hits_total",
    "Prompt tokens found in the local prefix cache.",
    { labels: ENGINE, owner: "engine" },
  ),
  mmCacheQueriesTotal: counterSpec(
    "vllm:mm_cache_queries_total",
    "Multimodal items looked up in the input cache.",
    { labels: ENGINE },
  ),
  mmCacheHitsTotal: counterSpec("vllm:mm_cache_hits_total", "Multimodal items served from the input cache.", {
    labels: ENGINE,
  }),
  numPreemptionsTotal: counterSpec(
    "vllm:num_preemptions_total",
    "Times a running request was put back in the queue.",
    { labels: ENGINE, owner: "engine" },
  ),
  promptTokensTotal: counterSpec(
    "vllm:prompt_tokens_total",
    "Prompt tokens of requests whose prefill completed.",
    { labels: ENGINE },
  ),
  promptTokensBySourceTotal: counterSpec(
    "vllm:prompt_tokens_by_source_total",
    "Prompt tokens split by where their KV came from.",
    {
      labels: [...ENGINE, "source"],
      children: { "source": ["local_compute", "local_cache_hit", "external_kv_transfer"] },
    },
  ),
  promptTokensCachedTotal: counterSpec(
    "vllm:prompt_tokens_cached_total",
    "Prompt tokens that needed no prefill compute (local plus external cache).",
    { labels: ENGINE },
  ),
  generationTokensTotal: counterSpec("vllm:generation_tokens_total", "Tokens generated.", { labels: ENGINE }),
  requestSuccessTotal: counterSpec(
    "vllm:request_success_total",
    "Finished requests by finish reason, aborts and errors included.",
    {
      labels: [...ENGINE, "finished_reason"],
      children: { "finished_reason": ["stop", "length", "abort", "error", "repetition"] },
    },
  ),
  requestPromptTokens: histogramSpec("vllm:request_prompt_tokens", "Prompt length of finished requests.", {
    labels: ENGINE,
    buckets: "tokens",
  }),
  requestGenerationTokens: histogramSpec(
    "vllm:request_generation_tokens",
    "Output length of finished requests.",
    { labels: ENGINE, buckets: "tokens" },
  ),
  iterationTokensTotal: histogramSpec(
    "vllm:iteration_tokens_total",
    "Tokens handled per engine step: locally computed prompt tokens plus generated tokens.",
    { labels: ENGINE, buckets: ITERATION_TOKENS, owner: "engine" },
  ),
  requestMaxNumGenerationTokens: histogramSpec(
    "vllm:request_max_num_generation_tokens",
    "Longest output among the sequences of a request.",
    { labels: ENGINE, buckets: "tokens" },
  ),
  requestParamsN: histogramSpec("vllm:request_params_n", "The n parameter of finished requests.", {
    labels: ENGINE,
    buckets: PARAMS_N,
  }),
  requestParamsMaxTokens: histogramSpec(
    "vllm:request_params_max_tokens",
    "The max_tokens parameter of finished requests.",
    { labels: ENGINE, buckets: "tokens" },
  ),
  requestPrefillKvComputedTokens: histogramSpec(
    "vllm:request_prefill_kv_computed_tokens",
    "Prompt tokens whose KV was computed rather than reused.",
    { labels: ENGINE, buckets: "tokens" },
  ),
  requestNumPreemptions: histogramSpec(
    "vllm:request_num_preemptions",
    "Preemptions a request went through before finishing.",
    { labels: ENGINE, buckets: PREEMPTIONS },
  ),
  timeToFirstTokenSeconds: histogramSpec(
    "vllm:time_to_first_token_seconds",
    "Arrival at the front end to first token.",
    { labels: ENGINE, buckets: FIRST_TOKEN },
  ),
  interTokenLatencySeconds: histogramSpec(
    "vllm:inter_token_latency_seconds",
    "Gap between successive output events of one request.",
    { labels: ENGINE, buckets: INTER_TOKEN },
  ),
  requestTimePerOutputTokenSeconds: histogramSpec(
    "vllm:request_time_per_output_token_seconds",
    "Mean time per output token of a finished request, first token excluded.",
    { labels: ENGINE, buckets: INTER_TOKEN },
  ),
  e2eRequestLatencySeconds: histogramSpec(
    "vllm:e2e_request_latency_seconds",
    "Arrival to last token as seen by the front end.",
    { labels: ENGINE, buckets: REQUEST_LATENCY },
  ),
  requestQueueTimeSeconds: histogramSpec(
    "vllm:request_queue_time_seconds",
    "Time in the waiting queue before first being scheduled.",
    { labels: ENGINE, buckets: REQUEST_LATENCY },
  ),
  requestInferenceTimeSeconds: histogramSpec(
    "vllm:request_inference_time_seconds",
    "First schedule to last token.",
    { labels: ENGINE, buckets: REQUEST_LATENCY },
  ),
  requestPrefillTimeSeconds: histogramSpec(
    "vllm:request_prefill_time_seconds",
    "First schedule to first token.",
    { labels: ENGINE, buckets: REQUEST_LATENCY },
  ),
  requestDecodeTimeSeconds: histogramSpec("vllm:request_decode_time_seconds", "First token to last token.", {
    labels: ENGINE,
    buckets: REQUEST_LATENCY,
  }),
  cacheConfigInfo: gaugeSpec(
    "vllm:cache_config_info",
    "KV-cache configuration as labels; the value is always 1.",
    {
      labels: [
        "engine",
        "block_size",
        "num_gpu_blocks",
        "cache_dtype",
        "enable_prefix_caching",
        "gpu_memory_utilization",
        "kv_cache_size_tokens",
        "kv_cache_max_concurrency",
      ],
      owner: "engine",
      mode: "livemax",
    },
  ),
} as const;
