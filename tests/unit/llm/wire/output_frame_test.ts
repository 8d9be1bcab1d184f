import { assert, assertEquals } from "@std/assert";
import { Sequence } from "../../../../src/llm/engine/sequence.ts";
import { decodeOutputs, type Output, OutputFrame } from "../../../../src/llm/wire/output_frame.ts";

function sequence(tokens: number[]): Sequence {
  const request = { id: 1, client: 0, promptTokens: [1, 2], maxTokens: 9, seed: 0 };
  const made = new Sequence(request, { stream: { ended: false, next: () => 0 }, queuedUs: 1_000_000 });
  made.tokens.push(...tokens);
  return made;
}

function decoded(frame: OutputFrame): [number, Output & { tokens: Int32Array }][] {
  const outputs: [number, Output][] = [];
  decodeOutputs(
    frame.words.slice(0, frame.length),
    (id, output) => outputs.push([id, { ...output, tokens: output.tokens.slice() }]),
  );
  return outputs;
}

Deno.test("OutputFrame carries what a step gave to those who asked", () => {
  const first = sequence([50]);
  Object.assign(first, { cachedTokens: 16, loadedTokens: 4, recomputedTokens: 2, corrupted: true });
  Object.assign(first, { scheduledUs: 1_500_000, firstTokenUs: 1_750_000 });
  const last = sequence([50, 51, 52]);
  Object.assign(last, { finish: 2, preemptions: 3 });
  const frame = new OutputFrame();
  frame.begin(2 ** 40 + 0.5);
  assert(frame.isEmpty);
  frame.add(7, first, { count: 1, first: true });
  frame.add(2 ** 31 - 1, last, { count: 2, first: false });
  frame.addError(9);
  const base = { timeUs: 2 ** 40 + 0.5, prompt: undefined, preemptions: 0, finish: 0, corrupted: false };
  const prompt = {
    cachedTokens: 16,
    loadedTokens: 4,
    recomputedTokens: 2,
    queuedSeconds: 0.5,
    prefillSeconds: 0.25,
  };
  assertEquals(decoded(frame), [
    [7, { ...base, tokens: Int32Array.of(50), prompt, corrupted: true }],
    [2 ** 31 - 1, { ...base, tokens: Int32Array.of(51, 52), preemptions: 3, finish: 2 }],
    [9, { ...base, tokens: new Int32Array(0), finish: 4 }],
  ]);
});

Deno.test("OutputFrame tells of a preemption once", () => {
  const frame = new OutputFrame();
  const preempted = sequence([1]);
  preempted.preemptions = 2;
  frame.begin(0);
  frame.add(1, preempted, { count: 1, first: false });
  frame.add(1, preempted, { count: 1, first: false });
  assertEquals(decoded(frame).map(([, output]) => output.preemptions), [2, 0]);
});

Deno.test("OutputFrame grows with its outputs", () => {
  const frame = new OutputFrame();
  frame.begin(1);
  for (let id = 0; id < 1000; id++) frame.add(id, sequence([id, id]), { count: 2, first: false });
  assertEquals(decoded(frame).map(([id, { tokens }]) => [id, ...tokens]).at(-1), [999, 999, 999]);
});
