/**
 * What reviewers of vLLM-Omni's metrics asked for, and the bugs that its users reported: each as a test.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import type { LlmTestServer } from "../../_support/llm_server.ts";
import { ask, AT_REST, omniPipeline, STAGE, startPipeline } from "../../_support/pipeline_server.ts";
import { waitFor } from "../../_support/wait_for.ts";

async function exposition(server: LlmTestServer): Promise<string> {
  return await (await fetch(`${server.server.adminUrl}/metrics`)).text();
}

Deno.test("no collector per instance: the same pipeline twice in a process, and another one, never collide", async () => {
  const other = { ...omniPipeline(), model: "other" };
  await using first = await startPipeline();
  await using second = await startPipeline();
  await using third = await startPipeline(other);
  const servers = [first, second, third];
  const counts = [2, 3, 1];
  for (const [i, server] of servers.entries()) {
    for (let n = 0; n < counts[i]; n++) await (await ask(server, "audio")).text();
  }
  for (const [i, server] of servers.entries()) {
    const scrape = await server.scrape();
    assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count"), counts[i]);
    assertEquals(scrape.value("vllm:omni_audio_duration_s_count"), counts[i]);
    assertEquals(scrape.value("vllm:request_success_total", { stage: "0" }), counts[i]);
    const [model] = i === 2 ? ["other"] : ["omni"];
    assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count", { model_name: model }), counts[i]);
    const names = (await exposition(server)).split("\n").filter((line) => line.startsWith("# TYPE "));
    assertEquals(names.length, new Set(names).size);
  }
});

Deno.test("queue length and queue wait are fed from production: requests wait, are told, and are gone", async () => {
  const pipeline = omniPipeline({
    thinker: { replicas: 1, concurrency: 1, engine: { timeToFirstTokenMs: 600 } },
  });
  await using server = await startPipeline(pipeline, { workers: 1 });
  const answers = Array.from({ length: 4 }, async () => (await ask(server, "text")).text());
  await waitFor(async () => {
    const scrape = await server.scrape();
    return scrape.value("vllm:omni_num_requests_waiting") === 3 &&
      scrape.value("vllm:omni_num_requests_running") === 1 &&
      scrape.value("vllm:omni_stage_waiting_requests", { stage: "0" }) === 3;
  }, { what: "three requests to wait" });
  await Promise.all(answers);
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:omni_request_queue_wait_s_count"), 4);
  assertGreater(scrape.value("vllm:omni_request_queue_wait_s_sum"), 0.1 + 0.2 + 0.3);
  assertGreater(scrape.value("vllm:omni_stage_in_queue_s_sum", { stage: "0" }), 0.5);
});

Deno.test("gauges are at rest with the answer: nothing waits for a later request to be set back", async () => {
  await using server = await startPipeline();
  for (let i = 0; i < 10; i++) {
    await (await ask(server, "audio")).text();
    const scrape = await server.scrape();
    assertEquals(AT_REST.filter((name) => scrape.value(name) !== 0), []);
  }
});

Deno.test("every step is recorded, none is skipped for being too soon after another", async () => {
  await using server = await startPipeline();
  await (await ask(server, "text", { max_tokens: 50, ignore_eos: true })).text();
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:iteration_tokens_total_count"), 50);
  const prompt = scrape.value("vllm:prompt_tokens_total");
  assertEquals(scrape.value("vllm:iteration_tokens_total_sum"), prompt + 50);
});

Deno.test("success and failure are one family: two stop, one length, one abort, and three latencies", async () => {
  const pipeline = omniPipeline({ thinker: { engine: { maxModelLen: 1024, interTokenLatencyMs: 2 } } });
  await using server = await startPipeline(pipeline);
  await (await ask(server, "speech")).text();
  await (await ask(server, "image")).text();
  await (await ask(server, "text", { max_tokens: 3, ignore_eos: true })).text();
  const gone = new AbortController();
  const endless = { max_tokens: 900, ignore_eos: true, stream: true };
  const response = await ask(server, "text", endless, { signal: gone.signal });
  await response.body!.getReader().read();
  gone.abort();
  const ends = (reason: string) => ({ finished_reason: reason });
  const scrape = await waitFor(async () => {
    const scrape = await server.scrape();
    return scrape.value("vllm:omni_requests_success_total", ends("abort")) === 1 ? scrape : undefined;
  }, { what: "the abort to be counted" });
  const counts = ["stop", "length", "abort", "error"].map((reason) =>
    scrape.value("vllm:omni_requests_success_total", ends(reason))
  );
  assertEquals(counts, [2, 1, 1, 0]);
  assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count"), 3);
});

Deno.test("a request that fails is counted once, with its reason and without latency", async () => {
  await using server = await startPipeline(omniPipeline({ vocoder: { errorRate: 1 } }));
  for (let i = 0; i < 3; i++) {
    const response = await ask(server, "audio");
    const { error } = await response.json();
    assertEquals([response.status, error.type], [500, "InternalServerError"]);
  }
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:omni_requests_success_total"), 3);
  assertEquals(scrape.value("vllm:omni_requests_success_total", { finished_reason: "error" }), 3);
  assertEquals(scrape.value("vllm:omni_requests_failed_total", { reason: "stage_error" }), 3);
  assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count"), 0);
});

Deno.test("labels tell model, engine, stage and replica apart; by option they are called ids", async () => {
  await using server = await startPipeline(omniPipeline(), { omniIdLabels: true });
  await (await ask(server, "audio")).text();
  const scrape = await server.scrape();
  const place = { model_name: "omni", stage_id: String(STAGE.talker), replica_id: "0" };
  assertEquals(scrape.value("vllm:request_success_total", { ...place, finished_reason: "length" }), 1);
  assertEquals(scrape.values("vllm:num_requests_running", { model_name: "omni" }).length, 3);
  assertEquals(scrape.value("vllm:omni_stage_gen_time_s_count", { stage_id: "2", stage_type: "audio" }), 1);
  assertEquals(scrape.values("vllm:omni_audio_frames_total", { stage: "2" }), []);
});

Deno.test("names begin as chosen; dropped names are absent, and there by option in their own units", async () => {
  const dropped = [
    "e2e_request_latency_seconds",
    "num_requests_success",
    "num_requests_fail",
    "transfer_tx_time_ms",
  ];
  await using plain = await startPipeline();
  const text = await exposition(plain);
  for (const name of [...dropped, "request_queue_time_seconds"]) {
    assertEquals(text.includes(`vllm:omni_${name}`), false, name);
  }
  await using server = await startPipeline(omniPipeline(), { omniPrefix: "vllm_omni:", omniAliases: true });
  await (await ask(server, "image")).text();
  const scrape = await server.scrape();
  assertEquals([...scrape.names].filter((name) => name.startsWith("vllm:omni_")), []);
  assertEquals(scrape.value("vllm_omni:num_requests_success_total"), 1);
  assertEquals(scrape.value("vllm_omni:num_requests_fail_total"), 0);
  const pairs = [
    ["e2e_request_latency_s", "e2e_request_latency_seconds", 1],
    ["transfer_tx_s", "transfer_tx_time_ms", 1000],
    ["transfer_rx_s", "transfer_rx_decode_time_ms", 1000],
    ["transfer_in_flight_s", "transfer_in_flight_time_ms", 1000],
    ["diffusion_exec_s", "diffusion_exec_time_ms", 1000],
    ["diffusion_exec_per_step_s", "diffusion_step_time_ms", 1000],
    ["diffusion_preprocess_s", "diffusion_preprocess_time_ms", 1000],
    ["diffusion_postprocess_s", "diffusion_postprocess_time_ms", 1000],
  ] as const;
  for (const [name, earlier, scale] of pairs) {
    const [sum, old] = [name, earlier].map((family) => scrape.value(`vllm_omni:${family}_sum`));
    assert(sum > 0 && Math.abs(old - sum * scale) <= 1e-9 * old, `${name} ${sum}, ${earlier} ${old}`);
    const [count, before] = [name, earlier].map((family) => scrape.value(`vllm_omni:${family}_count`));
    assertEquals(count, before);
  }
});

Deno.test("transfers are told for each edge by both sides, and the first stage receives nothing", async () => {
  await using server = await startPipeline();
  for (let i = 0; i < 4; i++) await (await ask(server, "audio")).text();
  const scrape = await server.scrape();
  for (const [from, to] of [["0", "1"], ["1", "2"]]) {
    const edge = { from_stage: from, to_stage: to };
    const hops = scrape.value("vllm:omni_transfer_size_bytes_count", edge);
    // The talker hands over four tokens at a time, so six of them are two hops.
    assertEquals(hops, from === "0" ? 4 : 8);
    for (const name of ["transfer_tx_s", "transfer_rx_s", "transfer_in_flight_s"]) {
      assertEquals(scrape.value(`vllm:omni_${name}_count`, edge), hops, name);
    }
    assertGreater(scrape.value("vllm:omni_transfer_tx_s_sum", edge), 0);
  }
  assertEquals(scrape.values("vllm:omni_transfer_rx_s_count", { to_stage: "0" }), []);
});
