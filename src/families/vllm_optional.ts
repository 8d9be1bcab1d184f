/**
 * vLLM's metric families that need a feature or are older names. Each is defined only where it can move.
 *
 * @module
 */
import { counterSpec, gaugeSpec, histogramSpec } from "./family_spec.ts";
import { ENGINE } from "./vllm.ts";
import { INTER_TOKEN, KV_RESIDENCY, OFFLOAD_BYTES } from "./vllm_buckets.ts";

/** The families of features that are off by default, and the deprecated ones. */
export const VLLM_OPTIONAL_FAMILIES = {
  externalPrefixCacheQueriesTotal: counterSpec(
    "vllm:external_prefix_cache_queries_total",
    "Prompt tokens looked up in a KV store shared between instances.",
    { labels: ENGINE, owner: "engine", feature: "offload" },
  ),
  externalPrefixCacheHitsTotal: counterSpec(
    "vllm:external_prefix_cache_hits_total",
    "Prompt tokens found in a KV store shared between instances.",
    { labels: ENGINE, owner: "engine", feature: "offload" },
  ),
  corruptedRequestsTotal: counterSpec(
    "vllm:corrupted_requests_total",
    "Finished requests whose logits contained NaN.",
    { labels: ENGINE, status: "optional", feature: "corruption" },
  ),
  kvBlockLifetimeSeconds: histogramSpec(
    "vllm:kv_block_lifetime_seconds",
    "Age of a sampled KV block at eviction.",
    { labels: ENGINE, buckets: KV_RESIDENCY, owner: "engine", status: "optional", feature: "kvCacheMetrics" },
  ),
  kvBlockIdleBeforeEvictSeconds: histogramSpec(
    "vllm:kv_block_idle_before_evict_seconds",
    "Idle tail of a sampled KV block before eviction.",
    { labels: ENGINE, buckets: KV_RESIDENCY, owner: "engine", status: "optional", feature: "kvCacheMetrics" },
  ),
  kvBlockReuseGapSeconds: histogramSpec(
    "vllm:kv_block_reuse_gap_seconds",
    "Pause between successive touches of a sampled KV block.",
    { labels: ENGINE, buckets: KV_RESIDENCY, owner: "engine", status: "optional", feature: "kvCacheMetrics" },
  ),
  loraRequestsInfo: gaugeSpec(
    "vllm:lora_requests_info",
    "Running and waiting LoRA adapters as comma-separated labels; the value is the Unix time of the update.",
    {
      labels: ["max_lora", "waiting_lora_adapters", "running_lora_adapters"],
      owner: "engine",
      status: "optional",
      feature: "lora",
      mode: "livemax",
    },
  ),
  specDecodeNumDraftsTotal: counterSpec("vllm:spec_decode_num_drafts_total", "Speculative drafts proposed.", {
    labels: ENGINE,
    owner: "engine",
    status: "optional",
    feature: "speculation",
  }),
  specDecodeNumDraftTokensTotal: counterSpec(
    "vllm:spec_decode_num_draft_tokens_total",
    "Draft tokens proposed.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "speculation" },
  ),
  specDecodeNumAcceptedTokensTotal: counterSpec(
    "vllm:spec_decode_num_accepted_tokens_total",
    "Draft tokens accepted.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "speculation" },
  ),
  specDecodeNumAcceptedTokensPerPosTotal: counterSpec(
    "vllm:spec_decode_num_accepted_tokens_per_pos_total",
    "Draft tokens accepted at each draft position.",
    { labels: [...ENGINE, "position"], owner: "engine", status: "optional", feature: "speculation" },
  ),
  estimatedFlopsPerGpuTotal: counterSpec(
    "vllm:estimated_flops_per_gpu_total",
    "Estimated floating-point operations per GPU.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "mfu" },
  ),
  estimatedReadBytesPerGpuTotal: counterSpec(
    "vllm:estimated_read_bytes_per_gpu_total",
    "Estimated bytes read from device memory per GPU.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "mfu" },
  ),
  estimatedWriteBytesPerGpuTotal: counterSpec(
    "vllm:estimated_write_bytes_per_gpu_total",
    "Estimated bytes written to device memory per GPU.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "mfu" },
  ),
  kvOffloadLoadBytesTotal: counterSpec(
    "vllm:kv_offload_load_bytes_total",
    "Bytes moved from offload storage to GPU.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadLoadTimeTotal: counterSpec(
    "vllm:kv_offload_load_time_total",
    "Seconds spent moving KV from offload storage to GPU.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadLoadSize: histogramSpec(
    "vllm:kv_offload_load_size",
    "Size of one KV move from offload storage to GPU.",
    { labels: ENGINE, buckets: OFFLOAD_BYTES, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadStoreBytesTotal: counterSpec(
    "vllm:kv_offload_store_bytes_total",
    "Bytes moved from GPU to offload storage.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadStoreTimeTotal: counterSpec(
    "vllm:kv_offload_store_time_total",
    "Seconds spent moving KV from GPU to offload storage.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadStoreSize: histogramSpec(
    "vllm:kv_offload_store_size",
    "Size of one KV move from GPU to offload storage.",
    { labels: ENGINE, buckets: OFFLOAD_BYTES, owner: "engine", status: "optional", feature: "offload" },
  ),
  kvOffloadStoresSkippedTotal: counterSpec(
    "vllm:kv_offload_stores_skipped_total",
    "Offload stores skipped for not reaching the reuse threshold.",
    { labels: ENGINE, owner: "engine", status: "optional", feature: "offloadThreshold" },
  ),
  kvOffloadTotalBytesTotal: counterSpec(
    "vllm:kv_offload_total_bytes_total",
    "Bytes moved by KV offloading, by direction.",
    {
      labels: [...ENGINE, "transfer_type"],
      owner: "engine",
      status: "deprecated",
      feature: "offload",
      children: { "transfer_type": ["CPU_to_GPU", "GPU_to_CPU"] },
    },
  ),
  kvOffloadTotalTimeTotal: counterSpec(
    "vllm:kv_offload_total_time_total",
    "Seconds spent on KV offloading, by direction.",
    {
      labels: [...ENGINE, "transfer_type"],
      owner: "engine",
      status: "deprecated",
      feature: "offload",
      children: { "transfer_type": ["CPU_to_GPU", "GPU_to_CPU"] },
    },
  ),
  kvOffloadSize: histogramSpec("vllm:kv_offload_size", "Size of KV offloading moves, by direction.", {
    labels: [...ENGINE, "transfer_type"],
    buckets: OFFLOAD_BYTES,
    owner: "engine",
    status: "deprecated",
    feature: "offload",
    children: { "transfer_type": ["CPU_to_GPU", "GPU_to_CPU"] },
  }),
  timePerOutputTokenSeconds: histogramSpec(
    "vllm:time_per_output_token_seconds",
    "Former name of the inter-token latency histogram.",
    { labels: ENGINE, buckets: INTER_TOKEN, status: "deprecated" },
  ),
  gpuCacheUsagePerc: gaugeSpec("vllm:gpu_cache_usage_perc", "Former name of kv_cache_usage_perc.", {
    labels: ENGINE,
    owner: "engine",
    status: "deprecated",
  }),
  gpuPrefixCacheQueriesTotal: counterSpec(
    "vllm:gpu_prefix_cache_queries_total",
    "Former name of prefix_cache_queries.",
    { labels: ENGINE, owner: "engine", status: "deprecated" },
  ),
  gpuPrefixCacheHitsTotal: counterSpec(
    "vllm:gpu_prefix_cache_hits_total",
    "Former name of prefix_cache_hits.",
    { labels: ENGINE, owner: "engine", status: "deprecated" },
  ),
  timePerPrefillTokenRequestSeconds: histogramSpec(
    "vllm:time_per_prefill_token_request_seconds",
    "Prefill time divided by prompt tokens, per request (short-lived, mid 2025).",
    {
      labels: ENGINE,
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
      status: "deprecated",
    },
  ),
  promptTokensRecomputedTotal: counterSpec(
    "vllm:prompt_tokens_recomputed_total",
    "Cached prompt tokens recomputed to allow a forward pass (short-lived, about v0.16-0.18).",
    { labels: ENGINE, status: "deprecated" },
  ),
} as const;
