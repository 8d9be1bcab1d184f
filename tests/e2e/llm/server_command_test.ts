/**
 * `server` as people start it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startCommand } from "../../_support/command.ts";
import { Scrape } from "../../_support/llm_server.ts";

const COMMAND = ["deno", "run", "-A", "src/cli/main.ts", "server", "--port", "0", "--admin-port", "0"];
const READY = /^promslab ready: (\S+) \(2 workers\), metrics (\S+)$/m;

Deno.test("server says what it is, does what its flags say, and lets open streams end when it is told to end", async () => {
  await using server = await startCommand({
    command: [
      ...COMMAND,
      "--workers",
      "2",
      "--model",
      "big",
      "--profile",
      "instant",
      "--inter-token-latency",
      "20",
    ],
    ready: READY,
    env: { PROMSLAB_MAX_MODEL_LEN: "512", PROMSLAB_DATA_PARALLEL_SIZE: "2" },
  });
  assertMatch(
    server.stdout,
    /^promslab simulates big with 2 engines: the text and the timing are made up, no model is run$/m,
  );
  const [, url, metrics] = server.ready!;
  const models = await (await fetch(`${url}/v1/models`)).json();
  assertEquals([models.data[0].id, models.data[0].max_model_len], ["big", 512]);
  const text = await (await fetch(metrics)).text();
  assertEquals(
    [...text.matchAll(/^vllm:num_requests_running\{engine="(\d)",model_name="big"\} 0$/gm)].length,
    2,
  );
  const stream = await fetch(`${url}/v1/completions`, {
    method: "POST",
    body: JSON.stringify({ prompt: "Hello", max_tokens: 60, ignore_eos: true, stream: true }),
  });
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let events = (await reader.read()).value!;
  const ended = server.stop("SIGTERM");
  for (let step = await reader.read(); !step.done; step = await reader.read()) events += step.value;
  assertEquals(events.split("\n\n").length, 62, "sixty tokens, the mark of the end, and nothing after it");
  assertEquals((await ended).code, 0);
});

Deno.test("server --pipeline serves the example's stages: speech is WAV, images are PNG, and each stage counts its part", async () => {
  await using server = await startCommand({
    command: [
      ...COMMAND,
      "--workers",
      "2",
      "--pipeline",
      "examples/pipelines/qwen_omni.json",
      "--speed-factor",
      "50",
    ],
    ready: READY,
    deadlineMs: 120_000,
  });
  assertMatch(server.stdout, /^promslab simulates \S+ as a pipeline of thinker \(\d+\), talker \(\d+\), /m);
  const [, url, metrics] = server.ready!;
  const ask = async (path: string, body: object) => {
    const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
    assertEquals(response.status, 200);
    return response;
  };
  const speech = new Uint8Array(
    await (await ask("/v1/audio/speech", { input: "Good morning" })).arrayBuffer(),
  );
  assertEquals(new TextDecoder().decode(speech.subarray(0, 4)), "RIFF");
  const { data: [image] } = await (await ask("/v1/images/generations", { prompt: "A fox", size: "64x64" }))
    .json();
  assertEquals(atob(image.b64_json).slice(1, 4), "PNG");
  const scrape = new Scrape(await (await fetch(metrics)).text());
  assertEquals(scrape.value("vllm:omni_requests_success_total", { finished_reason: "stop" }), 2);
  assertEquals(scrape.value("vllm:omni_audio_duration_s_count"), 1);
  assertEquals(scrape.value("vllm:omni_image_count_total"), 1);
  // The talker's and the denoiser's part is one hop or more, and a stage tells its place and no engine's number.
  for (const from of ["transfer_tx_s", "transfer_rx_s"]) {
    assert(scrape.value(`vllm:omni_${from}_count`) >= 3, from);
  }
  assert(scrape.values("vllm:request_success_total", { stage: "0" }).length > 0);
  assertEquals(scrape.values("vllm:request_success_total", { engine: "0" }), []);
  assertEquals((await server.stop("SIGTERM")).code, 0);
});
