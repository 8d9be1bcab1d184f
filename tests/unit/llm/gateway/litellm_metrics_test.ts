import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { Exchange } from "../../../../src/llm/gateway/exchange.ts";
import { DEFAULT_GATEWAY_CONFIG, type GatewayConfig } from "../../../../src/llm/gateway/gateway_config.ts";
import { LitellmMetrics, type Requester } from "../../../../src/llm/gateway/litellm_metrics.ts";
import { Upstream } from "../../../../src/llm/gateway/upstream.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { type Labels, sampleValue } from "../../../_support/sample_value.ts";

const REQUESTER: Requester = { requestedModel: "wish", hashedApiKey: "abc", route: "/v1/completions" };

/** LiteLLM's families in a registry of their own, and an upstream with two models. */
function metricsOf(config: Partial<GatewayConfig> = {}) {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const collector = new Collector(registry);
  const metrics = new LitellmMetrics({ ...DEFAULT_GATEWAY_CONFIG, ...config }, { registry });
  const upstream = new Upstream({ url: "http://up:8000/v1" }, {
    index: 0,
    limits: { failuresMax: 1, cooldownMs: 1000 },
    events: { stateChanged() {}, cooledDown() {} },
  });
  upstream.models = ["m1", "m2"];
  return {
    metrics,
    upstream,
    value: (name: string, labels?: Labels) => sampleValue(collector, `litellm_${name}`, labels),
    isThere(name: string): boolean {
      return [...collector.blocks()].some(({ descriptor, block }) =>
        descriptor.name === `litellm_${name}` && block.series.length > 0
      );
    },
  };
}

/** An exchange that came at 1000 ms, was sent on at 1002 ms, and got its first part at 1502 ms. */
function exchangeOf(usage: { prompt: number; completion: number }): Exchange {
  const exchange = new Exchange(1000, { first() {}, next() {} });
  exchange.askedMs = 1002;
  exchange.event('{"model":"real","choices":[{"index":0}]}', 1502);
  exchange.event(
    `{"usage":{"prompt_tokens":${usage.prompt},"completion_tokens":${usage.completion}}}`,
    3002,
  );
  return exchange;
}

Deno.test("LitellmMetrics counts an answer with its status, and no failure", () => {
  const { metrics, upstream, value, isThere } = metricsOf();
  metrics.answered(REQUESTER, upstream, 200);
  const labels = {
    status_code: "200",
    requested_model: "wish",
    hashed_api_key: "abc",
    route: "/v1/completions",
    model_id: "up:8000",
    team: "None",
  };
  assertEquals(value("proxy_total_requests_metric_total", labels), 1);
  assertEquals(isThere("proxy_failed_requests_metric_total"), false);
});

Deno.test("LitellmMetrics counts a refusal among all requests, and by the class of the error", () => {
  const { metrics, upstream, value } = metricsOf();
  const classes: Record<number, string> = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    408: "Timeout",
    429: "RateLimitError",
    499: "BadRequestError",
    500: "InternalServerError",
    502: "InternalServerError",
    504: "Timeout",
  };
  for (const [status, exception_class] of Object.entries(classes)) {
    metrics.refused(REQUESTER, upstream, Number(status));
    const labels = { exception_status: status, exception_class };
    assertEquals(value("proxy_failed_requests_metric_total", labels), 1, status);
    assertEquals(value("proxy_total_requests_metric_total", { status_code: status }), 1, status);
  }
  metrics.refused(REQUESTER, undefined, 404);
  assertEquals(value("proxy_failed_requests_metric_total", { model_id: "None" }), 1);
});

Deno.test("LitellmMetrics tells the whole time, the model's, and what the gateway added", () => {
  const { metrics, upstream, value } = metricsOf();
  metrics.completed(REQUESTER, upstream, {
    exchange: exchangeOf({ prompt: 7, completion: 10 }),
    nowMs: 3002,
  });
  const labels = { model: "real", requested_model: "wish" };
  assertAlmostEquals(value("request_total_latency_metric_sum", labels), 2.002);
  assertAlmostEquals(value("llm_api_latency_metric_sum", labels), 2);
  assertAlmostEquals(value("llm_api_time_to_first_token_metric_sum", labels), 0.5);
  assertAlmostEquals(value("deployment_latency_per_output_token_sum", { litellm_model_name: "real" }), 0.2);
  // LiteLLM has this one family in milliseconds.
  assertAlmostEquals(value("overhead_latency_metric_sum", { model_group: "wish" }), 2);
});

