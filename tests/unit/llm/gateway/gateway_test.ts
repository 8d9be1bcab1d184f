import { assert, assertEquals, assertMatch } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { createApi } from "../../../../src/llm/api/api.ts";
import { DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { Gateway } from "../../../../src/llm/gateway/gateway.ts";
import { DEFAULT_GATEWAY_CONFIG, type GatewayConfig } from "../../../../src/llm/gateway/gateway_config.ts";
import { GatewayMetrics } from "../../../../src/llm/gateway/gateway_metrics.ts";
import { LitellmMetrics } from "../../../../src/llm/gateway/litellm_metrics.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { alive, EnginePair } from "../../../_support/engine_pair.ts";
import { type Labels, sampleValue } from "../../../_support/sample_value.ts";
import { waitFor } from "../../../_support/wait_for.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** A gateway before servers of this process. */
class Harness implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly #servers: Deno.HttpServer<Deno.NetAddr>[];
  readonly #collector: Collector;

  private constructor(servers: Deno.HttpServer<Deno.NetAddr>[], config: Partial<GatewayConfig>) {
    this.#servers = servers;
    const registry = new Registry({ slabBytes: 8 << 20 });
    this.#collector = new Collector(registry);
    const complete = {
      ...DEFAULT_GATEWAY_CONFIG,
      cooldownMs: 60_000,
      ...config,
      upstreams: servers.map(({ addr }) => ({ url: `http://127.0.0.1:${addr.port}` })),
    };
    this.gateway = new Gateway({
      config: complete,
      metrics: new GatewayMetrics({ tokensMax: complete.maxModelLen, registry }),
      litellm: new LitellmMetrics(complete, { registry }),
    });
  }

  static async start(handlers: readonly Handler[], config: Partial<GatewayConfig> = {}): Promise<Harness> {
    const servers = handlers.map((handler) =>
      Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => Response.error() },
        (request) =>
          new URL(request.url).pathname === "/v1/models"
            ? Response.json({ data: [{ id: "m" }] })
            : handler(request),
      )
    );
    const harness = new Harness(servers, config);
    await harness.gateway.checkHealth();
    return harness;
  }

  request(path: string, init?: RequestInit): Promise<Response> {
    return this.gateway.handle(new Request(`http://gateway${path}`, init));
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(path, { method: "POST", body: JSON.stringify(body), headers });
  }

  sample(name: string, labels: Labels = {}): number {
    return sampleValue(this.#collector, name, labels);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gateway.stop();
    await Promise.all(this.#servers.map((server) => server.shutdown()));
  }
}

const CHAT = { model: "m", messages: [{ role: "user", content: "Hello" }] };
const ANSWER = {
  model: "m",
  choices: [{ index: 0, finish_reason: "stop" }],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
};

function events(...data: unknown[]): Response {
  const text = [...data.map((item) => JSON.stringify(item)), "[DONE]"].map((item) => `data: ${item}\n\n`)
    .join("");
  return new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
}

Deno.test("Gateway passes an answer on and records it in both sets of families", async () => {
  await using harness = await Harness.start([() => Response.json(ANSWER, { headers: { "x-own": "1" } })], {
    inputCostPerToken: 2,
    outputCostPerToken: 10,
  });
  const response = await harness.post("/v1/chat/completions?x=1", { ...CHAT, n: 1, max_tokens: 9 });
  assertEquals([response.status, response.headers.get("x-own")], [200, "1"]);
  assertEquals(await response.json(), ANSWER);
  assertEquals(harness.sample("vllm:prompt_tokens_total"), 7);
  assertEquals(harness.sample("vllm:generation_tokens_total"), 3);
  assertEquals(harness.sample("vllm:request_success_total", { finished_reason: "stop", engine: "0" }), 1);
  assertEquals(harness.sample("vllm:e2e_request_latency_seconds_count"), 1);
  assertEquals(harness.sample("vllm:request_params_max_tokens_sum"), 9);
  assertEquals(harness.sample("vllm:num_requests_running"), 0);
  assertEquals(harness.sample("litellm_proxy_total_requests_metric_total", { status_code: "200" }), 1);
  assertEquals(harness.sample("litellm_total_tokens_metric_total"), 10);
  assertEquals(harness.sample("litellm_spend_metric_total"), 44);
  assertEquals(harness.sample("litellm_deployment_success_responses_total"), 1);
  assertEquals(harness.sample("litellm_in_flight_requests"), 0);
});

Deno.test("Gateway passes the events of a stream on as they come, byte by byte the same", async () => {
  let send!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (send = controller) });
  const upstream = () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  await using harness = await Harness.start([upstream]);
  const response = await harness.post("/v1/chat/completions", { ...CHAT, stream: true });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const parts = [
    'data: {"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n',
    ': a comment\n\ndata: {"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}]}\r\n\r\n',
    'data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\ndata: [DONE]\n\n',
  ];
  for (const part of parts) {
    send.enqueue(new TextEncoder().encode(part));
    assertEquals((await reader.read()).value, part, "nothing is held back");
    assertEquals(harness.sample("vllm:num_requests_running"), 1);
  }
  send.close();
  assertEquals((await reader.read()).done, true);
  assertEquals(harness.sample("vllm:time_to_first_token_seconds_count"), 1);
  assertEquals(harness.sample("vllm:inter_token_latency_seconds_count"), 1);
  assertEquals(harness.sample("vllm:request_success_total", { finished_reason: "length" }), 1);
  assertEquals(harness.sample("vllm:generation_tokens_total"), 2);
  assertEquals(harness.sample("litellm_llm_api_time_to_first_token_metric_count"), 1);
  assertEquals(harness.sample("vllm:num_requests_running"), 0);
});

