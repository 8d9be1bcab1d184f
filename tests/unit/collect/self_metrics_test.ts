import { assertEquals } from "@std/assert";
import { reportSlab } from "../../../src/collect/slab_report.ts";
import { SelfMetrics } from "../../../src/collect/self_metrics.ts";
import { WorkerWatch } from "../../../src/collect/worker_watch.ts";
import { Counter } from "../../../src/metric/counter.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { Fleet } from "../../_support/fleet.ts";

function setup() {
  const clock = { now: 0 };
  const fleet = new Fleet();
  const { collector, main: registry } = fleet;
  const watch = new WorkerWatch(collector, { hungAfterMs: 1_000, now: () => clock.now });
  const metrics = new SelfMetrics({ collector, watch, registry });
  const workers = [fleet.start(0), fleet.start(1)];
  for (const worker of workers) watch.add(worker.source);
  return { clock, fleet, watch, metrics, workers };
}

Deno.test("SelfMetrics counts the workers by state", () => {
  const { clock, fleet, watch, workers } = setup();
  workers[0].registry.beat();
  let samples = fleet.scrape();
  assertEquals(samples.get('promslab_workers{state="live"}'), 1);
  assertEquals(samples.get('promslab_workers{state="starting"}'), 1);
  for (; clock.now < 5_000; clock.now += 250) watch.check();
  watch.assumeEnded(workers[1].source);
  samples = fleet.scrape();
  assertEquals(samples.get('promslab_workers{state="hung"}'), 1);
  assertEquals(samples.get('promslab_workers{state="ended"}'), 1);
  assertEquals(samples.get('promslab_worker_heartbeat_age_seconds{worker="0"}'), 5);
  assertEquals(samples.has('promslab_worker_heartbeat_age_seconds{worker="1"}'), false);
});

Deno.test("SelfMetrics counts a slot in a crash loop as that, whatever its worker is doing", () => {
  const fleet = new Fleet();
  const { collector, main: registry } = fleet;
  const watch = new WorkerWatch(collector);
  const crashLoops = new Set<number>();
  new SelfMetrics({ collector, watch, registry, crashLoops: () => crashLoops });
  const workers = [0, 1, 2].map((slot) => fleet.start(slot));
  for (const worker of workers) {
    watch.add(worker.source);
    worker.registry.beat();
  }
  const states = () => {
    const samples = fleet.scrape();
    return ["live", "ended", "crash_loop"].map((state) => samples.get(`promslab_workers{state="${state}"}`));
  };
  assertEquals(states(), [3, 0, 0]);
  crashLoops.add(1);
  assertEquals(states(), [2, 0, 1]);
  watch.ended(workers[1].source);
  assertEquals(states(), [2, 1, 1], "its last worker is seen too, until it is folded");
  crashLoops.clear();
  assertEquals(states(), [2, 1, 0]);
});

Deno.test("SelfMetrics tells the fill of each slab and forgets the slots that are gone", () => {
  const { fleet, watch, workers } = setup();
  new Counter({ name: "jobs_total", help: "h", registry: workers[1].registry });
  let samples = fleet.scrape();
  assertEquals(samples.get('promslab_slab_series{worker="1"}'), 1);
  assertEquals(samples.get('promslab_slab_size_bytes{worker="0"}'), 256 * 1024);
  assertEquals(samples.get('promslab_slab_used_bytes{worker="1"}')! > 4096, true);
  watch.ended(workers[1].source);
  samples = fleet.scrape();
  assertEquals([...samples.keys()].filter((name) => name.includes('worker="1"')), []);
});

