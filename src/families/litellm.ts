/**
 * The LiteLLM proxy's metric families that a gateway can feed, with LiteLLM's names, labels and buckets.
 * Those on budgets, users, guardrails, caches and callbacks are left out: there are none here, so they could not move.
 *
 * @module
 */
import { counterSpec, gaugeSpec, histogramSpec } from "./family_spec.ts";

/** Latencies of the proxy and of the models behind it, in seconds. */
// deno-fmt-ignore
const LATENCY: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 420, 600];

/** The caller's key. */
const KEY = ["hashed_api_key", "api_key_alias"] as const;
const TEAM = ["team", "team_alias"] as const;
const CLIENT = ["client_ip", "user_agent"] as const;
const EXCEPTION = ["exception_status", "exception_class"] as const;
/** A model at a provider. */
const DEPLOYMENT = ["litellm_model_name", "model_id", "api_base", "api_provider"] as const;
/** Labels of a call to a model. */
const MODEL_CALL = ["model", ...KEY, ...TEAM, "requested_model", "end_user", "user", "model_id"] as const;
/** Labels of what a provider tells, for a key. */
const PROVIDER_CALL = [
  "model_group",
  "api_provider",
  "api_base",
  "litellm_model_name",
  ...KEY,
  "model_id",
] as const;
/** Labels of a call that somebody pays for. */
const PAID_CALL = [
  "end_user",
  ...KEY,
  "model",
  ...TEAM,
  "user",
  "user_email",
  ...CLIENT,
  "model_id",
  "api_provider",
] as const;
/** Labels of counted tokens. */
const TOKENS = [
  "end_user",
  ...KEY,
  "model",
  ...TEAM,
  "user",
  "user_email",
  "requested_model",
  "model_id",
] as const;
/** Labels of a call to a deployment. */
const DEPLOYMENT_CALL = ["requested_model", ...DEPLOYMENT, ...KEY, ...TEAM] as const;

/** The families of the gateway. */
export const LITELLM_FAMILIES = {
  proxyTotalRequestsMetricTotal: counterSpec(
    "litellm_proxy_total_requests_metric_total",
    "Client requests answered by the proxy, by status code.",
    {
      labels: [
        "end_user",
        ...KEY,
        "requested_model",
        ...TEAM,
        "user",
        "status_code",
        "user_email",
        "route",
        ...CLIENT,
        "model_id",
      ],
    },
  ),
  proxyFailedRequestsMetricTotal: counterSpec(
    "litellm_proxy_failed_requests_metric_total",
    "Client requests the proxy did not answer successfully.",
    {
      labels: [
        "end_user",
        ...KEY,
        "requested_model",
        ...TEAM,
        "user",
        "user_email",
        ...EXCEPTION,
        "route",
        ...CLIENT,
        "model_id",
      ],
    },
  ),
  requestTotalLatencyMetric: histogramSpec(
    "litellm_request_total_latency_metric",
    "Proxy latency of a request in seconds.",
    {
      labels: ["end_user", ...KEY, "requested_model", ...TEAM, "user", "model", "model_id"],
      buckets: LATENCY,
    },
  ),
  llmApiLatencyMetric: histogramSpec(
    "litellm_llm_api_latency_metric",
    "Upstream model API latency in seconds.",
    {
      labels: MODEL_CALL,
      buckets: LATENCY,
    },
  ),
  llmApiTimeToFirstTokenMetric: histogramSpec(
    "litellm_llm_api_time_to_first_token_metric",
    "Upstream time to first token, streaming requests only.",
    {
      labels: MODEL_CALL,
      buckets: LATENCY,
    },
  ),
  overheadLatencyMetric: histogramSpec(
    "litellm_overhead_latency_metric",
    "Latency added by the proxy in seconds.",
    {
      labels: PROVIDER_CALL,
      buckets: LATENCY,
    },
  ),
  spendMetricTotal: counterSpec("litellm_spend_metric_total", "Spend in US dollars.", {
    labels: PAID_CALL,
  }),
  totalTokensMetricTotal: counterSpec("litellm_total_tokens_metric_total", "Input plus output tokens.", {
    labels: TOKENS,
  }),
  inputTokensMetricTotal: counterSpec("litellm_input_tokens_metric_total", "Input tokens.", {
    labels: TOKENS,
  }),
  outputTokensMetricTotal: counterSpec("litellm_output_tokens_metric_total", "Output tokens.", {
    labels: TOKENS,
  }),
  requestsMetricTotal: counterSpec(
    "litellm_requests_metric_total",
    "Calls to models (deprecated in favour of litellm_proxy_total_requests_metric).",
    {
      labels: PAID_CALL,
      status: "deprecated",
    },
  ),
  llmApiFailedRequestsMetricTotal: counterSpec(
    "litellm_llm_api_failed_requests_metric_total",
    "Failed model calls (deprecated in favour of litellm_proxy_failed_requests_metric).",
    {
      labels: ["end_user", ...KEY, "model", ...TEAM, "user", "model_id"],
      status: "deprecated",
    },
  ),
  remainingRequestsMetric: gaugeSpec(
    "litellm_remaining_requests_metric",
    "Requests left at the provider for a deployment.",
    {
      labels: PROVIDER_CALL,
      mode: "mostrecent",
    },
  ),
  remainingTokensMetric: gaugeSpec(
    "litellm_remaining_tokens_metric",
    "Tokens left at the provider for a deployment.",
    {
      labels: PROVIDER_CALL,
      mode: "mostrecent",
    },
  ),
  deploymentState: gaugeSpec(
    "litellm_deployment_state",
    "Deployment health: 0 healthy, 1 partial outage, 2 outage.",
    { labels: [...DEPLOYMENT], mode: "mostrecent" },
  ),
  deploymentCooledDownTotal: counterSpec(
    "litellm_deployment_cooled_down_total",
    "Times a deployment was put in cooldown.",
    { labels: [...DEPLOYMENT, "exception_status"] },
  ),
  deploymentSuccessResponsesTotal: counterSpec(
    "litellm_deployment_success_responses_total",
    "Successful calls to a deployment.",
    {
      labels: DEPLOYMENT_CALL,
    },
  ),
  deploymentFailureResponsesTotal: counterSpec(
    "litellm_deployment_failure_responses_total",
    "Failed calls to a deployment.",
    {
      labels: [...DEPLOYMENT_CALL, ...EXCEPTION],
    },
  ),
  deploymentTotalRequestsTotal: counterSpec(
    "litellm_deployment_total_requests_total",
    "All calls to a deployment.",
    {
      labels: DEPLOYMENT_CALL,
    },
  ),
  deploymentLatencyPerOutputToken: histogramSpec(
    "litellm_deployment_latency_per_output_token",
    "Latency divided by output tokens, per deployment.",
    {
      labels: [...DEPLOYMENT, ...KEY, ...TEAM],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
  ),
  inFlightRequests: gaugeSpec("litellm_in_flight_requests", "HTTP requests now in progress.", {}),
} as const;