Deno.test("Gateway counts parts where the upstream does not tell the usage", async () => {
  const part = (finish: string | null) => ({ choices: [{ index: 0, text: "x", finish_reason: finish }] });
  await using harness = await Harness.start([() => events(part(null), part(null), part("stop"))]);
  await (await harness.post("/v1/completions", { model: "m", prompt: "x", stream: true })).text();
  assertEquals(harness.sample("vllm:generation_tokens_total"), 3);
});

Deno.test("Gateway asks another upstream when one fails before its first byte, and lets it rest", async () => {
  let failures = 0;
  await using harness = await Harness.start([
    () => (failures++, new Response("busy", { status: 503 })),
    () => Response.json(ANSWER),
  ]);
  for (let i = 0; i < 12; i++) {
    const response = await harness.post("/v1/chat/completions", CHAT);
    assertEquals(response.status, 200);
    await response.body?.cancel();
  }
  assertEquals(failures, 3, "then it rests");
  assertEquals(harness.sample("litellm_deployment_failure_responses_total", { exception_status: "503" }), 3);
  assertEquals(harness.sample("litellm_deployment_cooled_down_total"), 1);
  const rested = harness.gateway.upstreams[0].id;
  assertEquals(harness.sample("litellm_deployment_state", { model_id: rested }), 2);
  assertEquals(harness.sample("litellm_deployment_state", { model_id: harness.gateway.upstreams[1].id }), 0);
});

Deno.test("Gateway gives the last error back when all upstreams fail, and an error of its own when none is there", async () => {
  await using failing = await Harness.start([
    () => Response.json({ error: { message: "no" } }, { status: 429 }),
  ]);
  const refused = await failing.post("/v1/chat/completions", CHAT);
  assertEquals([refused.status, (await refused.json()).error.message], [429, "no"]);
  assertEquals(failing.sample("litellm_proxy_failed_requests_metric_total", { exception_status: "429" }), 1);
  assertEquals(failing.sample("litellm_deployment_total_requests_total"), 3);
  const gone = await Harness.start([() => Response.json(ANSWER)]);
  await gone[Symbol.asyncDispose]();
  const unreachable = await gone.post("/v1/chat/completions", CHAT);
  assertEquals([unreachable.status, (await unreachable.json()).error.type], [502, "InternalServerError"]);
  await gone.gateway.checkHealth();
  assertEquals((await gone.request("/health")).status, 503);
});

