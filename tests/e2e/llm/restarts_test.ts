/**
 * Workers and engines that die in the middle of streams: nothing goes down, nothing is counted twice, nothing stays.
 */
import { assert, assertEquals } from "@std/assert";
import { LlmTestServer, type Scrape } from "../../_support/llm_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

const BODY = {
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 8000,
  ignore_eos: true,
  stream: true,
};
const COUNTERS = ["vllm:generation_tokens_total", "vllm:prompt_tokens_total", "vllm:request_success_total"];

/** Opens streams and reads them in the background; a cut connection is how some of them end. */
async function openStreams(server: LlmTestServer, count: number): Promise<{ ended: Promise<string[]> }> {
  const responses = await Promise.all(
    Array.from({ length: count }, () => server.post("/v1/chat/completions", BODY)),
  );
  return {
    ended: Promise.all(responses.map((response) => response.text().catch((error: Error) => `cut: ${error}`))),
  };
}

/** Scrapes until a condition holds, and makes sure that no counter goes down meanwhile. */
async function watch(
  server: LlmTestServer,
  what: string,
  holds: (scrape: Scrape) => boolean,
): Promise<Scrape> {
  const last = new Map<string, number>();
  return await waitFor(async () => {
    const scrape = await server.scrape();
    for (const name of COUNTERS) {
      const value = scrape.value(name, { model_name: server.model });
      assert(value >= (last.get(name) ?? 0), `${name} went from ${last.get(name)} to ${value}`);
      last.set(name, value);
    }
    return holds(scrape) ? scrape : undefined;
  }, { what, deadlineMs: 30_000 });
}

Deno.test("a worker that is killed in the middle of streams leaves aborted requests, each counted once", async () => {
  await using server = await LlmTestServer.start({
    interTokenLatencyMs: 2,
    workers: 2,
    numGpuBlocks: 20_000,
  });
  const labels = { model_name: server.model };
  const running = (scrape: Scrape) => scrape.value("vllm:num_requests_running", labels);
  const aborts = (scrape: Scrape) =>
    scrape.value("vllm:request_success_total", { ...labels, finished_reason: "abort" });
  const { ended } = await openStreams(server, 12);
  await watch(server, "all streams to run", (scrape) => running(scrape) === 12);
  server.server.killWorker(0);
  const after = await watch(server, "the dead worker's requests to end", (scrape) => running(scrape) < 12);
  const survivors = running(after);
  await watch(server, "their aborts to be counted", (scrape) => aborts(scrape) === 12 - survivors);
  server.server.killWorker(1);
  const last = await watch(
    server,
    "all requests to end",
    (scrape) => running(scrape) === 0 && aborts(scrape) === 12,
  );
  assertEquals(last.value("vllm:kv_cache_usage_perc", labels), 0);
  assertEquals(last.value("vllm:request_success_total", labels), 12);
  await ended;
  // The successors serve, and know the engine.
  const response = await waitFor(
    () => server.post("/v1/chat/completions", { ...BODY, stream: false, max_tokens: 3 }),
    { what: "a worker to answer", deadlineMs: 30_000 },
  );
  assertEquals((await response.json()).usage.completion_tokens, 3);
});

Deno.test("an engine that is killed ends its requests as aborted, once, and its successor begins at zero", async () => {
  await using server = await LlmTestServer.start({
    interTokenLatencyMs: 2,
    workers: 2,
    replicas: 2,
    numGpuBlocks: 20_000,
  });
  const labels = { model_name: server.model };
  const of = (engine: string) => ({ ...labels, engine });
  const { ended } = await openStreams(server, 12);
  const before = await watch(
    server,
    "all streams to run",
    (scrape) => scrape.value("vllm:num_requests_running", labels) === 12,
  );
  const lost = before.value("vllm:num_requests_running", of("0"));
  assert(lost > 0 && lost < 12, "both engines have requests");
  server.server.killEngine(0);
  await watch(
    server,
    "the requests of the dead engine to be counted",
    (scrape) =>
      scrape.value("vllm:request_success_total", { ...of("0"), finished_reason: "abort" }) === lost &&
      scrape.value("vllm:num_requests_running", of("0")) === 0,
  );
  await watch(
    server,
    "the successor",
    (scrape) => scrape.values("vllm:cache_config_info", { engine: "0" }).length === 1,
  );
  const response = await server.post("/v1/chat/completions", { ...BODY, stream: false, max_tokens: 3 });
  assertEquals(response.status, 200);
  await response.text();
  server.server.killEngine(1);
  const texts = await ended;
  assertEquals(texts.filter((text) => text.includes('"code":503')).length, 12, "clients are told");
  const last = await watch(
    server,
    "all to be counted",
    (scrape) => scrape.value("vllm:request_success_total", { ...labels, finished_reason: "abort" }) === 12,
  );
  assertEquals(last.value("vllm:num_requests_running", labels), 0);
});
