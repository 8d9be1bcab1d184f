/**
 * The process that records tokens, requests and steps, and does nothing else.
 *
 * @module
 */
import "../../src/registry/default_registry.ts";
import { RequestGroup, SequenceMeter } from "../../src/llm/client/sequence_meter.ts";
import { engineConfig } from "../../src/llm/engine/engine_config.ts";
import { EngineMetrics } from "../../src/llm/metrics/engine_metrics.ts";
import { featuresOf } from "../../src/llm/metrics/features.ts";
import { RequestMetrics } from "../../src/llm/metrics/request_metrics.ts";
import { answerCalls } from "../runner/answer_calls.ts";

const config = engineConfig();
const features = featuresOf(config);
const request = new RequestMetrics({ model: "m", engine: 0, tokensMax: config.maxModelLen, features });
const engine = new EngineMetrics({ model: "m", engine: 0, config, features });
const prompt = {
  cachedTokens: 0,
  loadedTokens: 0,
  recomputedTokens: 0,
  queuedSeconds: 0.01,
  prefillSeconds: 0.02,
};
const base = { tokens: Int32Array.of(1), prompt: undefined, preemptions: 0, finish: 0, corrupted: false };
const report = { tokens: 100, outputs: 100, computedTokens: 100, contextTokens: 1000 };
const state = {
  running: 5,
  waiting: 1,
  deferred: 0,
  kvUsage: 0.5,
  sleepLevel: 0,
  runningAdapters: [],
  waitingAdapters: [],
};

function meter(): SequenceMeter {
  const group = new RequestGroup({ n: 1, arrivalMs: 0 });
  return new SequenceMeter(request, { group, promptTokens: 50, maxTokens: 100 });
}

const running = meter();
running.output({ ...base, timeUs: 0, prompt }, 5);

/** What is recorded, by name. */
const WORKS: Readonly<Record<string, (i: number) => void>> = {
  token: (i) => running.output({ ...base, timeUs: i * 10_000 }, 5),
  request: (i) => {
    const one = meter();
    one.output({ ...base, timeUs: i, prompt }, i);
    one.finish(2, i + 5);
  },
  step: () => {
    engine.stepped(report);
    engine.state(state);
    engine.state(state);
  },
};

await answerCalls({
  /** Nanoseconds for each of so many recordings. */
  time(work, count) {
    const run = WORKS[work];
    const startMs = performance.now();
    for (let i = 0; i < Number(count); i++) run(i);
    return (performance.now() - startMs) * 1e6 / Number(count);
  },
});
