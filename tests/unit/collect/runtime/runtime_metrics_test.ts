import { assertEquals } from "@std/assert";
import { Collector, Registry } from "promslab";
import { readSamples } from "promslab/testing";
import { startRuntimeMetrics } from "../../../../src/collect/runtime/runtime_metrics.ts";
import { FakeReadings } from "../../../_support/fake_readings.ts";

Deno.test("startRuntimeMetrics() reports the process in its first thread, and leaves out what is unknown", async () => {
  const registry = new Registry();
  const collector = new Collector(registry);
  const readings = new FakeReadings();
  startRuntimeMetrics(readings, { registry, isolate: false });
  await collector.prepare();
  readings.cpu = { user: 3, system: 1 };
  await collector.prepare();
  const samples = [...readSamples(collector)].filter(([text]) => !text.startsWith("promslab_collect_errors"));
  assertEquals(samples, [
    ['nodejs_version_info{major="26",minor="3",patch="0",version="v26.3.0"}', 1],
    ["process_cpu_seconds_total", 4],
    ["process_cpu_system_seconds_total", 1],
    ["process_cpu_user_seconds_total", 3],
    ["process_max_fds", 1024],
    ["process_open_fds", 7],
    ["process_resident_memory_bytes", 100],
    ["process_start_time_seconds", 1_700_000_000],
    ['promslab_runtime_info{name="deno",version="9.8.7"}', 1],
  ]);
});

Deno.test("startRuntimeMetrics() in another thread reports that thread alone", async () => {
  const registry = new Registry();
  const collector = new Collector(registry);
  const readings = new FakeReadings();
  readings.isMainThread = false;
  readings.resources = ["Timeout", "TCPSocketWrap", "Timeout"];
  startRuntimeMetrics(readings, { registry });
  readings.tick();
  await collector.prepare();
  readings.resources = ["Timeout"];
  await collector.prepare();
  const samples = readSamples(collector);
  assertEquals([...samples.keys()].filter((text) => text.startsWith("process_")), []);
  assertEquals(samples.get("nodejs_heap_size_total_bytes"), 30);
  assertEquals(samples.get("nodejs_heap_size_used_bytes"), 20);
  assertEquals(samples.get("nodejs_external_memory_bytes"), 1);
  assertEquals(samples.get('nodejs_heap_space_size_available_bytes{space="new"}'), 6);
  assertEquals(samples.get('nodejs_active_resources{type="Timeout"}'), 1);
  assertEquals(samples.get('nodejs_active_resources{type="TCPSocketWrap"}'), 0, "gone, but once seen");
  assertEquals(samples.get("promslab_event_loop_lag_seconds_count"), 1);
  assertEquals(samples.get("nodejs_eventloop_lag_max_seconds"), 0);
});

Deno.test("startRuntimeMetrics() counts garbage collections where the runtime tells", () => {
  const registry = new Registry();
  const readings = new FakeReadings();
  readings.tellsGc = true;
  startRuntimeMetrics(readings, { registry });
  readings.gcListener!("minor", 0.002);
  const samples = readSamples(new Collector(registry));
  assertEquals(samples.get('nodejs_gc_duration_seconds_sum{kind="minor"}'), 0.002);
  readings.tellsGc = false;
  const silent = new Registry();
  startRuntimeMetrics(readings, { registry: silent });
  assertEquals(silent.family("nodejs_gc_duration_seconds"), undefined);
});

Deno.test("startRuntimeMetrics() looks at no event loop right after a scrape, so that a scrape does not measure itself", async () => {
  const registry = new Registry();
  const collector = new Collector(registry);
  const readings = new FakeReadings();
  startRuntimeMetrics(readings, { registry });
  await collector.prepare();
  readings.tick();
  assertEquals(readSamples(collector).get("promslab_event_loop_lag_seconds_count"), 0);
  readings.tick();
  assertEquals(readSamples(collector).get("promslab_event_loop_lag_seconds_count"), 1);
  registry.beat();
  readings.tick();
  assertEquals(
    readSamples(collector).get("promslab_event_loop_lag_seconds_count"),
    2,
    "a heartbeat is no scrape",
  );
});

Deno.test("RuntimeMetrics.stop() ends timers, observers and callbacks", async () => {
  const registry = new Registry();
  const collector = new Collector(registry);
  const readings = new FakeReadings();
  readings.tellsGc = true;
  const metrics = startRuntimeMetrics(readings, { registry });
  await collector.prepare();
  metrics.stop();
  readings.resident = 200;
  await collector.prepare();
  assertEquals([readings.timers.size, readings.gcListener], [0, undefined]);
  assertEquals(readSamples(collector).get("process_resident_memory_bytes"), 100);
});
