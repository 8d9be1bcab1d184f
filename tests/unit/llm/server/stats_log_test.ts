import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import { EngineMetrics } from "../../../../src/llm/metrics/engine_metrics.ts";
import { featuresOf } from "../../../../src/llm/metrics/features.ts";
import { RequestMetrics } from "../../../../src/llm/metrics/request_metrics.ts";
import { StatsLog } from "../../../../src/llm/server/stats_log.ts";
import { Registry } from "../../../../src/registry/registry.ts";

Deno.test("StatsLog tells what all workers and engines did since the last line, and nothing when nothing happened", () => {
  const config = engineConfig();
  const features = featuresOf(config);
  const threads = [0, 1].map((engine) => {
    const registry = new Registry({ slabBytes: 4 << 20 });
    const request = new RequestMetrics({ model: "m", engine, tokensMax: 100, features, registry });
    return {
      registry,
      request,
      engine: new EngineMetrics({ model: "m", engine, config, features, registry }),
    };
  });
  const collector = new Collector(threads[0].registry);
  collector.addSlab(threads[1].registry.slab.buffer as SharedArrayBuffer);
  const log = new StatsLog();
  const line = (nowMs: number) => log.line(collector.blocks(), nowMs);
  assertEquals(line(0), undefined);
  assertEquals(line(1000), undefined);
  const prompt = {
    cachedTokens: 40,
    loadedTokens: 0,
    recomputedTokens: 0,
    queuedSeconds: 0,
    prefillSeconds: 0,
  };
  for (const { request, engine, registry } of threads) {
    request.first(100, prompt, { seconds: 1 });
    request.generated(250);
    engine.prefixLookup(100, 40);
    engine.preempted();
    engine.state({
      running: 3,
      waiting: 1,
      deferred: 1,
      kvUsage: 0.25,
      sleepLevel: 0,
      runningAdapters: [],
      waitingAdapters: [],
    });
    registry.publish();
  }
  assertEquals(
    line(3000),
    "prompt 60.0 tokens/s, generation 250.0 tokens/s, running 6, waiting 4, preemptions 2, KV cache 25.0 %, " +
      "prefix hits 40.0 %",
  );
  assertEquals(
    line(4000),
    "prompt 0.0 tokens/s, generation 0.0 tokens/s, running 6, waiting 4, KV cache 25.0 %",
  );
});