Deno.test("SelfMetrics counts drops over incarnations, and restarts by reason", () => {
  const { fleet, watch, metrics, workers } = setup();
  const drop = (worker: typeof workers[number], times: number) => {
    const { registry } = worker;
    const counter = Counter.getOrCreate({
      name: "a_total",
      help: "h",
      labelNames: ["x"],
      maxSeries: 1,
      registry,
    });
    for (let i = 0; i <= times; i++) counter.inc({ x: i });
  };
  drop(workers[0], 3);
  assertEquals(fleet.scrape().get('promslab_dropped_total{what="series"}'), 3);
  watch.ended(workers[0].source);
  metrics.restarted("crash");
  const next = fleet.start(0);
  watch.add(next.source);
  drop(next, 2);
  const samples = fleet.scrape();
  assertEquals(samples.get('promslab_dropped_total{what="series"}'), 5);
  assertEquals(samples.get('promslab_worker_restarts_total{reason="crash"}'), 1);
  assertEquals(samples.get('promslab_worker_restarts_total{reason="hang"}'), 0);
  assertEquals(samples.get('a_total{x="_overflow"}'), 5);
});

/** Sends label sets to the overflow series of a family that has room for one. */
function dropSeries(registry: Registry, times: number): void {
  const counter = Counter.getOrCreate({
    name: "narrow_total",
    help: "h",
    labelNames: ["x"],
    maxSeries: 1,
    registry,
  });
  for (let i = 0; i <= times; i++) counter.inc({ x: i });
}

Deno.test("SelfMetrics counts the drops of a worker that ended, and was folded, between two scrapes", () => {
  const { clock, fleet, watch, workers } = setup();
  assertEquals(fleet.scrape().get('promslab_dropped_total{what="series"}'), 0);
  dropSeries(workers[0].registry, 10);
  watch.ended(workers[0].source);
  dropSeries(workers[0].registry, 1);
  for (; watch.workers.has(workers[0].source); clock.now += 250) watch.check();
  assertEquals(fleet.scrape().get('promslab_dropped_total{what="series"}'), 11);
  for (; clock.now < 20_000; clock.now += 250) watch.check();
  assertEquals(fleet.scrape().get('promslab_dropped_total{what="series"}'), 11, "once");
});

Deno.test("SelfMetrics counts the drops of the collecting thread, and of slabs that nobody watches", () => {
  const { fleet } = setup();
  dropSeries(fleet.main, 10);
  const dropped = () => fleet.scrape().get('promslab_dropped_total{what="series"}');
  assertEquals(dropped(), 10);
  const unwatched = fleet.start(7);
  dropSeries(unwatched.registry, 4);
  assertEquals(dropped(), 14);
  fleet.end(unwatched);
  assertEquals(dropped(), 14);
});

Deno.test("SelfMetrics leave no word for other threads when a slot is empty", () => {
  const { fleet, watch } = setup();
  const live = () => [...fleet.scrape().keys()].filter((name) => name.includes('worker="'));
  for (let life = 0; life < 3; life++) {
    const worker = fleet.start(2);
    watch.add(worker.source);
    assertEquals(live().filter((name) => name.includes('worker="2"')).length, 4);
    watch.ended(worker.source);
    assertEquals(live().filter((name) => name.includes('worker="2"')), []);
  }
  assertEquals(reportSlab(fleet.main.slab).records.removals, 0);
});

Deno.test("SelfMetrics are brought up to date for a pass that wants one of them, and for no other", () => {
  const { fleet, watch, workers } = setup();
  const registry = fleet.main;
  let updates = 0;
  const check = watch.check.bind(watch);
  const slots = () => {
    const names = new Set<string>();
    for (const { block } of fleet.collector.blocks(new Set(["promslab_slab_series"]))) {
      for (const [slot] of block.series) names.add(slot);
    }
    return [...names].sort();
  };
  watch.check = () => (updates++, check());
  fleet.scrape();
  workers.push(fleet.start(2));
  watch.add(workers[2].source);
  const before = registry.slab.buffer.slice(0);
  for (const _ of fleet.collector.blocks(new Set(["jobs_total"]))) throw new Error("no such family");
  assertEquals(new Uint8Array(registry.slab.buffer.slice(0)), new Uint8Array(before), "nothing is written");
  assertEquals(updates, 2, "hearts are looked at all the same");
  assertEquals(slots(), ["0", "1", "2"]);
});
