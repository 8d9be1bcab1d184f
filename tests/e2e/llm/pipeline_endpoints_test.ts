/**
 * What a pipeline answers, as clients and decoders that nobody here wrote see it.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import OpenAI from "openai";
import UPNG from "npm:upng-js@2.1.0";
import wavefile from "npm:wavefile@11.0.0";
import {
  ask,
  AT_REST,
  bytesOf,
  omniPipeline,
  STAGE,
  stagesOf,
  startPipeline,
} from "../../_support/pipeline_server.ts";
import { waitFor, within } from "../../_support/wait_for.ts";

function readWav(bytes: Uint8Array): { rate: number; frames: number } {
  const wav = new wavefile.WaveFile(bytes);
  return {
    rate: (wav.fmt as { sampleRate: number }).sampleRate,
    frames: wav.getSamples(false, Int16Array).length,
  };
}

Deno.test("OpenAI's client gets text, audio, streamed audio, speech and images from a pipeline", async () => {
  await using server = await startPipeline();
  const client = new OpenAI({ baseURL: `${server.server.url}/v1`, apiKey: "none", maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "Hello" }];
  const [listed] = (await client.models.list()).data;
  assertEquals(listed.id, "omni");

  // A text of exactly so many tokens: it does not end by chance.
  const length = { max_tokens: 5, ignore_eos: true };
  const text = await client.chat.completions.create({ model: "omni", messages, ...length });
  assertGreater(text.choices[0].message.content!.length, 0);
  assertEquals([text.usage?.completion_tokens, text.choices[0].finish_reason], [5, "length"]);

  const audio = { voice: "alloy", format: "wav" } as const;
  const modalities: ("text" | "audio")[] = ["text", "audio"];
  const spoken = await client.chat.completions.create({
    model: "omni",
    messages,
    ...length,
    modalities,
    audio,
  });
  const sound = spoken.choices[0].message.audio!;
  assertGreater(sound.transcript.length, 0);
  // Five tokens of text are five tokens of speech, of 80 frames each.
  assertEquals(readWav(bytesOf(sound.data)), { rate: 8000, frames: 400 });

  const stream = await client.chat.completions.create({
    model: "omni",
    messages,
    ...length,
    modalities,
    audio: { voice: "alloy", format: "pcm16" },
    stream: true,
  });
  let frames = 0;
  let finish: string | null = null;
  for await (const { choices: [choice] } of stream) {
    const { audio: part } = choice.delta as { audio?: { data?: string } };
    if (part?.data !== undefined) frames += bytesOf(part.data).length / 2;
    finish = choice.finish_reason;
  }
  assertEquals([frames, finish], [400, "length"]);

  const speech = await client.audio.speech.create({
    model: "omni",
    voice: "alloy",
    input: "Good day",
    response_format: "wav",
  });
  assertGreater(readWav(new Uint8Array(await speech.arrayBuffer())).frames, 0);

  const drawn = await client.images.generate({ model: "omni", prompt: "A fox", n: 2, size: "auto" });
  for (const { b64_json } of drawn.data!) {
    const { width, height } = UPNG.decode(bytesOf(b64_json!).buffer);
    assertEquals([width, height], [16, 8]);
  }
});

Deno.test("a video is an animation of as many pictures as were asked for, and speech streams as it comes", async () => {
  await using server = await startPipeline();
  const video = await ask(server, "video", { size: "24x16", num_frames: 4, num_inference_steps: 2 });
  const decoded = UPNG.decode(await video.arrayBuffer());
  assertEquals([decoded.width, decoded.height, decoded.frames.length], [24, 16, 4]);
  const streamed = await ask(server, "speech", { stream: true });
  const bytes = new Uint8Array(await streamed.arrayBuffer());
  assertEquals([streamed.headers.get("content-type"), new TextDecoder().decode(bytes.subarray(0, 4))], [
    "audio/wav",
    "RIFF",
  ]);
  assertGreater(bytes.length, 44);
  const silent = await ask(server, "speech", { input: " " });
  assertEquals([silent.status, readWav(new Uint8Array(await silent.arrayBuffer())).frames], [200, 0]);
});

Deno.test("a pipeline refuses what is wrong with OpenAI's errors", async () => {
  const { routes: { text }, stages, edges: _, ...rest } = omniPipeline();
  await using server = await startPipeline({
    ...rest,
    stages: stages.slice(0, 1),
    edges: [],
    routes: { text },
  });
  const wrong = [
    ["audio", {}, 400, "gives no audio"],
    ["image", {}, 400, "gives no image"],
    ["text", { messages: [] }, 400, "messages"],
    ["text", { model: "other" }, 404, "does not exist"],
    ["text", { modalities: ["smell"] }, 400, "modalities"],
    ["text", { max_tokens: 100_000 }, 400, "maximum context length"],
    ["speech", { input: 7 }, 400, "`input` must be a string"],
    ["speech", { response_format: "mp3" }, 400, "wav or pcm"],
    ["image", { size: "1x1" }, 400, "`size`"],
  ] as const;
  for (const [kind, body, status, message] of wrong) {
    const response = await ask(server, kind, body);
    const { error } = await response.json();
    assertEquals(response.status, status);
    assert(error.message.includes(message), error.message);
  }
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:omni_requests_success_total"), 0);
});

Deno.test("a prompt that is too long to be handed on is refused, and nothing of it is left", async () => {
  const engine = { profile: "instant", maxModelLen: 262_080, numGpuBlocks: 20_000 };
  const thinker = { name: "thinker", kind: "llm", replicas: 2, engine };
  await using server = await startPipeline(
    { model: "omni", stages: [thinker], edges: [], routes: { text: ["thinker"] } },
    { workers: 1 },
  );
  // Below the context length, yet more words than a ring holds.
  const content = "Hello, ".repeat(125_000);
  for (let i = 0; i < 2; i++) {
    const response = await ask(server, "text", { messages: [{ role: "user", content }] });
    const { error } = await response.json();
    assertEquals([response.status, error.type], [400, "BadRequestError"]);
    assert(/^The prompt of \d+ tokens is too long/.test(error.message), error.message);
  }
  const scrape = await server.scrape();
  for (const name of AT_REST) assertEquals(scrape.value(name), 0, name);
  assertEquals(scrape.value("vllm:omni_requests_success_total"), 0);
  const removed = stagesOf(server).removeReplica(0, 0);
  await within(removed, { what: "the replica to be removed" });
  assertEquals((await ask(server, "text")).status, 200);
});

Deno.test("replicas come and go while the pipeline works, and no request is lost with one that is removed", async () => {
  await using server = await startPipeline();
  const stages = stagesOf(server);
  const stage = STAGE.vocoder;
  const working = Array.from({ length: 4 }, async () => {
    for (let i = 0; i < 15; i++) {
      const response = await ask(server, "audio");
      await response.text();
      assertEquals(response.status, 200);
    }
  });
  const added = await stages.addReplica(stage);
  assertEquals(added, 2);
  await stages.removeReplica(stage, 0);
  await stages.removeReplica(stage, 1);
  await Promise.all(working);
  assertEquals(stages.replicas.filter((place) => place.stage === stage), [{ stage, replica: 2 }]);
  await (await ask(server, "audio")).text();
  const scrape = await server.scrape();
  assertEquals(scrape.value("vllm:omni_requests_success_total", { finished_reason: "error" }), 0);
  assertEquals(scrape.value("vllm:omni_e2e_request_latency_s_count"), 61);
  assertEquals(scrape.value("vllm:omni_audio_duration_s_count", { stage: String(stage) }), 61);
  assertGreater(scrape.value("vllm:omni_audio_duration_s_count", { stage: String(stage), replica: "2" }), 0);
});

Deno.test("a replica that is added where one was removed takes requests", async () => {
  await using server = await startPipeline();
  const stages = stagesOf(server);
  const place = { stage: STAGE.vocoder, replica: 1 };
  for (let round = 1; round <= 2; round++) {
    await stages.removeReplica(place.stage, place.replica);
    assertEquals(await stages.addReplica(place.stage), place.replica);
    const answers = Array.from({ length: 60 }, async () => {
      const response = await ask(server, "audio");
      await response.body?.cancel();
      return response.status;
    });
    assertEquals(await within(Promise.all(answers), { what: "the answers" }), Array(60).fill(200));
  }
  const scrape = await server.scrape();
  const labels = { stage: String(place.stage), replica: String(place.replica) };
  assertGreater(scrape.value("vllm:omni_audio_duration_s_count", labels), 0);
});

Deno.test("a replica is removed though a worker is replaced meanwhile", async () => {
  const engine = { profile: "instant", maxModelLen: 1024, interTokenLatencyMs: 25 };
  await using server = await startPipeline(omniPipeline({ thinker: { engine } }), { workers: 1 });
  const live = async () => (await server.scrape()).value("promslab_workers", { state: "live" });
  const before = await live();
  const client = new AbortController();
  const endless = { max_tokens: 1000, stream: true };
  const open = () => ask(server, "text", endless, { signal: client.signal });
  // One for each replica.
  const streams = await Promise.all([open(), open()]);
  await Promise.all(streams.map(({ body }) => body!.getReader().read()));
  const removed = stagesOf(server).removeReplica(STAGE.thinker, 0);
  const restarted = server.server.restart();
  await waitFor(async () => await live() > before, { what: "the successor beside its predecessor" });
  client.abort();
  await within(removed, { what: "the replica to be removed" });
  await within(restarted, { what: "the restart" });
  assertEquals(stagesOf(server).replicas.filter(({ stage }) => stage === STAGE.thinker), [
    { stage: STAGE.thinker, replica: 1 },
  ]);
});
