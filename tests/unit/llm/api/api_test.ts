import { assert, assertEquals, assertMatch } from "@std/assert";
import { createApi } from "../../../../src/llm/api/api.ts";
import { type ApiConfig, DEFAULT_API_CONFIG } from "../../../../src/llm/api/api_config.ts";
import type { EngineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { PROFILES } from "../../../../src/llm/engine/profiles.ts";
import { createTextModel } from "../../../../src/llm/text/default_model.ts";
import { EchoSource } from "../../../../src/llm/text/text_model.ts";
import { coreWaitMs } from "../../../_support/core_wait.ts";
import { alive, EnginePair } from "../../../_support/engine_pair.ts";
import { waitFor } from "../../../_support/wait_for.ts";

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- The tests say which fields they expect.
  readonly body: any;
}

/** An API over one engine in this thread. */
class Harness implements AsyncDisposable {
  readonly pair: EnginePair;
  readonly api;

  constructor(options: { config?: Partial<ApiConfig>; engine?: Partial<EngineConfig>; echo?: boolean } = {}) {
    const source = options.echo ? new EchoSource() : createTextModel({ mean: 40, deviation: 5 });
    this.pair = new EnginePair(options.engine, source);
    const config = { ...DEFAULT_API_CONFIG, models: ["m", "m-alias"], ...options.config };
    this.api = createApi({ config, engines: this.pair.client });
  }

  request(path: string, init?: RequestInit): Promise<Response> {
    return this.api(new Request(`http://server${path}`, init));
  }

  async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await this.request(path, { method: "POST", body: text, headers });
    const answer = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(answer) : answer };
  }

  /** The data of the events of a stream. */
  // deno-lint-ignore no-explicit-any -- As above.
  async stream(path: string, body: Record<string, unknown>): Promise<any[]> {
    const { status, body: text } = await this.post(path, { ...body, stream: true });
    assertEquals(status, 200, text);
    const events = text.split("\n\n");
    assertEquals(events.pop(), "");
    assertEquals(events.pop(), "data: [DONE]");
    return events.map((event: string) => JSON.parse(event.replace(/^data: /, "")));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.pair[Symbol.asyncDispose]();
  }
}

const CHAT = { model: "m", messages: [{ role: "user", content: "Say something." }] };

Deno.test("API answers a chat as a whole", () =>
  alive(async () => {
    await using harness = new Harness();
    const { status, headers, body } = await harness.post("/v1/chat/completions", {
      ...CHAT,
      max_tokens: 9,
      ignore_eos: true,
    }, { "x-request-id": "abc" });
    assertEquals(status, 200);
    assertEquals(headers.get("x-request-id"), "abc");
    assertEquals([body.id, body.object, body.model], ["chatcmpl-abc", "chat.completion", "m"]);
    const [choice] = body.choices;
    assertEquals([choice.index, choice.finish_reason, choice.message.role], [0, "length", "assistant"]);
    assertMatch(choice.message.content, /^[A-Z]\w* \w/);
    assertEquals(body.usage.completion_tokens, 9);
    assertEquals(body.usage.total_tokens, body.usage.prompt_tokens + 9);
  }));

Deno.test("API streams a chat: one event a token, the role with the first, the reason with the last", () =>
  alive(async () => {
    await using harness = new Harness();
    const request = { ...CHAT, max_completion_tokens: 6, ignore_eos: true, seed: 5 };
    const events = await harness.stream("/v1/chat/completions", {
      ...request,
      stream_options: { include_usage: true },
    });
    const usage = events.pop();
    assertEquals(usage.choices, []);
    assertEquals(usage.usage.completion_tokens, 6);
    assertEquals(events.length, 6);
    assertEquals(events[0].choices[0].delta.role, "assistant");
    assertEquals(events[0].object, "chat.completion.chunk");
    assertEquals(events.map((event) => event.choices[0].finish_reason), [...Array(5).fill(null), "length"]);
    assertEquals(new Set(events.map(({ id }) => id)).size, 1);
    const text = events.map((event) => event.choices[0].delta.content).join("");
    const whole = await harness.post("/v1/chat/completions", request);
    assertEquals(text, whole.body.choices[0].message.content, "the same seed gives the same text");
    const plain = await harness.stream("/v1/chat/completions", request);
    assert(plain.every((event) => event.usage === undefined));
    const continuous = await harness.stream("/v1/chat/completions", {
      ...request,
      stream_options: { continuous_usage_stats: true },
    });
    assertEquals(continuous.map(({ usage }) => usage.completion_tokens), [1, 2, 3, 4, 5, 6, 6]);
  }));

