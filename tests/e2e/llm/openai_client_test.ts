/**
 * The `openai` package, as its users use it, against the whole server.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import OpenAI from "openai";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

function clientOf(server: LlmTestServer, options: { apiKey?: string; maxRetries?: number } = {}): OpenAI {
  return new OpenAI({ baseURL: `${server.server.url}/v1`, apiKey: "none", maxRetries: 0, ...options });
}

const MESSAGES = [{ role: "user" as const, content: "Tell me about the harbour." }];

Deno.test("openai: chats, completions, models and embeddings, as a whole and as streams", async () => {
  await using server = await LlmTestServer.start();
  const { model } = server;
  const client = clientOf(server);
  const models = await client.models.list();
  assertEquals(models.data.map(({ id }) => id), [model]);
  assertEquals((await client.models.retrieve(model)).id, model);

  // The seed says how long the answer is, too.
  const asked = { model, messages: MESSAGES, max_completion_tokens: 12, seed: 3 };
  const chat = await client.chat.completions.create(asked);
  assertEquals(chat.choices[0].message.role, "assistant");
  assert(chat.choices[0].message.content!.length > 10);
  assert(["stop", "length"].includes(chat.choices[0].finish_reason));
  assertEquals(typeof chat._request_id, "string");

  const request = { ...asked, n: 2 };
  const whole = await client.chat.completions.create(request);
  const stream = await client.chat.completions.create({
    ...request,
    stream: true,
    stream_options: { include_usage: true },
  });
  const texts = ["", ""];
  let usage: OpenAI.CompletionUsage | null | undefined;
  for await (const chunk of stream) {
    for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assertEquals(texts, whole.choices.map(({ message }) => message.content));
  assertEquals(usage?.completion_tokens, whole.usage?.completion_tokens);

  const runner = client.chat.completions.stream({ model, messages: MESSAGES, max_completion_tokens: 8 });
  assertEquals((await runner.finalMessage()).role, "assistant");

  const text = await client.completions.create({ model, prompt: ["One", "Two"], max_tokens: 5, logprobs: 1 });
  assertEquals(text.choices.map(({ index }) => index), [0, 1]);
  assertEquals(text.choices[0].logprobs!.tokens!.join(""), text.choices[0].text);

  // Without a format the client asks for base64 and decodes it itself.
  const input = ["the harbour", "the lighthouse"];
  const packed = await client.embeddings.create({ model, input, dimensions: 32 });
  const plain = await client.embeddings.create({ model, input, dimensions: 32, encoding_format: "float" });
  assertEquals(packed.data.map(({ embedding }) => embedding), plain.data.map(({ embedding }) => embedding));
  assertEquals(packed.data[0].embedding.length, 32);
});

Deno.test("openai: every error is of the class that its status stands for", async () => {
  await using server = await LlmTestServer.start({ apiKeys: "secret" });
  const { model } = server;
  const client = clientOf(server, { apiKey: "secret" });
  const create = (body: Record<string, unknown>, headers: Record<string, string> = {}) => () =>
    client.chat.completions.create({ model, messages: MESSAGES, ...body }, { headers });
  const stranger = clientOf(server);
  await assertRejects(() => stranger.models.list(), OpenAI.AuthenticationError);
  await assertRejects(create({ model: "unknown" }), OpenAI.NotFoundError, "does not exist");
  const refused = await assertRejects(create({ max_completion_tokens: -1 }), OpenAI.BadRequestError);
  assertEquals([refused.param, refused.type], ["max_completion_tokens", "BadRequestError"]);
  await assertRejects(create({}, { "x-return-error": "403" }), OpenAI.PermissionDeniedError);
  await assertRejects(create({}, { "x-return-error": "422" }), OpenAI.UnprocessableEntityError);
  await assertRejects(create({}, { "x-return-error": "429" }), OpenAI.RateLimitError);
  await assertRejects(create({}, { "x-return-error": "500" }), OpenAI.InternalServerError);
});

Deno.test("openai: it tries again when it is told to, and each try is counted", async () => {
  await using server = await LlmTestServer.start({ failureInjectionRate: 100, failureTypes: "server_error" });
  const client = clientOf(server, { maxRetries: 1 });
  await assertRejects(() => client.models.list(), OpenAI.InternalServerError);
  const scrape = await server.scrape();
  assertEquals(scrape.value("http_requests_total", { handler: "/v1/models", status: "5xx" }), 2);
});

Deno.test("openai: who breaks out of a stream ends it at the engine, and is counted once", async () => {
  await using server = await LlmTestServer.start({ interTokenLatencyMs: 2 });
  const { model } = server;
  const client = clientOf(server);
  const stream = await client.chat.completions.create({
    model,
    messages: MESSAGES,
    max_completion_tokens: 5000,
    ignore_eos: true,
    stream: true,
  } as OpenAI.ChatCompletionCreateParamsStreaming);
  let chunks = 0;
  for await (const _ of stream) if (++chunks === 5) break;
  const labels = { model_name: model };
  await waitFor(async () => (await server.scrape()).value("vllm:num_requests_running", labels) === 0, {
    what: "the engine to be free",
  });
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:request_success_total", { ...labels, finished_reason: "abort" }), 1);
  assertEquals(scrape.value("vllm:kv_cache_usage_perc", labels), 0);
  assertEquals(scrape.value("vllm:request_success_total", labels), 1);
});
