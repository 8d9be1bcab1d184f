/**
 * A gateway of several workers before two servers: exact sums, as the servers themselves count them.
 */
import { assert, assertEquals } from "@std/assert";
import { LlmTestServer, type Scrape } from "../../_support/llm_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

const REQUESTS = 40;
const PROMPT_TOKENS = 6;
const TOKENS = 8;

/** A gateway of three workers before two servers that serve one model. */
async function start(options: { interTokenLatencyMs?: number } = {}) {
  const model = "shared";
  const servers = [
    await LlmTestServer.start({ ...options, servedModelNames: model, workers: 1 }),
    await LlmTestServer.start({ ...options, servedModelNames: model, workers: 1 }),
  ];
  const upstreams = servers.map(({ server }) => server.url).join(",");
  const gateway = await LlmTestServer.start({ upstreams, workers: 3 });
  return {
    gateway,
    model,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

/** A value of a family, of all upstreams together; 0 if it is not there yet. */
function sum(scrape: Scrape, name: string, labels: Record<string, string> = {}): number {
  return scrape.values(name, labels).reduce((a, b) => a + b, 0);
}

Deno.test("a gateway of three workers counts each request once, in vLLM's families and in LiteLLM's", async () => {
  await using parts = await start();
  const { gateway, model } = parts;
  const before = await gateway.scrape();
  await Promise.all(Array.from({ length: REQUESTS }, async (_, index) => {
    const stream = index % 2 === 0;
    const prompt = Array.from({ length: PROMPT_TOKENS }, (_, i) => 1000 + index * 50 + i);
    const usage = stream ? { stream_options: { include_usage: true } } : {};
    const body = { model, prompt, max_tokens: TOKENS, ignore_eos: true, stream, ...usage };
    const response = await gateway.post("/v1/completions", body);
    assertEquals(response.status, 200);
    const text = await response.text();
    assertEquals(stream ? text.split("\n\n").length : 1, stream ? TOKENS + 3 : 1);
  }));
  const after = await gateway.scrape();
  const grown = (name: string, labels: Record<string, string> = {}) =>
    sum(after, name, labels) - sum(before, name, labels);
  const requester = { requested_model: model };
  assertEquals(grown("litellm_proxy_total_requests_metric_total", requester), REQUESTS);
  assertEquals(grown("litellm_proxy_failed_requests_metric_total"), 0);
  assertEquals(grown("litellm_input_tokens_metric_total"), REQUESTS * PROMPT_TOKENS);
  assertEquals(grown("litellm_output_tokens_metric_total"), REQUESTS * TOKENS);
  assertEquals(grown("litellm_request_total_latency_metric_count"), REQUESTS);
  assertEquals(grown("litellm_deployment_success_responses_total"), REQUESTS);
  assertEquals(sum(after, "litellm_in_flight_requests"), 0);
  const ofModel = { model_name: model };
  assertEquals(grown("vllm:prompt_tokens_total", ofModel), REQUESTS * PROMPT_TOKENS);
  assertEquals(grown("vllm:generation_tokens_total", ofModel), REQUESTS * TOKENS);
  assertEquals(grown("vllm:request_success_total", { ...ofModel, finished_reason: "length" }), REQUESTS);
  assertEquals(grown("vllm:inter_token_latency_seconds_count", ofModel), REQUESTS / 2 * (TOKENS - 1));
  const engines = ["0", "1"].map((engine) => grown("vllm:request_success_total", { ...ofModel, engine }));
  assert(engines.every((count) => count > 0), `both upstreams are used: ${engines}`);
});

Deno.test("a client that leaves a gateway ends its request everywhere, and is one abort", async () => {
  await using parts = await start({ interTokenLatencyMs: 2 });
  const { gateway, model } = parts;
  const body = { model, prompt: "Hello", max_tokens: 5000, ignore_eos: true, stream: true };
  const leaving = new AbortController();
  const response = await gateway.post("/v1/completions", body, { signal: leaving.signal });
  await response.body!.getReader().read();
  const running = async () => sum(await gateway.scrape(), "vllm:num_requests_running", { model_name: model });
  await waitFor(async () => await running() === 1, { what: "the request to run" });
  leaving.abort();
  await waitFor(async () => await running() === 0, { what: "nothing to run" });
  const scrape = await gateway.scrape();
  const ended = (reason: string) =>
    sum(scrape, "vllm:request_success_total", { model_name: model, finished_reason: reason });
  assertEquals([ended("abort"), ended("stop") + ended("length") + ended("error")], [1, 0]);
  assertEquals(sum(scrape, "litellm_in_flight_requests"), 0);
});
