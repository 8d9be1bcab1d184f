/**
 * Where the families of interest are found: HTTP metrics have three conventions for names.
 *
 * @module
 */
import type { SampleTable } from "./sample_table.ts";

/** How a server names its HTTP families and their labels, in the names of snapshots (a counter's without `_total`). */
export interface HttpNames {
  /** What counts requests: a counter, or the histogram of durations. */
  readonly requests: string;
  readonly duration: string;
  readonly inFlight: string;
  readonly labels: { readonly method: string; readonly route: string; readonly status: string };
}

const PROMETHEUS: HttpNames = {
  requests: "http_requests",
  duration: "http_request_duration_seconds",
  inFlight: "http_requests_in_flight",
  labels: { method: "method", route: "route", status: "status" },
};

const OPENTELEMETRY: HttpNames = {
  requests: "http_server_request_duration_seconds",
  duration: "http_server_request_duration_seconds",
  inFlight: "http_server_active_requests",
  labels: { method: "http_request_method", route: "http_route", status: "http_response_status_code" },
};

/** FastAPI's instrumentator, as vLLM has it; its fine histogram has no labels, its coarse one three buckets. */
const FASTAPI: HttpNames = {
  requests: "http_requests",
  duration: "http_request_duration_highr_seconds",
  inFlight: "http_requests_in_flight",
  labels: { method: "method", route: "handler", status: "status" },
};

/** The convention of what was seen; Prometheus' own if nothing was. */
export function httpNamesOf(table: SampleTable): HttpNames {
  if (table.has(FASTAPI.duration)) return FASTAPI;
  if (table.has(OPENTELEMETRY.duration)) return OPENTELEMETRY;
  return PROMETHEUS;
}

/** Families of vLLM that the page shows, in the names of snapshots. */
export const LLM = {
  promptTokens: "vllm:prompt_tokens",
  generationTokens: "vllm:generation_tokens",
  firstToken: "vllm:time_to_first_token_seconds",
  interToken: "vllm:inter_token_latency_seconds",
  endToEnd: "vllm:e2e_request_latency_seconds",
  running: "vllm:num_requests_running",
  waiting: "vllm:num_requests_waiting",
  kvUsage: "vllm:kv_cache_usage_perc",
  finished: "vllm:request_success",
  preemptions: "vllm:num_preemptions",
  prefixQueries: "vllm:prefix_cache_queries",
  prefixHits: "vllm:prefix_cache_hits",
} as const;

/** What the families of pipelines begin with. */
export const OMNI_PREFIXES: readonly string[] = ["vllm_omni:", "vllm:omni_"];

/** Families of the process and of promslab itself, in the names of snapshots. */
export const OWN = {
  cpu: "process_cpu_seconds",
  memory: "process_resident_memory_bytes",
  startTime: "process_start_time_seconds",
  lag: "promslab_event_loop_lag_seconds",
  workers: "promslab_workers",
  restarts: "promslab_worker_restarts",
  dropped: "promslab_dropped",
  stale: "promslab_scrape_stale_children",
  badSlabs: "promslab_bad_slabs",
  conflicts: "promslab_conflicting_families",
  build: "promslab_build_info",
} as const;

/** Whether a family's values are needed at every look; the names of all families come from the census. */
export function isWatched(name: string): boolean {
  const short = name.replace(/_total$/, "");
  return WATCHED.has(short) || OMNI_PREFIXES.some((prefix) => short.startsWith(prefix));
}

const WATCHED: ReadonlySet<string> = new Set([
  ...[PROMETHEUS, OPENTELEMETRY, FASTAPI].flatMap(({ requests, duration, inFlight }) => [
    requests,
    duration,
    inFlight,
  ]),
  ...Object.values(LLM),
  ...Object.values(OWN),
]);
