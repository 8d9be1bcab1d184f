/**
 * Rolling restarts, which is what SIGHUP does, while requests are under way: what the old workers have goes on to its
 * end beside what the new ones get, and every request is counted once.
 */
import { assertEquals, assertGreater, assertRejects } from "@std/assert";
import { LlmTestServer, type Scrape } from "../../_support/llm_server.ts";
import { ask, AT_REST, omniPipeline, startPipeline } from "../../_support/pipeline_server.ts";
import { waitFor, within } from "../../_support/wait_for.ts";

const COMPLETIONS = "/v1/completions";
const TOKENS = 60;
const BODY = {
  prompt: "Hello",
  max_tokens: TOKENS,
  min_tokens: TOKENS,
  ignore_eos: true,
  stream: true,
  stream_options: { include_usage: true },
};
/** How fast threads come to life is not what this is about: no machine is too slow. */
const PATIENT = { discourageSeconds: 0.05, hangSeconds: 0, startSeconds: 120 };
/** Requests last for as long as a test wants: it sends the engine to sleep, and wakes it. */
const OPTIONS = { ...PATIENT, sleepMode: true };

/** A stream that has begun. */
interface Stream {
  /** All of it; what it came to if it was cut. */
  readonly text: Promise<string>;
}

/** Opens a stream. Resolves when its first bytes are there. */
async function open(answer: Promise<Response>): Promise<Stream> {
  const response = await within(answer, { what: "a stream to begin" });
  assertEquals(response.status, 200);
  const reader = response.body!.getReader();
  const first = await within(reader.read(), { what: "the first bytes of a stream" });
  const rest = async () => {
    const decoder = new TextDecoder();
    let text = decoder.decode(first.value, { stream: true });
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text += decoder.decode(part.value, { stream: true });
      }
    } catch (error) {
      text += `cut: ${error}`;
    }
    return text;
  };
  return { text: rest() };
}

async function whole(answer: Promise<Response>): Promise<string> {
  return await (await answer).text();
}

/** Opens streams. A connection that meets a listener on its way out is refused, and tried again. */
function openMany(count: number, post: () => Promise<Response>): Promise<Stream[]> {
  const opened = Promise.all(Array.from({ length: count }, () => open(waitFor(post, { what: "an answer" }))));
  // Who awaits it later learns of it then.
  opened.catch(() => {});
  return opened;
}

function openCompletions(server: LlmTestServer, count: number): Promise<Stream[]> {
  return openMany(count, () => server.post(COMPLETIONS, BODY));
}

/** The tokens that a whole stream says it gave; undefined for one that is not whole. */
function tokensOf(text: string): number | undefined {
  if (!text.trimEnd().endsWith("data: [DONE]")) return undefined;
  return Number(/"completion_tokens":(\d+)/.exec(text)?.[1]);
}

async function tokens(streams: readonly Stream[]): Promise<(number | undefined)[]> {
  const texts = Promise.all(streams.map(({ text }) => text));
  return (await within(texts, { what: "all streams to end" })).map(tokensOf);
}

async function sleep(server: LlmTestServer): Promise<void> {
  const answer = server.post("/sleep", {});
  assertEquals((await within(answer, { what: "the engine to be sent to sleep" })).status, 200);
  const labels = { model_name: server.model, sleep_state: "awake" };
  await waitFor(
    async () => (await server.scrape()).value("vllm:engine_sleep_state", labels) === 0,
    { what: "the engine to sleep" },
  );
}

async function wake(server: LlmTestServer): Promise<void> {
  const post = waitFor(() => server.post("/wake_up", {}), { what: "an answer" });
  assertEquals((await within(post, { what: "the engine to be woken" })).status, 200);
}

/** Waits until so many requests are with the sleeping engine. */
async function waiting(server: LlmTestServer, count: number): Promise<void> {
  await waitFor(
    async () =>
      (await server.scrape()).value("vllm:num_requests_waiting", { model_name: server.model }) === count,
    { what: `${count} requests to be with the engine` },
  );
}

/** Threads with memory of their own that have not ended. */
function threads(scrape: Scrape): number {
  return scrape.value("promslab_workers") - scrape.value("promslab_workers", { state: "ended" });
}

/** Waits until the replaced workers have ended and what they left is dealt with; returns what is exposed then. */
async function settled(server: LlmTestServer, threadCount: number): Promise<Scrape> {
  await waitFor(async () => threads(await server.scrape()) === threadCount, {
    what: "the old workers to end",
  });
  // The engine hears of an end before it answers a request that comes later.
  assertEquals(await tokens(await openCompletions(server, 1)), [TOKENS]);
  return await waitFor(async () => {
    const scrape = await server.scrape();
    return scrape.value("vllm:num_requests_running", { model_name: server.model }) === 0 ? scrape : undefined;
  }, { what: "the engine to be idle" });
}

