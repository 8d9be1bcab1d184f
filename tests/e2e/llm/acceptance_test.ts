import { assertEquals } from "@std/assert";
import { LlmTestServer, type Scrape } from "../../_support/llm_server.ts";

/** Requests, tokens of each prompt, tokens of each output. */
const R = 10;
const P = 7;
const M = 10;

/** Token prompts that share no prefix. */
function prompt(index: number): number[] {
  return Array.from({ length: P }, (_, i) => 1000 + index * 100 + i);
}

/** Bytes of bodies, as the client saw them. */
interface Bytes {
  sent: number;
  received: number;
}

async function run(
  server: LlmTestServer,
  options: { requests: number; concurrent: boolean },
): Promise<Bytes> {
  const bytes: Bytes = { sent: 0, received: 0 };
  const one = async (index: number) => {
    const body = { prompt: prompt(index), max_tokens: M, ignore_eos: true, stream: index % 2 === 1 };
    const response = await server.post("/v1/completions", body);
    assertEquals(response.status, 200);
    bytes.sent += JSON.stringify(body).length;
    const { byteLength } = await response.arrayBuffer();
    bytes.received += byteLength;
  };
  const indexes = Array.from({ length: options.requests }, (_, index) => index);
  if (options.concurrent) await Promise.all(indexes.map(one));
  else for (const index of indexes) await one(index);
  return bytes;
}

/** The two summaries of the HTTP families: every request once, with its sizes. */
function assertSizes(scrape: Scrape, requests: number, bytes: Bytes): void {
  const labels = { handler: "/v1/completions" };
  assertEquals(scrape.value("http_request_size_bytes_count", labels), requests);
  assertEquals(scrape.value("http_response_size_bytes_count", labels), requests);
  assertEquals(scrape.value("http_request_size_bytes_sum", labels), bytes.sent);
  assertEquals(scrape.value("http_response_size_bytes_sum", labels), bytes.received);
}

function assertNumbers(scrape: Scrape, requests: number, labels: { model_name: string }): void {
  const count = (name: string) => scrape.value(`vllm:${name}_count`, labels);
  const sum = (name: string) => scrape.value(`vllm:${name}_sum`, labels);
  for (
    const name of [
      "time_to_first_token_seconds",
      "e2e_request_latency_seconds",
      "request_queue_time_seconds",
      "request_inference_time_seconds",
      "request_prefill_time_seconds",
      "request_decode_time_seconds",
      "request_time_per_output_token_seconds",
      "request_num_preemptions",
      "request_params_n",
      "request_params_max_tokens",
      "request_prompt_tokens",
      "request_generation_tokens",
      "request_max_num_generation_tokens",
      "request_prefill_kv_computed_tokens",
    ]
  ) assertEquals(count(name), requests, name);
  assertEquals(count("inter_token_latency_seconds"), requests * (M - 1));
  assertEquals(sum("request_prompt_tokens"), requests * P);
  assertEquals(sum("request_prefill_kv_computed_tokens"), requests * P);
  assertEquals(sum("request_generation_tokens"), requests * M);
  assertEquals(sum("request_params_max_tokens"), requests * M);
  assertEquals(sum("request_params_n"), requests);
  assertEquals(sum("iteration_tokens_total"), requests * (P + M));
  assertEquals(scrape.value("vllm:prompt_tokens_total", labels), requests * P);
  assertEquals(
    scrape.value("vllm:prompt_tokens_by_source_total", { ...labels, source: "local_compute" }),
    requests * P,
  );
  assertEquals(scrape.value("vllm:generation_tokens_total", labels), requests * M);
  assertEquals(scrape.value("vllm:request_success_total", labels), requests);
  assertEquals(
    scrape.value("vllm:request_success_total", { ...labels, finished_reason: "length" }),
    requests,
  );
  assertEquals(scrape.value("http_requests_total", { handler: "/v1/completions", status: "2xx" }), requests);
  for (const gauge of ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"]) {
    assertEquals(scrape.value(`vllm:${gauge}`, labels), 0, gauge);
  }
}

for (
  const { workers, replicas } of [
    { workers: 1, replicas: 1 },
    { workers: 2, replicas: 1 },
    { workers: 4, replicas: 2 },
    { workers: 16, replicas: 1 },
  ]
) {
  Deno.test(`vLLM's numbers are exact with ${workers} workers and ${replicas} engines`, async () => {
    await using server = await LlmTestServer.start({ workers, replicas });
    const labels = { model_name: server.model };
    const before = await server.scrape();
    assertEquals(
      before.values("vllm:request_success_total", labels).length,
      5 * replicas,
      "the series are there before",
    );
    assertEquals(before.value("vllm:engine_sleep_state", { ...labels, sleep_state: "awake" }), replicas);
    assertEquals(
      before.values("vllm:cache_config_info").length,
      replicas,
      "gone with the engines of other servers",
    );
    assertEquals(
      before.value("promslab_workers", { state: "starting" }),
      0,
      "all threads that beat have begun",
    );
    const bytes = await run(server, { requests: R, concurrent: false });
    const scrape = await server.scrape();
    assertNumbers(scrape, R, labels);
    assertSizes(scrape, R, bytes);
    assertEquals(scrape.value("vllm:iteration_tokens_total_count", labels), R * M, "a step a token");
  });
}

Deno.test("vLLM's numbers are exact with requests side by side", async () => {
  await using server = await LlmTestServer.start({
    workers: 4,
    replicas: 2,
    profile: "8b-h100",
    speedFactor: 20,
  });
  const requests = 120;
  const labels = { model_name: server.model };
  const bytes = await run(server, { requests, concurrent: true });
  const scrape = await server.scrape();
  assertNumbers(scrape, requests, labels);
  assertSizes(scrape, requests, bytes);
  // Each step counts once, so with requests side by side there are fewer steps than tokens.
  const steps = scrape.value("vllm:iteration_tokens_total_count", labels);
  assertEquals(steps >= M && steps < requests * M, true, `${steps} steps`);
});
