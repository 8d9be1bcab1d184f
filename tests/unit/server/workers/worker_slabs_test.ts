/**
 * The workers' memory as the main thread keeps it.
 */
import { assert, assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { WorkerWatch } from "../../../../src/collect/worker_watch.ts";
import { defaultRegistry } from "../../../../src/registry/default_registry.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { WorkerSlabs } from "../../../../src/server/workers/worker_slabs.ts";
import { Counter } from "promslab";

function setup(slabBytes = 256 * 1024) {
  const collector = new Collector(new Registry());
  const clock = { now: 0 };
  const watch = new WorkerWatch(collector, { now: () => clock.now });
  let changed = Promise.resolve();
  const slabs = new WorkerSlabs({
    collector,
    watch,
    exclusively: (change) => void (changed = change()),
    slabBytes,
  });
  return { clock, collector, watch, slabs, settled: () => changed };
}

Deno.test("WorkerSlabs.open() watches the writer of a slab, until it is gone", async () => {
  const { clock, watch, slabs, settled } = setup();
  const slab = slabs.open({ slot: 0, epoch: 1 });
  assertEquals([...watch.workers.keys()].map(({ worker }) => worker), ["0"]);
  slab.leave({ proven: true });
  await settled();
  clock.now = 1_000;
  watch.check();
  assertEquals(watch.workers.size, 0);
});

Deno.test("WorkerSlabs.open() gives the main thread's slab away, as the log that the worker reads", () => {
  const { slabs } = setup();
  const { attachment } = slabs.open({ slot: 0, epoch: 1 });
  assert(!defaultRegistry.slab.confined);
  assertStrictEquals(attachment.log, defaultRegistry.slab.buffer);
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

Deno.test("WorkerSlab.leave() of many series that nobody has scraped lets other work run", async () => {
  const series = 50_000;
  const { clock, collector, watch, slabs, settled } = setup(2 ** 25);
  const registry = new Registry();
  const slab = slabs.open({ slot: 0, epoch: 1 });
  registry.attach(slab.attachment);
  const labelNames = ["x"];
  const made = new Counter({ name: "made_total", help: "Made.", labelNames, maxSeries: series, registry });
  for (let i = 0; i < series; i++) made.inc({ x: `series ${i}` }, i);
  registry.publish();
  let turns = 0;
  const others = setInterval(() => turns++, 0);
  slab.leave({ proven: true });
  await settled();
  clearInterval(others);
  assertGreater(turns, 5);
  assertEquals([...watch.workers.values()].map(({ state }) => state), ["ended"]);
  const total = () =>
    [...collector.blocks()].filter(({ descriptor }) => descriptor.name === "made_total")
      .reduce((sum, { values }) => values.reduce((a, b) => a + b, sum), 0);
  assertEquals(total(), series * (series - 1) / 2);
  clock.now = 1_000;
  watch.check();
  assertEquals(watch.workers.size, 0);
  assertEquals(total(), series * (series - 1) / 2);
});