Deno.test("API continues several prompts several times, in order, with one usage", () =>
  alive(async () => {
    await using harness = new Harness({ echo: true });
    const { body } = await harness.post("/v1/completions", {
      prompt: ["one two three four", [500, 501, 502]],
      n: 2,
      max_tokens: 3,
      ignore_eos: true,
    });
    assertEquals(body.object, "text_completion");
    assertMatch(body.id, /^cmpl-/);
    assertEquals(body.choices.map((choice: { index: number }) => choice.index), [0, 1, 2, 3]);
    assertEquals(body.choices[0].text, "one two three");
    assertEquals(body.choices[0].text, body.choices[1].text);
    assertEquals(body.usage, {
      prompt_tokens: 7,
      total_tokens: 19,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "length" }), 4);
    assertEquals(harness.pair.sample("vllm:request_params_n_count"), 2, "requests, not sequences");
    assertEquals(harness.pair.sample("vllm:request_params_n_sum"), 4);
    const echoed = await harness.post("/v1/completions", { prompt: "one two", echo: true, max_tokens: 1 });
    assertEquals(echoed.body.choices[0].text, "one twoone");
    const token = await harness.stream("/v1/completions", { prompt: [[500], [501]], max_tokens: 1 });
    assertEquals(token.map((event) => event.choices[0].index).sort(), [0, 1]);
  }));

Deno.test("API ends at stop strings and stop tokens, counts a stop, and frees the engine", () =>
  alive(async () => {
    await using harness = new Harness({
      echo: true,
      engine: { timing: { ...PROFILES.instant, interTokenLatency: 500 } },
    });
    const request = { prompt: "alpha beta gamma delta epsilon zeta", max_tokens: 100, ignore_eos: true };
    const { body } = await harness.post("/v1/completions", { ...request, stop: ["gamma d", "nothing"] });
    assertEquals(body.choices[0].text, "alpha beta ");
    assertEquals([body.choices[0].finish_reason, body.choices[0].stop_reason], ["stop", "gamma d"]);
    const included = await harness.post("/v1/completions", {
      ...request,
      stop: "gamma",
      include_stop_str_in_output: true,
    });
    assertEquals(included.body.choices[0].text, "alpha beta gamma");
    const events = await harness.stream("/v1/completions", { ...request, stop: "delta" });
    assertEquals(events.map((event) => event.choices[0].text).join(""), "alpha beta gamma ");
    const { tokens } = (await harness.post("/tokenize", { prompt: request.prompt })).body;
    const byToken = await harness.post("/v1/completions", { ...request, stop_token_ids: [tokens[2]] });
    assertEquals([byToken.body.choices[0].text, byToken.body.choices[0].stop_reason], [
      "alpha beta",
      tokens[2],
    ]);
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "stop" }), 4);
    await waitFor(() => harness.pair.engine.unfinishedCount === 0, { what: "the engine to forget them" });
  }));

Deno.test("API tells log probabilities in the shape of each endpoint", () =>
  alive(async () => {
    await using harness = new Harness();
    const chat = await harness.post("/v1/chat/completions", {
      ...CHAT,
      max_tokens: 3,
      ignore_eos: true,
      logprobs: true,
      top_logprobs: 2,
    });
    const { content } = chat.body.choices[0].logprobs;
    assertEquals(content.length, 3);
    assertEquals(content[0].top_logprobs.length, 2);
    assert(content[0].logprob < 0);
    assertEquals(
      content.map(({ token }: { token: string }) => token).join(""),
      chat.body.choices[0].message.content,
    );
    const events = await harness.stream("/v1/completions", {
      prompt: "x",
      max_tokens: 3,
      ignore_eos: true,
      logprobs: 1,
    });
    const offsets = events.map((event) => event.choices[0].logprobs.text_offset[0]);
    const texts = events.map((event) => event.choices[0].text);
    assertEquals(offsets, [0, texts[0].length, texts[0].length + texts[1].length]);
  }));

