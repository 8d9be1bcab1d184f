/**
 * What is registered moves: a family that cannot carry data is worse than none.
 */
import { assertEquals } from "@std/assert";
import { LlmTestServer } from "../../_support/llm_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** Each family's samples as one text. */
async function families(server: LlmTestServer): Promise<Map<string, string>> {
  const text = await (await fetch(`${server.server.adminUrl}/metrics`)).text();
  const found = new Map<string, string>();
  let name = "";
  for (const line of text.split("\n")) {
    const type = /^# TYPE (\S+)/.exec(line);
    if (type !== null) name = type[1];
    const mine = line.includes(`model_name="${server.model}"`) || !line.includes("model_name=");
    if (!line.startsWith("#") && mine && /^(vllm:|http_|litellm_)/.test(line)) {
      found.set(name, `${found.get(name) ?? ""}${line}\n`);
    } else if (type !== null && /^(vllm:|http_|litellm_)/.test(name) && !found.has(name)) found.set(name, "");
  }
  return found;
}

/** Watches the families while `work` runs, and names those that were the same all the time. */
async function unmoved(server: LlmTestServer, work: () => Promise<void>): Promise<string[]> {
  const before = await families(server);
  const moved = new Set<string>();
  let done = false;
  const working = work().finally(() => done = true);
  while (!done) {
    for (const [name, samples] of await families(server)) if (samples !== before.get(name)) moved.add(name);
  }
  await working;
  for (const [name, samples] of await families(server)) if (samples !== before.get(name)) moved.add(name);
  return [...before.keys()].filter((name) => !moved.has(name)).sort();
}

function words(count: number, first: string): string {
  return Array.from({ length: count }, (_, i) => `${first}${i}`).join(" ");
}

Deno.test("every family of an embedded server moves under a scripted workload, all features on", async () => {
  await using server = await LlmTestServer.start({
    maxModelLen: 1024,
    numGpuBlocks: 80,
    maxNumSeqs: 8,
    loraModules: "lora-a,lora-b",
    maxLoras: 1,
    numSpeculativeTokens: 2,
    offloadBlocks: 200,
    offloadReuseThreshold: 1,
    kvCacheMetrics: true,
    kvCacheMetricsSample: 1,
    mfuMetrics: true,
    corruptionRate: 50,
    deprecatedMetrics: true,
    sleepMode: true,
    profile: "8b-h100",
    speedFactor: 20,
  });
  const post = async (body: Record<string, unknown>) => {
    const response = await server.post("/v1/chat/completions", { max_tokens: 40, ignore_eos: true, ...body });
    const text = await response.text();
    assertEquals(response.status, 200, text);
  };
  const ask = (content: unknown) => ({ messages: [{ role: "user", content }] });
  const still = await unmoved(server, async () => {
    const shared = words(40, "shared");
    // Known prefixes, again and again: hits, and blocks worth offloading.
    for (let i = 0; i < 4; i++) await post(ask(shared));
    // More than the blocks hold: queues, preemptions, evictions.
    await Promise.all(
      Array.from({ length: 16 }, (_, i) => post({ ...ask(words(40, `w${i}x`)), max_tokens: 200 })),
    );
    // What was evicted comes back.
    for (let i = 0; i < 2; i++) await post(ask(shared));
    // Exactly full blocks, known to the last one.
    const tokens = { prompt: Array.from({ length: 64 }, (_, i) => 2000 + i), max_tokens: 1 };
    for (let i = 0; i < 2; i++) await (await server.post("/v1/completions", tokens)).text();
    await Promise.all(
      ["lora-a", "lora-b", "lora-a"].map((model) => post({ ...ask("Hello"), model, max_tokens: 100 })),
    );
    const image = [{ type: "text", text: "What?" }, {
      type: "image_url",
      image_url: { url: "http://i/1.png" },
    }];
    // Each worker caches images for itself: one request more than there are workers finds one that knows it.
    for (let i = 0; i < 5; i++) await post(ask(image));
    await server.post("/sleep", {});
    await waitFor(async () =>
      (await server.scrape()).value("vllm:engine_sleep_state", {
        model_name: server.model,
        sleep_state: "weights_offloaded",
      }) === 1, { what: "the engine to sleep" });
    await server.post("/wake_up", {});
  });
  assertEquals(still.filter((name) => name !== "vllm:cache_config_info"), []);
});

Deno.test("every family of a plain server moves under a plain workload", async () => {
  await using server = await LlmTestServer.start({
    maxNumSeqs: 2,
    numGpuBlocks: 64,
    maxModelLen: 1024,
    sleepMode: true,
  });
  const still = await unmoved(server, async () => {
    const one = async (i: number) => {
      const content = [
        { type: "text", text: words(60, `w${i % 3}x`) },
        { type: "image_url", image_url: { url: "http://i/1.png" } },
      ];
      const body = { messages: [{ role: "user", content }], max_tokens: 300, ignore_eos: true };
      await (await server.post("/v1/chat/completions", body)).text();
    };
    for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 8 }, (_, i) => one(i)));
    await server.post("/sleep", {});
    await waitFor(async () =>
      (await server.scrape()).value("vllm:engine_sleep_state", {
        model_name: server.model,
        sleep_state: "awake",
      }) === 0, { what: "the engine to sleep" });
    await server.post("/wake_up", {});
  });
  assertEquals(still.filter((name) => name !== "vllm:cache_config_info"), []);
});

Deno.test("every family of a gateway moves under a scripted workload", async () => {
  await using upstream = await LlmTestServer.start({ interTokenLatencyMs: 1, failureInjectionRate: 20 });
  let limited = 0;
  await using limits = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    if (new URL(request.url).pathname === "/v1/models") {
      return Response.json({ data: [{ id: upstream.model }] });
    }
    if (++limited % 5 < 3) return new Response("busy", { status: 503 });
    const usage = { prompt_tokens: 3, completion_tokens: 2 };
    const headers = {
      "x-ratelimit-remaining-requests": String(100 - limited),
      "x-ratelimit-remaining-tokens": "9",
    };
    return Response.json({ model: upstream.model, choices: [{ index: 0, finish_reason: "stop" }], usage }, {
      headers,
    });
  });
  await using server = await LlmTestServer.start({
    upstreams: `${upstream.server.url},http://127.0.0.1:${limits.addr.port}`,
    upstreamRetries: 1,
    inputCostPerMillion: 1,
    outputCostPerMillion: 2,
    deprecatedMetrics: true,
    workers: 1,
  });
  const gateway = Object.assign(Object.create(server), { model: upstream.model });
  const still = await unmoved(gateway, async () => {
    for (let i = 0; i < 60; i++) {
      const body = { model: upstream.model, messages: [{ role: "user", content: "Hello" }], max_tokens: 20 };
      await (await server.post("/v1/chat/completions", { ...body, stream: i % 2 === 0 })).text();
    }
  });
  assertEquals(still, []);
});
