// needs: prometheus
/**
 * What vLLM's Grafana dashboards ask, asked of a real Prometheus that scrapes this server. What the answers must be is
 * computed from what the clients sent, got, and measured.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { PROFILES } from "../../../src/llm/engine/profiles.ts";
import { FIRST_TOKEN, INTER_TOKEN, REQUEST_LATENCY } from "../../../src/families/vllm_buckets.ts";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { type Prometheus, startPrometheus } from "../../_support/prometheus.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** Longer than the test: each range begins at a time when all counters were 0. */
const RANGE_SECONDS = 600;
const RANGE = `${RANGE_SECONDS}s`;
const OUTPUT_TOKENS = 25;
const STEP_MS = 8;
/** The first token comes with the prompt; then a step gives one token and one that was drafted. */
const DECODE_STEPS = (OUTPUT_TOKENS - 1) / 2;
const BODY = {
  prompt: "Tell me about the harbour",
  max_tokens: OUTPUT_TOKENS,
  ignore_eos: true,
  stream: true,
  stream_options: { include_usage: true },
};

/** What clients saw of a server. */
class Clients {
  requests = 0;
  /** Of one request. */
  promptTokens = 0;
  readonly firstSeconds: number[] = [];
  readonly totalSeconds: number[] = [];
  /** The longest pause between two events of a request, one for each request. */
  readonly pauseSeconds: number[] = [];

  async ask(server: LlmTestServer): Promise<void> {
    const startMs = performance.now();
    const response = await server.post("/v1/completions", BODY);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let lastMs = 0;
    let pauseMs = 0;
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      const nowMs = performance.now();
      if (text === "") this.firstSeconds.push((nowMs - startMs) / 1000);
      else pauseMs = Math.max(pauseMs, nowMs - lastMs);
      text += step.value;
      lastMs = nowMs;
    }
    this.totalSeconds.push((performance.now() - startMs) / 1000);
    this.pauseSeconds.push(pauseMs / 1000);
    this.requests++;
    const { usage } = JSON.parse(text.split("\n").findLast((line) => line.includes('"usage":{'))!.slice(6));
    assertEquals(usage.completion_tokens, OUTPUT_TOKENS);
    this.promptTokens = usage.prompt_tokens;
  }
}

/** What an expression must give: a number, or bounds that physics and the clients' clocks leave. */
type Wanted = number | { readonly least: number; readonly most: number };

interface Row {
  readonly expression: string;
  /** By a label's value if there are several series; "" for the only one. */
  readonly wanted: Readonly<Record<string, Wanted>>;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The bucket that a value falls in. */
function bucketOf(bounds: readonly number[], value: number): [from: number, to: number] {
  const i = bounds.findIndex((bound) => value <= bound);
  return [i === 0 ? 0 : bounds[i - 1], bounds[i]];
}

/** What Prometheus can say of a quantile when values are at least so large, and at most what clients measured. */
function quantileBounds(
  bounds: readonly number[],
  least: number,
  measured: readonly number[],
  q: number,
): Wanted {
  const sorted = measured.toSorted((a, b) => a - b);
  const most = sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length))];
  return { least: bucketOf(bounds, least)[0], most: bucketOf(bounds, most)[1] };
}

/**
 * The expressions of the dashboards, with their variables filled in, and what they must give.
 *
 * @param factor what Prometheus makes of an increase: it adds the time from the last scrape to now
 */