Deno.test("Gateway does not wait for ever for a first byte", async () => {
  const release = Promise.withResolvers<Response>();
  await using harness = await Harness.start([() => release.promise], { firstByteMs: 50, retries: 0 });
  const response = await harness.post("/v1/chat/completions", CHAT);
  release.resolve(new Response());
  assertEquals(response.status, 504);
  assertMatch((await response.json()).error.message, /did not begin to answer within 50 ms/);
  assertEquals(harness.sample("vllm:request_success_total", { finished_reason: "error" }), 0);
});

Deno.test("Gateway does not wait for ever for the next byte of a stream", async () => {
  const silent = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: {}\n\n")),
  });
  const headers = { "content-type": "text/event-stream" };
  // As long as the first event may take on a loaded machine.
  await using harness = await Harness.start([() => new Response(silent, { headers })], { idleMs: 2000 });
  const stream = await harness.post("/v1/chat/completions", { ...CHAT, stream: true });
  const text = await stream.text();
  assertMatch(text, /^data: {}\n\ndata: {"error":.*"code":502}}\n\ndata: \[DONE\]\n\n$/);
  assertEquals(harness.sample("vllm:request_success_total", { finished_reason: "error" }), 1);
});

Deno.test("Gateway spreads requests by how many each upstream has", async () => {
  const waiting: (() => void)[] = [];
  const counts = [0, 0];
  const slow = (index: number) => () => {
    counts[index]++;
    return new Promise<Response>((resolve) => waiting.push(() => resolve(Response.json(ANSWER))));
  };
  await using harness = await Harness.start([slow(0), slow(1)]);
  const requests = Array.from({ length: 6 }, () => harness.post("/v1/chat/completions", CHAT));
  await waitFor(() => waiting.length === 6, { what: "all requests to arrive" });
  assertEquals(counts, [3, 3]);
  for (const answer of waiting) answer();
  for (const response of await Promise.all(requests)) await response.body?.cancel();
});

Deno.test("Gateway refuses what it does not forward, and keeps made-up models out of the labels", async () => {
  await using harness = await Harness.start([() => Response.json({ error: {} }, { status: 404 })], {
    apiKeys: ["k"],
  });
  assertEquals((await harness.post("/v1/chat/completions", CHAT)).status, 401);
  const key = { authorization: "Bearer k" };
  assertEquals((await harness.request("/admin", { headers: key })).status, 404);
  assertEquals((await harness.request("/v1/models", { headers: key })).status, 200);
  const unknown = await harness.post("/v1/chat/completions", { ...CHAT, model: "made up" }, key);
  assertEquals(unknown.status, 404);
  await unknown.body?.cancel();
  const labels = { requested_model: "other", exception_status: "404" };
  assertEquals(harness.sample("litellm_proxy_failed_requests_metric_total", labels), 1);
});

Deno.test("Gateway before an embedded server: a client that leaves ends the request at both", () =>
  alive(async () => {
    await using pair = new EnginePair({ timing: { ...PROFILES.instant, interTokenLatency: 1000 } });
    const api = createApi({ config: { ...DEFAULT_API_CONFIG, models: ["m"] }, engines: pair.client });
    await using harness = await Harness.start([(request) => api(request)]);
    const whole = await harness.post("/v1/chat/completions", { ...CHAT, max_tokens: 4, ignore_eos: true });
    assertEquals((await whole.json()).usage.completion_tokens, 4);
    const stream = await harness.post("/v1/chat/completions", {
      ...CHAT,
      max_tokens: 5000,
      ignore_eos: true,
      stream: true,
    });
    const reader = stream.body!.getReader();
    await reader.read();
    await reader.cancel();
    await waitFor(() => pair.status.running === 0, { what: "the engine to be free" });
    assertEquals(harness.sample("vllm:request_success_total", { finished_reason: "abort" }), 1);
    assertEquals(pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 1);
    assert(harness.sample("vllm:generation_tokens_total") >= 5);
  }));