Deno.test("API answers vLLM's own benchmark as it expects: what it sends, and how it counts", () =>
  alive(async () => {
    await using harness = new Harness();
    const sampling = { repetition_penalty: 1.0, logprobs: null, ignore_eos: true, top_k: -1, stream: true };
    const usage = { stream_options: { include_usage: true } };
    const requests: [string, Record<string, unknown>][] = [
      ["/v1/completions", { model: "m", prompt: "Hello there", max_tokens: 12 }],
      ["/v1/completions", { model: "m", prompt: [[1, 2, 3, 4]], max_tokens: 12 }],
      ["/v1/chat/completions", {
        model: "m",
        messages: [{ role: "user", content: [{ type: "text", text: "Hello there" }] }],
        max_completion_tokens: 12,
      }],
    ];
    for (const [path, body] of requests) {
      const events = await harness.stream(path, { ...body, ...sampling, ...usage });
      // The first event with choices is the first token, each further one a gap; usage counts without choices only.
      const withChoices = events.filter(({ choices }) => choices.length > 0);
      assertEquals(withChoices.length, 12, path);
      const [last] = events.filter(({ choices, usage }) => choices.length === 0 && usage !== undefined);
      assertEquals(last.usage.completion_tokens, 12);
      assertEquals(events.at(-1), last);
    }
  }));

Deno.test("API aborts what a client that has left was waiting for, and counts it once", () =>
  alive(async () => {
    await using harness = new Harness({
      engine: { timing: { ...PROFILES.instant, interTokenLatency: 1000 } },
    });
    const body = JSON.stringify({ ...CHAT, max_tokens: 5000, ignore_eos: true, stream: true, n: 2 });
    const response = await harness.request("/v1/chat/completions", { method: "POST", body });
    const reader = response.body!.getReader();
    await reader.read();
    const [startMs, startWaitMs] = [performance.now(), coreWaitMs()];
    await reader.cancel();
    await waitFor(() => harness.pair.status.running === 0, { what: "the blocks to be freed" });
    // Client, server and engine are this thread: what it had no core for is not theirs.
    const tookMs = performance.now() - startMs - (coreWaitMs() - startWaitMs);
    assert(tookMs < 100, `${tookMs} ms`);
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 2);
    const leaving = new AbortController();
    const whole = harness.request("/v1/chat/completions", {
      method: "POST",
      body: body.replace('"stream":true', '"stream":false'),
      signal: leaving.signal,
    });
    await waitFor(() => harness.pair.status.running === 2, { what: "the request to run" });
    leaving.abort();
    assertEquals((await whole).status, 499);
    await waitFor(() => harness.pair.status.running === 0, { what: "the blocks to be freed" });
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "abort" }), 4);
  }));

Deno.test("API says so when an engine fails or is lost", () =>
  alive(async () => {
    await using harness = new Harness({
      engine: { errorRate: 1, timing: { ...PROFILES.instant, interTokenLatency: 1000 } },
    });
    const whole = await harness.post("/v1/chat/completions", { ...CHAT, max_tokens: 50, ignore_eos: true });
    assertEquals([whole.status, whole.body.error.type], [500, "InternalServerError"]);
    const events = await harness.stream("/v1/chat/completions", {
      ...CHAT,
      max_tokens: 50,
      ignore_eos: true,
    });
    assertEquals(events.at(-1).error.code, 500);
    const lost = harness.post("/v1/embeddings", { input: "x" });
    harness.pair.client.disconnect(0);
    assertEquals((await lost).status, 503);
    const none = await harness.post("/v1/chat/completions", CHAT);
    assertEquals([none.status, none.headers.get("retry-after")], [503, "1"]);
    assertEquals((await harness.request("/health")).status, 503);
  }));

Deno.test("API makes embeddings that are near for near texts", () =>
  alive(async () => {
    await using harness = new Harness();
    const input = ["the harbour town of Orrin", "the harbour master of Orrin", "nothing in common here"];
    const { body } = await harness.post("/v1/embeddings", { model: "m", input, dimensions: 64 });
    const [a, b, c]: number[][] = body.data.map(({ embedding }: { embedding: number[] }) => embedding);
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    assertEquals(a.length, 64);
    assert(Math.abs(dot(a, a) - 1) < 1e-5);
    assert(dot(a, b) > dot(a, c) + 0.2);
    assertEquals(body.usage.prompt_tokens, body.usage.total_tokens);
    const many = await harness.post("/v1/embeddings", { model: "m", input: Array(2049).fill("x") });
    assertEquals([many.status, many.body.error.param], [400, "input"]);
    const packed = await harness.post("/v1/embeddings", {
      input: input[0],
      dimensions: 64,
      encoding_format: "base64",
    });
    const bytes = Uint8Array.from(atob(packed.body.data[0].embedding), (char) => char.charCodeAt(0));
    assertEquals([...new Float32Array(bytes.buffer)], a);
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "stop" }), 4);
    assertEquals(harness.pair.sample("vllm:generation_tokens_total"), 0);
  }));