Deno.test("LitellmMetrics counts tokens by the model that answered", () => {
  const { metrics, upstream, value } = metricsOf();
  for (let i = 0; i < 2; i++) {
    metrics.completed(REQUESTER, upstream, {
      exchange: exchangeOf({ prompt: 7, completion: 3 }),
      nowMs: 3002,
    });
  }
  const tokens = ["input", "output", "total"].map((kind) =>
    value(`${kind}_tokens_metric_total`, { model: "real", hashed_api_key: "abc" })
  );
  assertEquals(tokens, [14, 6, 20]);
});

Deno.test("LitellmMetrics has no time to a first token of an answer that was no stream, nor one for each of none", () => {
  const { metrics, upstream, value, isThere } = metricsOf();
  const exchange = new Exchange(1000, { first() {}, next() {} });
  exchange.askedMs = 1000;
  exchange.whole("{}");
  metrics.completed(REQUESTER, upstream, { exchange, nowMs: 1500 });
  assertEquals(value("request_total_latency_metric_count", { model: "wish" }), 1);
  assertEquals(isThere("llm_api_time_to_first_token_metric"), false);
  assertEquals(isThere("deployment_latency_per_output_token"), false);
});

Deno.test("LitellmMetrics counts what was spent where tokens have a price", () => {
  const { metrics, upstream, value } = metricsOf({ inputCostPerToken: 0.5, outputCostPerToken: 2 });
  metrics.completed(REQUESTER, upstream, { exchange: exchangeOf({ prompt: 4, completion: 3 }), nowMs: 3002 });
  assertEquals(value("spend_metric_total", { model: "real", api_provider: "openai" }), 8);
  const free = metricsOf();
  free.metrics.completed(REQUESTER, free.upstream, {
    exchange: exchangeOf({ prompt: 4, completion: 3 }),
    nowMs: 3002,
  });
  assertEquals(free.isThere("spend_metric_total"), false);
});

Deno.test("LitellmMetrics counts tries at an upstream, and why they failed", () => {
  const { metrics, upstream, value } = metricsOf();
  metrics.tried(REQUESTER, upstream);
  metrics.tried(REQUESTER, upstream, { status: "503" });
  metrics.tried(REQUESTER, upstream, { status: "None" });
  const deployment = { litellm_model_name: "wish", model_id: "up:8000", api_base: "http://up:8000/v1" };
  assertEquals(value("deployment_total_requests_total", deployment), 3);
  assertEquals(value("deployment_success_responses_total", deployment), 1);
  const failures = (labels: Labels) => value("deployment_failure_responses_total", labels);
  assertEquals(failures({ exception_status: "503", exception_class: "InternalServerError" }), 1);
  assertEquals(failures({ exception_status: "None", exception_class: "APIConnectionError" }), 1);
});

Deno.test("LitellmMetrics tells the state of an upstream for each of its models", () => {
  const { metrics, upstream, value } = metricsOf();
  metrics.setState(upstream);
  assertEquals(value("deployment_state", { litellm_model_name: "m2" }), 0);
  upstream.failed("502", 0);
  metrics.cooledDown(upstream, "502");
  for (const model of ["m1", "m2"]) {
    const labels = { litellm_model_name: model };
    assertEquals(value("deployment_state", labels), 2);
    assertEquals(value("deployment_cooled_down_total", { ...labels, exception_status: "502" }), 1);
  }
});

Deno.test("LitellmMetrics takes over the limits that an upstream states, one without the other too", () => {
  const { metrics, upstream, value, isThere } = metricsOf();
  metrics.limits(REQUESTER, upstream, new Headers());
  metrics.limits(REQUESTER, upstream, new Headers({ "x-ratelimit-remaining-tokens": "soon" }));
  assertEquals(isThere("remaining_tokens_metric"), false);
  metrics.limits(REQUESTER, upstream, new Headers({ "x-ratelimit-remaining-tokens": "0" }));
  assertEquals(value("remaining_tokens_metric", { model_group: "wish" }), 0);
  assertThrows(() => value("remaining_requests_metric"));
  metrics.limits(REQUESTER, upstream, new Headers({ "x-ratelimit-remaining-requests": "9" }));
  assertEquals(value("remaining_requests_metric", { model_group: "wish" }), 9);
});

Deno.test("LitellmMetrics has the older families where they are wanted", () => {
  const { metrics, upstream, value } = metricsOf({ deprecated: true });
  metrics.completed(REQUESTER, upstream, { exchange: exchangeOf({ prompt: 1, completion: 1 }), nowMs: 3002 });
  metrics.refused(REQUESTER, undefined, 429);
  assertEquals(value("requests_metric_total", { model: "real" }), 1);
  assertEquals(value("llm_api_failed_requests_metric_total", { model: "wish", model_id: "None" }), 1);
});
