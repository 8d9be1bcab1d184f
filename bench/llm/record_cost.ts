/**
 * What recording costs an API worker for each token and each request, and an engine for each step.
 * Usage: `record_cost.ts`; prints nanoseconds.
 *
 * @module
 */
import "../../src/registry/default_registry.ts";
import { RequestGroup, SequenceMeter } from "../../src/llm/client/sequence_meter.ts";
import { engineConfig } from "../../src/llm/engine/engine_config.ts";
import { EngineMetrics } from "../../src/llm/metrics/engine_metrics.ts";
import { featuresOf } from "../../src/llm/metrics/features.ts";
import { RequestMetrics } from "../../src/llm/metrics/request_metrics.ts";

const config = engineConfig();
const features = featuresOf(config);
const request = new RequestMetrics({ model: "m", engine: 0, tokensMax: config.maxModelLen, features });
const engine = new EngineMetrics({ model: "m", engine: 0, config, features });
const tokens = Int32Array.of(1);
const prompt = {
  cachedTokens: 0,
  loadedTokens: 0,
  recomputedTokens: 0,
  queuedSeconds: 0.01,
  prefillSeconds: 0.02,
};
const base = { tokens, prompt: undefined, preemptions: 0, finish: 0, corrupted: false };

function time(name: string, count: number, run: (i: number) => void): void {
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const startMs = performance.now();
    for (let i = 0; i < count; i++) run(i);
    best = Math.min(best, (performance.now() - startMs) * 1e6 / count);
  }
  console.log(`${name}: ${best.toFixed(0)} ns`);
}

const meter = () =>
  new SequenceMeter(request, {
    group: new RequestGroup({ n: 1, arrivalMs: 0 }),
    promptTokens: 50,
    maxTokens: 100,
  });
const running = meter();
running.output({ ...base, timeUs: 0, prompt }, 5);
time("a token", 1_000_000, (i) => running.output({ ...base, timeUs: i * 10_000 }, 5));
time("a request of one token", 200_000, (i) => {
  const one = meter();
  one.output({ ...base, timeUs: i, prompt }, i);
  one.finish(2, i + 5);
});
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
time("a step", 500_000, () => {
  engine.stepped(report);
  engine.state(state);
  engine.state(state);
});
