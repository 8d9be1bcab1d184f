import { assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../../../src/llm/pipeline/pipeline_fields.ts";
import { readPipeline } from "../../../../src/llm/pipeline/read_pipeline.ts";

type Json = Record<string, unknown>;

/** A pipeline that is right, with something else in it. */
function speech(
  change: (pipeline: Json & { stages: Json[]; edges: Json[]; routes: Json }) => void = () => {},
) {
  const pipeline = {
    model: "m",
    stages: [{ name: "talker", kind: "llm" }, { name: "vocoder", kind: "audio" }] as Json[],
    edges: [{ from: "talker", to: "vocoder" }] as Json[],
    routes: { speech: ["talker", "vocoder"] } as Json,
  };
  change(pipeline);
  return pipeline;
}

Deno.test("readPipeline() completes what is left out", () => {
  const { stages, edges, speedFactor, routes } = readPipeline(JSON.stringify(speech()));
  assertEquals(speedFactor, 1);
  assertEquals(stages.map(({ replicas, errorRate }) => [replicas, errorRate]), [[1, 0], [1, 0]]);
  assertEquals(stages.map(({ concurrency }) => concurrency), [512, 4]);
  assertEquals(edges, [{ from: 0, to: 1, ringKiB: 1024, bytesPerToken: 1024 }]);
  assertEquals(routes, { speech: [0, 1] });
});

Deno.test("readPipeline() reads the example, and takes another speed for it", async () => {
  const text = await Deno.readTextFile(
    new URL("../../../../examples/pipelines/qwen_omni.json", import.meta.url),
  );
  const pipeline = readPipeline(text, { speedFactor: 50 });
  assertEquals(pipeline.speedFactor, 50);
  assertEquals(Object.keys(pipeline.routes), ["text", "audio", "speech", "image", "video"]);
  const [thinker] = pipeline.stages;
  assertEquals(thinker.kind === "llm" && thinker.engine.speedFactor, 50);
});

const WRONG: readonly [string, Parameters<typeof speech>[0], string][] = [
  ["an unknown field", (p) => p.colour = "red", "at colour: there is no such field"],
  ["an unknown field of a stage", (p) => p.stages[1].steps = 3, "at stages[1].steps: there is no such field"],
  ["no model", (p) => delete p.model, "at model: wanted text, got nothing"],
  ["an unknown kind", (p) => p.stages[1].kind = "smell", "at stages[1].kind: wanted one of llm, diffusion"],
  [
    "no replica",
    (p) => p.stages[0].replicas = 0,
    "at stages[0].replicas: wanted a number from 1 to 64, got 0",
  ],
  ["half a replica", (p) => p.stages[0].replicas = 0.5, "at stages[0].replicas: wanted a whole number"],
  [
    "an engine that does not fit",
    (p) => p.stages[0].engine = { numGpuBlocks: 1 },
    "at stages[0].engine: Cannot",
  ],
  ["an edge to nowhere", (p) => p.edges[0].to = "moon", "at edges[0].to: wanted one of talker, vocoder"],
  [
    "a ring that is no power of two",
    (p) => p.edges[0].ringKiB = 1000,
    "at edges[0].ringKiB: wanted a power of two",
  ],
  [
    "an engine whose prompts no ring could hold",
    (p) => p.stages[0].engine = { maxModelLen: 300_000 },
    "at stages[0].engine.maxModelLen: wanted a number from 1 to 262080",
  ],
  ["two stages of a name", (p) => p.stages.push({ name: "talker", kind: "llm" }), "two stages have the name"],
  [
    "a stage that nothing passes",
    (p) => p.stages.push({ name: "idle", kind: "llm" }),
    'no route passes stage "idle"',
  ],
  [
    "an edge that nothing takes",
    (p) => p.edges.push({ from: "vocoder", to: "talker" }),
    "no route takes the edge",
  ],
  ["the same edge twice", (p) => p.edges.push({ from: "talker", to: "vocoder" }), "there are two edges"],
  ["a route without its edge", (p) => p.edges = [], 'there is no edge from "talker" to "vocoder"'],
  ["a route through an unknown stage", (p) => p.routes.speech = ["talker", "x"], 'there is no stage "x"'],
  [
    "a route that ends elsewhere",
    (p) => p.routes = { text: ["talker", "vocoder"] },
    "must end with a stage of kind llm",
  ],
  [
    "a route that begins elsewhere",
    (p) => p.routes.speech = ["vocoder"],
    "must begin with a stage of kind llm",
  ],
  ["a route of no kind", (p) => p.routes.smell = [], "at routes.smell: there is no such field"],
  ["no route", (p) => p.routes = {}, "at routes: wanted at least one of text"],
];

for (const [what, change, message] of WRONG) {
  Deno.test(`readPipeline() refuses ${what} and says where it is`, () => {
    assertThrows(() => readPipeline(speech(change)), PipelineError, message);
  });
}

Deno.test("readPipeline() refuses what is no JSON", () => {
  assertThrows(() => readPipeline("{"), PipelineError, "Cannot read the pipeline: it is no JSON");
  assertThrows(() => readPipeline("[]"), PipelineError, "wanted an object, got a list of 0");
});
