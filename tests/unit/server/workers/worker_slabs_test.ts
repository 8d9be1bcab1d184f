/**
 * The workers' memory as the main thread keeps it.
 */
import { assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { WorkerWatch } from "../../../../src/collect/worker_watch.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { WorkerSlabs } from "../../../../src/server/workers/worker_slabs.ts";
import { Counter } from "promslab";

function setup() {
  const collector = new Collector(new Registry());
  const clock = { now: 0 };
  const watch = new WorkerWatch(collector, { now: () => clock.now });
  const slabs = new WorkerSlabs({
    collector,
    watch,
    exclusively: (change) => change(),
    slabBytes: 256 * 1024,
  });
  return { clock, collector, watch, slabs };
}

Deno.test("WorkerSlabs.open() watches the writer of a slab, until it is gone", () => {
  const { clock, watch, slabs } = setup();
  const slab = slabs.open({ slot: 0, epoch: 1 });
  assertEquals([...watch.workers.keys()].map(({ worker }) => worker), ["0"]);
  slab.leave({ proven: true });
  clock.now = 1_000;
  watch.check();
  assertEquals(watch.workers.size, 0);
});

Deno.test("WorkerSlabs.open() gathers a slab without a heartbeat, but takes it for no worker", () => {
  const { collector, watch, slabs } = setup();
  const registry = new Registry();
  registry.attach(slabs.open({ slot: 9, epoch: 1, beats: false }).attachment);
  new Counter({ name: "kept_total", help: "Kept.", registry }).inc(0);
  registry.publish();
  assertEquals(watch.workers.size, 0);
  assertEquals([...collector.blocks()].map(({ descriptor }) => descriptor.name), ["kept_total"]);
});
