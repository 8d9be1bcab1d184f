import { assertEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../../src/families/omni.ts";
import type { RequestWish } from "../../../../../src/llm/pipeline/api/open_request.ts";
import { PipelineClient } from "../../../../../src/llm/pipeline/api/pipeline_client.ts";
import { PipelineMetrics } from "../../../../../src/llm/pipeline/pipeline_metrics.ts";
import { readPipeline } from "../../../../../src/llm/pipeline/read_pipeline.ts";
import { decodeMessage, MESSAGE } from "../../../../../src/llm/pipeline/wire/message.ts";
import { BINDING } from "../../../../../src/llm/pipeline/wire/stage_messages.ts";
import { createChannel, PROMPT_TOKENS_MAX } from "../../../../../src/llm/replica/channel.ts";
import { FrameTooLongError } from "../../../../../src/llm/replica/frame_queue.ts";
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

Deno.test("PipelineClient refuses a prompt that does not fit the ring, and nothing of it is left", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const collector = new Collector(registry);
  const open = createSharedWords(1);
  const client = new PipelineClient({
    pipeline: PIPELINE,
    slot: 0,
    epoch: 1,
    doorbell: createDoorbell(),
    open,
    metrics: new PipelineMetrics(PIPELINE, { naming: DEFAULT_OMNI_NAMING, registry }),
    routing: "least-loaded",
    publish: () => {},
  });
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
