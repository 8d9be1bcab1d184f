import { assertEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../../src/families/omni.ts";
import { FINISH } from "../../../../../src/llm/engine/sequence.ts";
import type { RequestWish } from "../../../../../src/llm/pipeline/api/open_request.ts";
import { PipelineClient } from "../../../../../src/llm/pipeline/api/pipeline_client.ts";
import { PipelineMetrics } from "../../../../../src/llm/pipeline/pipeline_metrics.ts";
import type { PipelineDescription } from "../../../../../src/llm/pipeline/description.ts";
import { readPipeline } from "../../../../../src/llm/pipeline/read_pipeline.ts";
import { decodeMessage, encodeMessage, MESSAGE } from "../../../../../src/llm/pipeline/wire/message.ts";
import { BINDING } from "../../../../../src/llm/pipeline/wire/stage_messages.ts";
import { createChannel, PROMPT_TOKENS_MAX } from "../../../../../src/llm/replica/channel.ts";
import { FrameQueue, FrameTooLongError } from "../../../../../src/llm/replica/frame_queue.ts";
import { Registry } from "../../../../../src/registry/registry.ts";
import { createDoorbell } from "../../../../../src/slab/doorbell.ts";
import { FrameReader } from "../../../../../src/slab/frame_ring.ts";
import { createSharedWords, SharedWords } from "../../../../../src/slab/shared_words.ts";
import { sampleValue } from "../../../../_support/sample_value.ts";

const PIPELINE = readPipeline(JSON.stringify({
  model: "m",
  stages: [{ name: "a", kind: "llm" }],
  edges: [],
  routes: { text: ["a"] },
}));

function wishOf(prompt: readonly number[]): RequestWish {
  return {
    prompt,
    maxTokens: 1,
    limited: false,
    ignoreEos: false,
    seed: 1,
    textStep: 0,
    traced: false,
    streamed: false,
    arrivalMs: 0,
  };
}

/** A client of slot 0, what main sees of it, and a scrape of its metrics. */
function clientOf(pipeline: PipelineDescription) {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const open = createSharedWords(1);
  const client = new PipelineClient({
    pipeline,
    slot: 0,
    epoch: 1,
    doorbell: createDoorbell(),
    open,
    metrics: new PipelineMetrics(pipeline, { naming: DEFAULT_OMNI_NAMING, registry }),
    routing: "least-loaded",
    publish: () => {},
  });
  return { client, open, collector };
}

Deno.test("PipelineClient refuses a prompt that does not fit the ring, and nothing of it is left", () => {
  const { client, open, collector } = clientOf(PIPELINE);
  const channel = createChannel();
  const bindings = createSharedWords(BINDING.count);
  client.connect({ stage: 0, replica: 0, epoch: 1, channel, doorbell: createDoorbell(), bindings });
  const requests = new FrameReader(channel.requests);
  const counts = () => [
    client.waitingCount,
    sampleValue(collector, "vllm:omni_num_requests_waiting"),
    new SharedWords(open).get(0),
    new SharedWords(bindings).get(BINDING.bound),
  ];
  const tooLong = Array(PROMPT_TOKENS_MAX).fill(100_000);
  assertThrows(() => client.submit("text", wishOf(tooLong)), FrameTooLongError);
  assertEquals([requests.hasFrame, counts()], [false, [0, 0, 0, 0]]);
  // Two that fit each, but not both at once: the second one waits for room.
  const long = Array(100_000).fill(100_000);
  for (let i = 0; i < 2; i++) client.submit("text", wishOf(long));
  assertThrows(() => client.submit("text", wishOf(tooLong)), FrameTooLongError);
  assertEquals(counts(), [2, 2, 2, 2]);
  const kinds: number[] = [];
  requests.drain((frame) => kinds.push(decodeMessage(frame).kind));
  assertEquals(kinds, [MESSAGE.SUBMIT]);
});

Deno.test("PipelineClient counts the text's tokens, whichever stage ends first and whatever the others take", async () => {
  const pipeline = readPipeline(JSON.stringify({
    model: "m",
    stages: [{ name: "a", kind: "llm" }, { name: "b", kind: "audio" }],
    edges: [{ from: "a", to: "b" }],
    routes: { audio: ["a", "b"] },
  }));
  const { client } = clientOf(pipeline);
  const stages = [0, 1].map((stage) => {
    const channel = createChannel();
    const bindings = createSharedWords(BINDING.count);
    client.connect({ stage, replica: 0, epoch: 1, channel, doorbell: createDoorbell(), bindings });
    return { requests: channel.requests, outputs: new FrameQueue(channel.outputs) };
  });
  // WHY 9 and 9: the second stage takes as many tokens as the prompt has, by chance.
  const { ended } = client.submit("audio", { ...wishOf(Array(9).fill(7)), maxTokens: 5 });
  let id = 0;
  new FrameReader(stages[0].requests).drain((frame) => id = decodeMessage(frame).id);
  const report = (stage: number, generatedTokens: number) =>
    stages[stage].outputs.push(encodeMessage({
      slot: 0,
      epoch: 1,
      id,
      kind: MESSAGE.REPORT,
      head: { stage, replica: 0, promptTokens: 9, generatedTokens, finish: FINISH.LENGTH },
    }));
  report(1, 0);
  client.disconnect({ stage: 1, replica: 0, epoch: 1 });
  report(0, 5);
  client.disconnect({ stage: 0, replica: 0, epoch: 1 });
  const { textTokens, reports, failure } = await ended;
  assertEquals([textTokens, reports.map(({ stage }) => stage), failure], [5, [1, 0], undefined]);
});