Deno.test("API lists models and adapters, counts tokens, and says how it is", () =>
  alive(async () => {
    await using harness = new Harness({
      config: { adapters: ["m-lora"], sleepMode: true },
      engine: { maxLoras: 1 },
    });
    const models = await (await harness.request("/v1/models")).json();
    assertEquals(models.data.map(({ id }: { id: string }) => id), ["m", "m-alias", "m-lora"]);
    assertEquals(models.data[2].parent, "m");
    assertEquals((await (await harness.request("/v1/models/m-lora")).json()).max_model_len, 8192);
    assertEquals((await harness.request("/v1/models/unknown")).status, 404);
    assertEquals((await harness.request("/v1/models/%FF")).status, 404, "what is not well encoded");
    assertEquals(
      (await harness.post("/v1/chat/completions", { ...CHAT, model: "m-lora" })).body.model,
      "m-lora",
    );
    const counted = (await harness.post("/tokenize", { prompt: "hello world" })).body;
    assertEquals([counted.count, counted.tokens], [2, [15339, 1917]]);
    assertEquals((await harness.post("/detokenize", { tokens: counted.tokens })).body.prompt, "hello world");
    assert((await harness.post("/tokenize", { messages: CHAT.messages })).body.count > 5);
    for (const path of ["/health", "/ping", "/version", "/load"]) {
      assertEquals((await harness.request(path)).status, 200);
    }
    await harness.post("/sleep?level=2", "");
    await waitFor(() => harness.pair.status.sleepLevel === 2, { what: "the engine to sleep" });
    assertEquals(await (await harness.request("/is_sleeping")).json(), { is_sleeping: true });
    await harness.post("/wake_up", "");
    await waitFor(() => harness.pair.status.sleepLevel === 0, { what: "the engine to wake" });
    assertEquals((await harness.post("/reset_prefix_cache", "")).status, 200);
  }));

Deno.test("API refuses bad input with the right status, and leaves nothing behind", () =>
  alive(async () => {
    await using harness = new Harness({
      config: { maxModelLen: 64, bodyBytesMax: 5000 },
      engine: { maxModelLen: 64 },
    });
    const chat = "/v1/chat/completions";
    const cases: [string, unknown, number, string?][] = [
      [chat, "{", 400],
      [chat, "", 400],
      [chat, "[]", 400],
      [chat, "null", 400],
      [chat, {}, 400, "messages"],
      [chat, { messages: [] }, 400, "messages"],
      [chat, { messages: "hello" }, 400, "messages"],
      [chat, { messages: [{ role: "nobody", content: "x" }] }, 400, "messages[0]"],
      [chat, { messages: [{ role: "user", content: 5 }] }, 400, "messages[0]"],
      [chat, { messages: [{ role: "user", content: [{ type: "smell" }] }] }, 400, "messages[0]"],
      [chat, { ...CHAT, model: "unknown" }, 404, "model"],
      [chat, { ...CHAT, model: 5 }, 400, "model"],
      [chat, { ...CHAT, max_tokens: -1 }, 400, "max_tokens"],
      [chat, { ...CHAT, max_tokens: 1.5 }, 400, "max_tokens"],
      [chat, { ...CHAT, max_tokens: "9" }, 400, "max_tokens"],
      [chat, { ...CHAT, max_tokens: 64 }, 400, "max_tokens"],
      [chat, { ...CHAT, n: 0 }, 400, "n"],
      [chat, { ...CHAT, n: 1e9 }, 400, "n"],
      [chat, { ...CHAT, temperature: -1 }, 400, "temperature"],
      [chat, { ...CHAT, stop: [1] }, 400, "stop"],
      [chat, { ...CHAT, stop: "" }, 400, "stop"],
      [chat, { ...CHAT, stream: "yes" }, 400, "stream"],
      [chat, { ...CHAT, stream_options: { include_usage: true } }, 400, "stream_options"],
      [chat, { ...CHAT, top_logprobs: 3 }, 400, "top_logprobs"],
      [chat, { messages: [{ role: "user", content: "word ".repeat(100) }] }, 400, "input_tokens"],
      [chat, { messages: [{ role: "user", content: "x".repeat(6000) }] }, 413],
      ["/v1/completions", {}, 400, "prompt"],
      ["/v1/completions", { prompt: "" }, 400, "prompt"],
      ["/v1/completions", { prompt: [] }, 400, "prompt"],
      ["/v1/completions", { prompt: [-1] }, 400, "prompt"],
      ["/v1/completions", { prompt: [1e6] }, 400, "prompt"],
      ["/v1/completions", { prompt: ["x", 5] }, 400, "prompt"],
      ["/v1/embeddings", { input: { a: 1 } }, 400, "input"],
      ["/v1/embeddings", { input: "x", encoding_format: "hex" }, 400, "encoding_format"],
      ["/v1/embeddings", { input: "x", dimensions: 0 }, 400, "dimensions"],
      ["/detokenize", {}, 400, "tokens"],
      ["/v1/unknown", {}, 404],
      ["/v1/models", {}, 405],
    ];
    for (const [path, body, status, param = null] of cases) {
      const answer = await harness.post(path, body);
      const what = `${path} ${JSON.stringify(body).slice(0, 80)}`;
      assertEquals([answer.status, answer.body.error?.code, answer.body.error?.param], [
        status,
        status,
        param,
      ], what);
      assertEquals(typeof answer.body.error.message, "string");
    }
    assertEquals(harness.pair.engine.unfinishedCount, 0);
    assertEquals(harness.pair.sample("vllm:request_success_total", { finished_reason: "error" }), 0);
  }));