Deno.test("a rolling restart lets every stream go on to its end and counts it once", async () => {
  await using server = await LlmTestServer.start({ ...OPTIONS, workers: 2 });
  const labels = { model_name: server.model };
  const before = await server.scrape();
  await sleep(server);
  const old = openCompletions(server, 6);
  await waiting(server, 6);
  await server.server.restart();
  // For the new workers, whose requests have the same numbers as those of the old ones.
  const fresh = openCompletions(server, 6);
  await waiting(server, 12);
  await wake(server);
  assertEquals(await tokens([...await old, ...await fresh]), Array(12).fill(TOKENS));
  const scrape = await settled(server, threads(before));
  assertEquals(scrape.value("promslab_worker_restarts_total", { reason: "rolling" }), 2);
  assertEquals(scrape.value("vllm:request_success_total", { ...labels, finished_reason: "length" }), 13);
  assertEquals(scrape.value("vllm:request_success_total", labels), 13);
  assertEquals(scrape.value("vllm:generation_tokens_total", labels), 13 * TOKENS);
  assertEquals(scrape.value("vllm:num_requests_waiting", labels), 0);
  assertEquals(scrape.value("vllm:kv_cache_usage_perc", labels), 0);
  await waitFor(
    async () => (await server.scrape()).value("http_requests_total", { handler: COMPLETIONS }) === 13,
    { what: "13 requests to be counted by HTTP" },
  );
  assertEquals(server.lines.filter((line) => line.includes("cut")), []);
});

Deno.test("a client that leaves a worker which is being replaced is counted as one abort", async () => {
  await using server = await LlmTestServer.start({ ...OPTIONS, workers: 1 });
  const labels = { model_name: server.model };
  const before = await server.scrape();
  await sleep(server);
  const gone = new AbortController();
  const left = assertRejects(() => whole(server.post(COMPLETIONS, BODY, { signal: gone.signal })));
  const stays = openCompletions(server, 1);
  await waiting(server, 2);
  await server.server.restart();
  gone.abort();
  await within(left, { what: "the client to leave" });
  const aborts = (scrape: Scrape) =>
    scrape.value("vllm:request_success_total", { ...labels, finished_reason: "abort" });
  await waitFor(async () => aborts(await server.scrape()) === 1, { what: "the abort" });
  await waiting(server, 1);
  await wake(server);
  assertEquals(await tokens(await stays), [TOKENS]);
  const scrape = await settled(server, threads(before));
  assertEquals([aborts(scrape), scrape.value("vllm:request_success_total", labels)], [1, 3]);
  assertEquals(scrape.value("vllm:kv_cache_usage_perc", labels), 0);
});

Deno.test("what a worker has that is cut after a rolling restart ends as aborted, once, and its successor serves on", async () => {
  await using server = await LlmTestServer.start({ ...OPTIONS, workers: 1, retireSeconds: 0.2 });
  const labels = { model_name: server.model };
  const before = await server.scrape();
  await sleep(server);
  const old = Promise.allSettled(Array.from({ length: 3 }, () => whole(server.post(COMPLETIONS, BODY))));
  await waiting(server, 3);
  await server.server.restart();
  const cut = await within(old, { what: "the old worker to be cut" });
  assertEquals(cut.map(({ status }) => status), Array(3).fill("rejected"));
  await waiting(server, 0);
  await wake(server);
  const scrape = await settled(server, threads(before));
  const success = (finished_reason: string) =>
    scrape.value("vllm:request_success_total", { ...labels, finished_reason });
  assertEquals([success("abort"), success("length")], [3, 1]);
  assertEquals(scrape.value("vllm:kv_cache_usage_perc", labels), 0);
});

Deno.test("a rolling restart lets every request of a pipeline go on to its end and counts it once", async () => {
  const engine = { profile: "instant", maxModelLen: 1024, interTokenLatencyMs: 25 };
  // WHY: one worker. Its successor is made known to the stages as the first step of the restart, within milliseconds.
  await using server = await startPipeline(omniPipeline({ thinker: { engine } }), {
    ...PATIENT,
    workers: 1,
  });
  const before = await server.scrape();
  const body = { max_tokens: TOKENS, stream_options: { include_usage: true } };
  const openAll = (count: number) => openMany(count, () => ask(server, "stream", body));
  const old = await openAll(4);
  await server.server.restart();
  const fresh = await openAll(4);
  assertEquals(await tokens([...old, ...fresh]), Array(8).fill(TOKENS));
  await waitFor(async () => threads(await server.scrape()) === threads(before), {
    what: "the old worker to end",
  });
  assertEquals(await tokens(await openAll(1)), [TOKENS]);
  const scrape = await waitFor(async () => {
    const scrape = await server.scrape();
    const isAtRest = AT_REST.every((name) => scrape.value(name) === 0);
    const isCounted = scrape.value("http_requests_total", { status: "2xx" }) === 9;
    return isAtRest && isCounted ? scrape : undefined;
  }, { what: "the pipeline to be at rest and 9 requests to be counted by HTTP" });
  const success = (labels = {}) => scrape.value("vllm:omni_requests_success_total", labels);
  assertEquals([success({ finished_reason: "length" }), success()], [9, 9]);
  assertEquals(scrape.value("vllm:omni_requests_failed_total"), 0);
  assertGreater(scrape.value("vllm:omni_transfer_rx_s_count"), 0);
  assertEquals(
    scrape.value("vllm:omni_transfer_rx_s_count"),
    scrape.value("vllm:omni_transfer_size_bytes_count"),
  );
  assertEquals(server.lines.filter((line) => line.includes("cut")), []);
});
