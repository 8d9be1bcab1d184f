/**
 * What clients get wrong: they are told in OpenAI's shape, each request is counted, and nothing is left behind.
 */
import { assert, assertEquals } from "@std/assert";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { connectRaw } from "../../_support/raw_client.ts";

const CHAT = { messages: [{ role: "user", content: "Hello" }] };

/** A path, a body, the status that it should get, and the error's type. */
const CASES: readonly [path: string, body: unknown, status: number, type: string][] = [
  ["/v1/chat/completions", "{", 400, "BadRequestError"],
  ["/v1/chat/completions", '{"messages": [{"role": "user"', 400, "BadRequestError"],
  ["/v1/chat/completions", "\u0000", 400, "BadRequestError"],
  ["/v1/chat/completions", [], 400, "BadRequestError"],
  ["/v1/chat/completions", { messages: "Hello" }, 400, "BadRequestError"],
  ["/v1/chat/completions", { ...CHAT, stream: "yes" }, 400, "BadRequestError"],
  ["/v1/chat/completions", { ...CHAT, model: "unknown" }, 404, "NotFoundError"],
  ["/v1/chat/completions", { ...CHAT, max_tokens: -5 }, 400, "BadRequestError"],
  ["/v1/chat/completions", { ...CHAT, n: -1, stream: true }, 400, "BadRequestError"],
  ["/v1/chat/completions", { ...CHAT, temperature: -0.1 }, 400, "BadRequestError"],
  ["/v1/completions", { prompt: Array(600).fill(7) }, 400, "BadRequestError"],
  ["/v1/completions", { prompt: "word ".repeat(2000), stream: true }, 400, "BadRequestError"],
  ["/v1/completions", { prompt: [-1] }, 400, "BadRequestError"],
  ["/v1/embeddings", { input: -1 }, 400, "BadRequestError"],
  ["/v1/embeddings", { input: "x", dimensions: -1 }, 400, "BadRequestError"],
  ["/tokenize", { model: "unknown", prompt: "x" }, 404, "NotFoundError"],
  // Just more than a body may have.
  ["/v1/completions", { prompt: "x".repeat(32 << 20) }, 413, "RequestTooLargeError"],
];

Deno.test("bad input of every kind is refused in OpenAI's shape, counted, and leaves nothing behind", async () => {
  await using server = await LlmTestServer.start({ workers: 2, maxModelLen: 512 });
  const labels = { model_name: server.model };
  const before = await server.scrape();
  for (const [path, body, status, type] of CASES) {
    const init = typeof body === "string" ? { body } : {};
    const response = await server.post(path, body, init);
    const what = `${path} ${JSON.stringify(body).slice(0, 60)}`;
    const text = await response.text();
    assertEquals(response.status, status, `${what}: ${text}`);
    const { error } = JSON.parse(text);
    assertEquals([error.type, error.code, typeof error.message], [type, status, "string"], what);
    assert(error.param === null || typeof error.param === "string", what);
  }
  // A body that never comes to its end.
  const client = await connectRaw(server.server.port);
  await client.send(
    "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
  );
  client.close();
  const response = await server.post("/v1/completions", { prompt: "x", max_tokens: 3, ignore_eos: true });
  assertEquals((await response.json()).usage.completion_tokens, 3, "it goes on");
  const after = await server.scrape();
  const counted = (path: string) =>
    after.values("http_requests_total", { handler: path, status: "4xx" }).reduce((a, b) => a + b, 0);
  for (const path of new Set(CASES.map(([path]) => path))) {
    const wanted = CASES.filter(([other]) => other === path).length;
    const broken = path === "/v1/completions" ? 1 : 0;
    assert(
      counted(path) >= wanted && counted(path) <= wanted + broken,
      `${path}: ${counted(path)} of ${wanted}`,
    );
  }
  assertEquals(after.value("vllm:request_success_total", labels), 1);
  assertEquals(after.value("vllm:prompt_tokens_total", labels), 1);
  for (const gauge of ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"]) {
    assertEquals(after.value(`vllm:${gauge}`, labels), before.value(`vllm:${gauge}`, labels), gauge);
  }
});
