import { assertEquals, assertThrows } from "@std/assert";
import { edgeBetween } from "../../../../src/llm/pipeline/description.ts";
import { readPipeline } from "../../../../src/llm/pipeline/read_pipeline.ts";

/** A pipeline in which one stage feeds two others, one of which feeds the other. */
const PIPELINE = readPipeline(JSON.stringify({
  model: "m",
  stages: [{ name: "a", kind: "llm" }, { name: "b", kind: "llm" }, { name: "c", kind: "audio" }],
  edges: [
    { from: "a", to: "b", ringKiB: 64 },
    { from: "b", to: "c", ringKiB: 128 },
    { from: "a", to: "c", ringKiB: 256 },
  ],
  routes: { audio: ["a", "b", "c"], speech: ["a", "c"] },
}));

Deno.test("edgeBetween() finds the connection by both of its ends", () => {
  const room = (from: number, to: number) => edgeBetween(PIPELINE, from, to).ringKiB;
  assertEquals([room(0, 1), room(1, 2), room(0, 2)], [64, 128, 256]);
});

Deno.test("edgeBetween() fails where there is none, in the other direction too", () => {
  for (const [from, to] of [[1, 0], [2, 0], [0, 0], [0, 3]]) {
    assertThrows(
      () => edgeBetween(PIPELINE, from, to),
      RangeError,
      `Cannot find edge from stage ${from} to ${to}: there is none`,
    );
  }
});