Deno.test("API asks for keys, makes failures up, and refuses more than may wait", () =>
  alive(async () => {
    await using harness = new Harness({ config: { apiKeys: ["secret", "other"] } });
    assertEquals((await harness.post("/v1/chat/completions", CHAT)).body.error.type, "AuthenticationError");
    const wrong = await harness.post("/v1/chat/completions", CHAT, { authorization: "Bearer secre" });
    assertEquals(wrong.status, 401);
    const right = await harness.post("/v1/chat/completions", CHAT, { authorization: "Bearer other" });
    assertEquals(right.status, 200);
    assertEquals((await harness.request("/health")).status, 200);
    await using failing = new Harness({ config: { failureRate: 1, failureTypes: ["rate_limit"] } });
    const failed = await failing.post("/v1/chat/completions", CHAT);
    assertEquals([failed.status, failed.body.error.type, failed.headers.get("retry-after")], [
      429,
      "RateLimitError",
      "1",
    ]);
    assertEquals(
      (await failing.post("/v1/embeddings", { input: "x" }, { "x-return-error": "418" })).status,
      418,
    );
    await using full = new Harness({ config: { maxWaiting: 1 }, engine: { maxNumSeqs: 1 } });
    full.pair.client.sleep(1);
    const waiting = full.post("/v1/chat/completions", CHAT);
    await waitFor(() => full.pair.status.waiting === 1, { what: "the first request to wait" });
    assertEquals((await full.post("/v1/chat/completions", CHAT)).status, 429);
    full.pair.client.wake();
    assertEquals((await waiting).status, 200);
  }));

Deno.test("API reports its load to balancers that ask", () =>
  alive(async () => {
    await using harness = new Harness();
    const ask = (format: string) =>
      harness.request("/health", { headers: { "endpoint-load-metrics-format": format } });
    const json = (await ask("json")).headers.get("endpoint-load-metrics")!;
    assertEquals(JSON.parse(json.replace(/^JSON /, "")).named_metrics, {
      kv_cache_usage_perc: 0,
      num_requests_running: 0,
      num_requests_waiting: 0,
    });
    assertMatch(
      (await ask("TEXT")).headers.get("endpoint-load-metrics")!,
      /^TEXT named_metrics\.kv_cache_usage_perc=0, /,
    );
    assertEquals((await ask("XML")).headers.get("endpoint-load-metrics"), null);
    assertEquals((await harness.request("/health")).headers.get("endpoint-load-metrics"), null);
  }));

Deno.test("API takes images in a chat and remembers them", () =>
  alive(async () => {
    await using harness = new Harness();
    const part = { type: "image_url", image_url: { url: "http://images/1.png" } };
    const messages = [{ role: "user", content: [{ type: "text", text: "What is this?" }, part] }];
    for (let i = 0; i < 3; i++) await harness.post("/v1/chat/completions", { messages, max_tokens: 1 });
    assertEquals(harness.pair.sample("vllm:mm_cache_queries_total"), 3);
    assertEquals(harness.pair.sample("vllm:mm_cache_hits_total"), 2);
  }));
