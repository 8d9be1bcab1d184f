import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { engineConfig } from "../../../../src/llm/engine/engine_config.ts";
import type { EngineState } from "../../../../src/llm/engine/engine_observer.ts";
import { EngineMetrics } from "../../../../src/llm/metrics/engine_metrics.ts";
import { featuresOf } from "../../../../src/llm/metrics/features.ts";
import { Registry } from "../../../../src/registry/registry.ts";

function seriesOf(collector: Collector, name: string): Record<string, string>[] {
  for (const { descriptor, block } of collector.blocks()) {
    if (descriptor.name !== name) continue;
    return block.series.map((values) =>
      Object.fromEntries(block.labelNames.map((label, i) => [label, values[i]]))
    );
  }
  return [];
}

Deno.test("EngineMetrics exposes the LoRA adapters of now, and no series of those before", () => {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const collector = new Collector(registry);
  const config = engineConfig({ maxLoras: 2 });
  const adapters = ["a", "b", "c"];
  const metrics = new EngineMetrics({
    model: "m",
    engine: 0,
    config,
    features: featuresOf(config),
    adapters,
    registry,
  });
  const state = (runningAdapters: number[], waitingAdapters: number[]): EngineState => ({
    running: 0,
    waiting: 0,
    deferred: 0,
    kvUsage: 0,
    sleepLevel: 0,
    runningAdapters,
    waitingAdapters,
  });
  for (const [running, waiting] of [[[0], []], [[0, 1], [2]], [[0, 1], [2]], [[0], []], [[2], []]]) {
    metrics.state(state(running, waiting));
    assertEquals(seriesOf(collector, "vllm:lora_requests_info"), [{
      max_lora: "2",
      running_lora_adapters: running.map((adapter) => adapters[adapter]).join(","),
      waiting_lora_adapters: waiting.map((adapter) => adapters[adapter]).join(","),
    }]);
  }
});

Deno.test("EngineMetrics defines no family that cannot move", () => {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const config = engineConfig();
  new EngineMetrics({ model: "m", engine: 0, config, features: featuresOf(config), registry });
  const names = registry.descriptors().map(({ name }) => name);
  assertEquals(
    names.filter((name) => /lora|spec_decode|offload|external|estimated|kv_block|gpu_/.test(name)),
    [],
  );
});