function rowsOf(model: string, clients: Clients, factor: number): Row[] {
  const of = `{model_name="${model}"}`;
  const rate = (name: string) => `rate(vllm:${name}${of}[${RANGE}])`;
  const { requests, promptTokens, firstSeconds, totalSeconds, pauseSeconds } = clients;
  const perSecond = factor / RANGE_SECONDS;
  const stepSeconds = STEP_MS / 1000;
  const decodeSeconds = DECODE_STEPS * stepSeconds;
  const latencies = [
    {
      name: "e2e_request_latency_seconds",
      bounds: REQUEST_LATENCY,
      least: decodeSeconds,
      measured: totalSeconds,
    },
    { name: "time_to_first_token_seconds", bounds: FIRST_TOKEN, least: 0, measured: firstSeconds },
    { name: "inter_token_latency_seconds", bounds: INTER_TOKEN, least: stepSeconds, measured: totalSeconds },
  ].flatMap(({ name, bounds, least, measured }): Row[] => {
    const most = name.startsWith("inter") ? mean(totalSeconds) / DECODE_STEPS : mean(measured);
    const slowest = name.startsWith("inter")
      ? pauseSeconds.map((pause, i) => Math.max(pause, totalSeconds[i]))
      : measured;
    return [
      ...[0.99, 0.95, 0.9, 0.5].map((q) => ({
        expression: `histogram_quantile(${q}, sum by(le) (rate(vllm:${name}_bucket${of}[${RANGE}])))`,
        wanted: { "": quantileBounds(bounds, least, slowest, q) },
      })),
      { expression: `${rate(`${name}_sum`)} / ${rate(`${name}_count`)}`, wanted: { "": { least, most } } },
      {
        expression: `sum(increase(vllm:${name}_sum[${RANGE}])) / sum(increase(vllm:${name}_count[${RANGE}]))`,
        wanted: { "": { least, most } },
      },
    ];
  });
  const all = (value: number) => ({ "": value * perSecond });
  const seconds = (least: number) => ({
    "": { least: requests * least * perSecond, most: requests * mean(totalSeconds) * perSecond },
  });
  /** How many requests each bucket has, if all have so many tokens. */
  const heat = (tokens: number) =>
    Object.fromEntries(
      ["1", "2", "5", "10", "20", "50", "100", "200", "500", "1000", "2000", "5000", "+Inf"]
        .map((le) => [le, tokens <= Number(le.replace("+Inf", "Infinity")) ? requests * factor : 0]),
    );
  const [from, to] = bucketOf([1, 2, 5, 10, 20], promptTokens);
  const parameters = PROFILES.instant.parameters;
  const computed = promptTokens + DECODE_STEPS * 2;
  return [
    ...latencies,
    { expression: rate("prompt_tokens_total"), wanted: all(requests * promptTokens) },
    { expression: rate("generation_tokens_total"), wanted: all(requests * OUTPUT_TOKENS) },
    { expression: `vllm:num_requests_running${of}`, wanted: { "": 0 } },
    { expression: `vllm:num_requests_waiting${of}`, wanted: { "": 0 } },
    { expression: `vllm:kv_cache_usage_perc${of}`, wanted: { "": 0 } },
    {
      expression: `sum by(le) (increase(vllm:request_prompt_tokens_bucket${of}[${RANGE}]))`,
      wanted: heat(promptTokens),
    },
    {
      expression: `sum by(le) (increase(vllm:request_generation_tokens_bucket${of}[${RANGE}]))`,
      wanted: heat(OUTPUT_TOKENS),
    },
    {
      expression: `sum by(finished_reason) (increase(vllm:request_success_total${of}[${RANGE}]))`,
      wanted: { stop: 0, length: requests * factor, abort: 0, error: 0, repetition: 0 },
    },
    { expression: rate("request_queue_time_seconds_sum"), wanted: seconds(0) },
    { expression: rate("request_prefill_time_seconds_sum"), wanted: seconds(0) },
    { expression: rate("request_decode_time_seconds_sum"), wanted: seconds(decodeSeconds) },
    { expression: rate("request_max_num_generation_tokens_sum"), wanted: all(requests * OUTPUT_TOKENS) },
    {
      expression: `sum by(model_name) (rate(vllm:request_success_total${of}[${RANGE}]))`,
      wanted: all(requests),
    },
    {
      expression:
        `histogram_quantile(0.9, sum by(le, model_name) (rate(vllm:e2e_request_latency_seconds_bucket${of}[${RANGE}])))`,
      wanted: { "": quantileBounds(REQUEST_LATENCY, decodeSeconds, totalSeconds, 0.9) },
    },
    {
      expression:
        `histogram_quantile(0.9, sum by(le, model_name) (rate(vllm:request_prompt_tokens_bucket${of}[${RANGE}])))`,
      wanted: { "": from + 0.9 * (to - from) },
    },
    {
      expression: `${rate("prompt_tokens_total")} / on(model_name) sum by(model_name) (${
        rate("request_success_total")
      })`,
      wanted: { "": promptTokens },
    },
    // Speculation and operations, as the pages on them have it. Every draft is accepted here.
    {
      expression: `${rate("spec_decode_num_accepted_tokens_total")} / ${
        rate("spec_decode_num_draft_tokens_total")
      }`,
      wanted: { "": 1 },
    },
    {
      expression: `1 + ${rate("spec_decode_num_accepted_tokens_total")} / ${
        rate("spec_decode_num_drafts_total")
      }`,
      wanted: { "": 2 },
    },
    {
      expression: `${rate("estimated_flops_per_gpu_total")} / 1e12`,
      wanted: all(requests * computed * 2 * parameters / 1e12),
    },
  ];
}

