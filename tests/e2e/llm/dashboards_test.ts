// needs: prometheus
/**
 * What vLLM's Grafana dashboards ask, asked of a real Prometheus that scrapes this server.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { startPrometheus } from "../../_support/prometheus.ts";
import { waitFor } from "../../_support/wait_for.ts";

const RANGE = "1m";

/** The expressions of the dashboards, with their variables filled in. */
function expressions(model: string): string[] {
  const of = `{model_name="${model}"}`;
  const rate = (name: string) => `rate(vllm:${name}${of}[${RANGE}])`;
  const quantile = (q: number, name: string, by = "le") =>
    `histogram_quantile(${q}, sum by(${by}) (rate(vllm:${name}_bucket${of}[${RANGE}])))`;
  const latencies = [
    "e2e_request_latency_seconds",
    "inter_token_latency_seconds",
    "time_to_first_token_seconds",
  ];
  return [
    ...latencies.flatMap((name) => [
      ...[0.99, 0.95, 0.9, 0.5].map((q) => quantile(q, name)),
      `${rate(`${name}_sum`)} / ${rate(`${name}_count`)}`,
      `sum(increase(vllm:${name}_sum[${RANGE}])) / sum(increase(vllm:${name}_count[${RANGE}]))`,
    ]),
    rate("prompt_tokens_total"),
    rate("generation_tokens_total"),
    `vllm:num_requests_running${of}`,
    `vllm:num_requests_waiting${of}`,
    `vllm:kv_cache_usage_perc${of}`,
    `sum by(le) (increase(vllm:request_prompt_tokens_bucket${of}[${RANGE}]))`,
    `sum by(le) (increase(vllm:request_generation_tokens_bucket${of}[${RANGE}]))`,
    `sum by(finished_reason) (increase(vllm:request_success_total${of}[${RANGE}]))`,
    rate("request_queue_time_seconds_sum"),
    rate("request_prefill_time_seconds_sum"),
    rate("request_decode_time_seconds_sum"),
    rate("request_max_num_generation_tokens_sum"),
    `sum by(model_name) (rate(vllm:request_success_total${of}[${RANGE}]))`,
    quantile(0.9, "e2e_request_latency_seconds", "le, model_name"),
    quantile(0.9, "request_prompt_tokens", "le, model_name"),
    `${rate("prompt_tokens_total")} / on(model_name) sum by(model_name) (${rate("request_success_total")})`,
    // Speculation and operations, as the pages on them have it.
    `${rate("spec_decode_num_accepted_tokens_total")} / ${rate("spec_decode_num_draft_tokens_total")}`,
    `1 + ${rate("spec_decode_num_accepted_tokens_total")} / ${rate("spec_decode_num_drafts_total")}`,
    `${rate("estimated_flops_per_gpu_total")} / 1e12`,
  ];
}

Deno.test("every expression of vLLM's dashboards gives a value, one line for each engine, and the right one", async () => {
  await using server = await LlmTestServer.start({
    workers: 3,
    replicas: 1,
    interTokenLatencyMs: 2,
    numSpeculativeTokens: 1,
    mfuMetrics: true,
  });
  const target = `127.0.0.1:${server.server.adminPort}`;
  await using prometheus = await startPrometheus([{ name: "vllm", target, path: "/metrics" }]);
  const of = `{model_name="${server.model}"}`;
  const value = async (expression: string) => Number((await prometheus.query(expression))[0]?.value?.[1]);
  await waitFor(async () => await value(`vllm:request_success_total${of}`) === 0, {
    what: "the first scrape",
    deadlineMs: 60_000,
  });
  const body = { prompt: "Tell me about the harbour", max_tokens: 25, ignore_eos: true };
  let requests = 0;
  await waitFor(async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => await (await server.post("/v1/completions", body)).text()),
    );
    requests += 20;
    return await value(`count_over_time(vllm:num_requests_running${of}[${RANGE}])`) >= 8;
  }, { what: "some scrapes under load", deadlineMs: 60_000, pauseMs: 300 });
  await waitFor(async () => await value(`sum(vllm:request_success_total${of})`) === requests, {
    what: "the last scrape",
    deadlineMs: 60_000,
  });
  for (const expression of expressions(server.model)) {
    const series = await prometheus.query(expression);
    assert(series.length > 0, `${expression} gives nothing`);
    for (const { value } of series) {
      assert(Number.isFinite(Number(value![1])), `${expression} gives ${value![1]}`);
    }
    // A panel without an aggregation draws a line for each series: there is one for each engine, not for each worker.
    if (/^(rate|vllm:)/.test(expression)) assertEquals(series.length, 1, expression);
  }
  const increase = (name: string) => value(`sum(increase(vllm:${name}${of}[${RANGE}]))`);
  const perRequest = await increase("generation_tokens_total") / await increase("request_success_total");
  assertAlmostEquals(perRequest, 25, 0.5);
  const decode = await value(`rate(vllm:request_decode_time_seconds_sum${of}[${RANGE}])
    / rate(vllm:request_decode_time_seconds_count${of}[${RANGE}])`);
  // 25 tokens, at most two a step of 2 ms.
  assert(decode >= 0.022 && decode < 0.5, `a request decodes for ${decode} s`);
  assertEquals(await value(`vllm:generation_tokens_total${of}`), requests * 25);
});
