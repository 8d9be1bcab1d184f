/**
 * Clients that leave: the engine is free again within 100 ms, and one abort is counted.
 */
import { assert, assertEquals } from "@std/assert";
import { LlmTestServer, Scrape } from "../../_support/llm_server.ts";
import { connectRaw } from "../../_support/raw_client.ts";
import { StolenTime } from "../../_support/stolen_time.ts";
import { waitFor } from "../../_support/wait_for.ts";

const ROUNDS = 9;
const LIMIT_MS = 100;

const NAMES = [
  "num_requests_running",
  "kv_cache_usage_perc",
  "request_success_total",
  "generation_tokens_total",
];

/** A scrape of what this is about, as a gateway picker does it: quick, so that it measures itself little. */
async function look(server: LlmTestServer): Promise<Scrape> {
  const query = NAMES.map((name) => `name[]=vllm:${name}`).join("&");
  return new Scrape(await (await fetch(`${server.server.adminUrl}/metrics?${query}`)).text());
}

/**
 * Opens a request, lets it get going, cuts the connection, and waits until nothing of it is left at the engine and it is
 * counted; answers how many milliseconds that took.
 */
async function leave(server: LlmTestServer, request: { stream: boolean; round: number }): Promise<number> {
  const labels = { model_name: server.model };
  const { stream, round } = request;
  const body = JSON.stringify({
    messages: [{ role: "user", content: "Hello" }],
    max_completion_tokens: 8000,
    ignore_eos: true,
    stream,
  });
  const before = (await look(server)).value("vllm:generation_tokens_total", labels);
  const { port } = new URL(server.server.url);
  const client = await connectRaw(Number(port));
  await client.send(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  await waitFor(async () => {
    const scrape = await look(server);
    return scrape.value("vllm:num_requests_running", labels) === 1 &&
      scrape.value("vllm:kv_cache_usage_perc", labels) > 0 &&
      scrape.value("vllm:generation_tokens_total", labels) >= before + 5;
  }, { what: "the request to run" });
  client.close();
  const startMs = performance.now();
  await waitFor(async () => {
    const scrape = await look(server);
    return scrape.value("vllm:num_requests_running", labels) === 0 &&
      scrape.value("vllm:kv_cache_usage_perc", labels) === 0 &&
      scrape.value("vllm:request_success_total", { ...labels, finished_reason: "abort" }) === round;
  }, { what: "the engine to be free and the abort to be counted", pauseMs: 1 });
  return performance.now() - startMs;
}

for (const stream of [true, false]) {
  const what = stream ? "in the middle of a stream" : "while it waits for the whole answer";
  Deno.test(`a client that leaves ${what} frees its blocks within ${LIMIT_MS} ms and is one abort`, async () => {
    await using server = await LlmTestServer.start({ interTokenLatencyMs: 2 });
    const labels = { model_name: server.model };
    using stolen = await StolenTime.watch();
    for (let round = 1; round <= ROUNDS; round++) {
      const stolenMs = stolen.milliseconds;
      const waitedMs = await leave(server, { stream, round });
      const awayMs = stolen.milliseconds - stolenMs;
      assert(
        waitedMs - awayMs < LIMIT_MS,
        `${waitedMs} ms, for ${awayMs} of which the machine did other things`,
      );
      const scrape = await look(server);
      const ends = (reason: string) =>
        scrape.value("vllm:request_success_total", { ...labels, finished_reason: reason });
      assertEquals([ends("abort"), ends("stop"), ends("length"), ends("error")], [round, 0, 0, 0]);
    }
  });
}
