import { assert } from "@std/assert";
import { Collector, collectRuntimeMetrics, Registry } from "promslab";
import { readSamples } from "promslab/testing";

Deno.test("collectRuntimeMetrics() reports this process and this thread", async () => {
  const registry = new Registry();
  const collector = new Collector(registry);
  const metrics = collectRuntimeMetrics({ registry });
  await collector.prepare();
  metrics.stop();
  const samples = readSamples(collector);
  for (
    const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_heap_size_used_bytes",
    ]
  ) {
    assert(samples.get(name)! > 0, name);
  }
});