/** Compares an answer with what it must be. */
function check({ expression, wanted }: Row, series: Awaited<ReturnType<Prometheus["query"]>>): void {
  const got = Object.fromEntries(series.map(({ metric, value }) => {
    const { le, finished_reason } = metric;
    return [le?.replace(/\.0$/, "") ?? finished_reason ?? "", Number(value![1])];
  }));
  assertEquals(Object.keys(got).sort(), Object.keys(wanted).sort(), expression);
  assertEquals(series.length, Object.keys(wanted).length, expression);
  for (const [key, value] of Object.entries(wanted)) {
    const what = `${expression} ${key} gives ${got[key]}, wanted ${JSON.stringify(value)}`;
    if (typeof value === "number") assertAlmostEquals(got[key], value, 1e-9 * Math.max(1, value), what);
    else assert(got[key] >= value.least * (1 - 1e-9) && got[key] <= value.most * (1 + 1e-9), what);
  }
}

Deno.test("every expression of vLLM's dashboards gives what the clients' own log says, one line for each engine", async () => {
  await using server = await LlmTestServer.start({
    workers: 3,
    replicas: 1,
    maxModelLen: 8192,
    interTokenLatencyMs: STEP_MS,
    jitter: 0,
    timeFactorUnderLoad: 1,
    numSpeculativeTokens: 1,
    speculativeAcceptanceRate: 1,
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
  const clients = new Clients();
  await waitFor(async () => {
    await Promise.all(Array.from({ length: 20 }, () => clients.ask(server)));
    return await value(`sum_over_time((vllm:num_requests_running${of} > bool 0)[${RANGE}:1s])`) >= 3;
  }, { what: "some scrapes under load", deadlineMs: 60_000 });
  const { requests } = clients;
  await waitFor(
    async () =>
      await value(`sum(vllm:request_success_total${of})`) === requests &&
      await value(`vllm:kv_cache_usage_perc${of}`) === 0,
    { what: "the last scrape", deadlineMs: 60_000 },
  );
  // All at one time, so that all have the same factor; it is taken from one of them and must be near 1.
  const time = String(Date.now() / 1000);
  const ask = async (query: string) =>
    (await prometheus.api<{ result: Awaited<ReturnType<Prometheus["query"]>> }>("query", { query, time }))
      .result;
  const [increase] = await ask(`sum(increase(vllm:request_success_total${of}[${RANGE}]))`);
  const factor = Number(increase.value![1]) / requests;
  assert(factor >= 1 && factor < 1.5, `Prometheus makes ${factor} of 1`);
  const rows = rowsOf(server.model, clients, factor);
  for (const row of rows) check(row, await ask(row.expression));
  // Under load the gauges said so.
  const most = await value(`max_over_time(vllm:num_requests_running${of}[${RANGE}])`);
  assert(most >= 1 && most <= 20, `at most ${most} were seen to run`);
  // The parts of a request are not more than the whole, and the pauses between tokens are its decoding.
  const sum = (name: string) => value(`vllm:${name}_sum${of}`);
  const parts = await Promise.all(
    ["queue", "prefill", "decode"].map((part) => sum(`request_${part}_time_seconds`)),
  );
  assert(parts.reduce((a, b) => a + b) <= await sum("e2e_request_latency_seconds") + 1e-9);
  assertAlmostEquals(await sum("inter_token_latency_seconds"), parts[2], 1e-9 * requests);
  assertEquals(await value(`vllm:inter_token_latency_seconds_count${of}`), requests * DECODE_STEPS);
  assertEquals(await value(`vllm:generation_tokens_total${of}`), requests * OUTPUT_TOKENS);
});
