/**
 * Why a histogram of engine steps must not be observed by the front ends: each of them sees only its slice of a step.
 * One engine serves 64 requests of four front ends; every step is counted as it is here, once by the engine, and as
 * several front ends do, once by each that gets an output.
 *
 * Run: deno run examples/llm/step_slices.ts
 *
 * @module
 */
import { Engine } from "../../src/llm/engine/engine.ts";
import { engineConfig } from "../../src/llm/engine/engine_config.ts";
import { SILENT_OBSERVER } from "../../src/llm/engine/engine_observer.ts";
import { PROFILES } from "../../src/llm/engine/profiles.ts";
import { EchoSource } from "../../src/llm/text/text_model.ts";

const FRONT_ENDS = 4;
const once = { count: 0, sum: 0 };
const bySlice = { count: 0, sum: 0 };

const engine = new Engine(engineConfig({ timing: PROFILES.instant }), {
  source: new EchoSource(),
  observer: {
    ...SILENT_OBSERVER,
    stepped: ({ tokens, outputs }) => {
      if (outputs === 0) return;
      once.count++;
      once.sum += tokens;
    },
  },
});
for (let id = 0; id < 64; id++) {
  const promptTokens = Array.from({ length: 7 }, (_, i) => id * 100 + i);
  const maxTokens = 20 + id % 30;
  engine.add({ id, client: id % FRONT_ENDS, promptTokens, maxTokens, ignoreEos: true, seed: id }, 0);
}
while (engine.beginStep(0) !== undefined) {
  const outputs = engine.endStep(0);
  const slices = new Map<number, number>();
  for (let i = 0; i < outputs.length; i++) {
    const { request, promptLength } = outputs.sequences[i];
    const tokens = outputs.counts[i] + (outputs.firsts[i] ? promptLength : 0);
    slices.set(request.client, (slices.get(request.client) ?? 0) + tokens);
  }
  for (const tokens of slices.values()) {
    bySlice.count++;
    bySlice.sum += tokens;
  }
}
console.log(`counted by the engine:     _count ${once.count}, _sum ${once.sum}`);
console.log(`counted by ${FRONT_ENDS} front ends:   _count ${bySlice.count}, _sum ${bySlice.sum}`);
