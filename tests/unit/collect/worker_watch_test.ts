import { assertEquals } from "@std/assert";
import { WorkerWatch } from "../../../src/collect/worker_watch.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

const define = (registry: Registry) => ({
  jobs: new Counter({ name: "jobs_total", help: "h", registry }),
  busy: new Gauge({ name: "busy", help: "h", registry }),
});

function setup() {
  const clock = { now: 0 };
  const fleet = new Fleet();
  const watch = new WorkerWatch(fleet.collector, {
    hungAfterMs: 1_000,
    quarantineMs: 60_000,
    now: () => clock.now,
  });
  const worker = fleet.start(0);
  const metrics = define(worker.registry);
  watch.add(worker.source);
  const stateOf = ({ source }: FleetWorker) => watch.workers.get(source)?.state;
  return { clock, fleet, watch, worker, metrics, stateOf };
}

Deno.test("case 9: a worker without a beat is hung, its live gauges are hidden, and come back with the next beat", () => {
  const { clock, fleet, watch, worker, metrics, stateOf } = setup();
  metrics.jobs.inc(3);
  metrics.busy.set(2);
  assertEquals(stateOf(worker), "starting");
  worker.registry.beat();
  watch.check();
  assertEquals(stateOf(worker), "live");
  for (clock.now = 250; clock.now < 1_250; clock.now += 250) watch.check();
  watch.check();
  assertEquals(stateOf(worker), "hung");
  assertEquals(watch.heartbeatAgeMs(worker.source), 1_250);
  assertEquals([...fleet.scrape()], [["jobs_total", 3]]);
  metrics.jobs.inc();
  worker.registry.beat();
  watch.check();
  assertEquals(stateOf(worker), "live");
  assertEquals([...fleet.scrape()], [["busy", 2], ["jobs_total", 4]]);
});

Deno.test("a worker that has not beaten yet is starting, however long it takes", () => {
  const { clock, watch, worker, stateOf } = setup();
  clock.now = 100_000;
  watch.check();
  assertEquals(stateOf(worker), "starting");
});

Deno.test("case 4: a proven end folds when the slab has rested; the replacement adds to what is kept", () => {
  const { clock, fleet, watch, worker, metrics } = setup();
  metrics.jobs.inc(9);
  metrics.busy.set(1);
  watch.ended(worker.source);
  metrics.jobs.inc(1);
  assertEquals([...fleet.scrape()], [["jobs_total", 10]], "a last store that comes after the proof counts");
  watch.check();
  clock.now = 999;
  watch.check();
  assertEquals(fleet.collector.sources.size, 1);
  clock.now = 1_000;
  watch.check();
  assertEquals(fleet.collector.sources.size, 0);
  const next = fleet.start(0);
  define(next.registry).jobs.inc(3);
  assertEquals(fleet.scrape().get("jobs_total"), 13);
});

Deno.test("case 6: an assumed end hides live gauges at once and reads on until the slab rests", () => {
  const { clock, fleet, watch, worker, metrics, stateOf } = setup();
  metrics.jobs.inc(10);
  metrics.busy.set(1);
  watch.assumeEnded(worker.source);
  assertEquals(stateOf(worker), "ended");
  assertEquals(worker.registry.beat(), true, "the owner is told that it is fenced");
  assertEquals([...fleet.scrape()], [["jobs_total", 10]]);
  clock.now = 59_000;
  metrics.jobs.inc();
  watch.check();
  assertEquals(fleet.scrape().get("jobs_total"), 11, "a zombie's writes count while its slab is read");
  clock.now = 118_000;
  watch.check();
  assertEquals(stateOf(worker), "ended", "the quarantine began anew with the write");
  clock.now = 119_001;
  watch.check();
  assertEquals(stateOf(worker), undefined);
  assertEquals(fleet.collector.sources.size, 0);
  assertEquals(fleet.scrape().get("jobs_total"), 11);
});

Deno.test("case 7: writes to a folded slab change no total and are counted", () => {
  const { clock, fleet, watch, worker, metrics } = setup();
  metrics.jobs.inc(10);
  watch.assumeEnded(worker.source);
  clock.now = 60_000;
  watch.check();
  assertEquals(fleet.collector.sources.size, 0);
  metrics.jobs.inc(5);
  clock.now = 70_000;
  watch.check();
  assertEquals(watch.zombieWrites, 1);
  assertEquals(fleet.scrape().get("jobs_total"), 10);
});

Deno.test("case 7: a new series in a folded slab is a zombie's write too", () => {
  const { clock, fleet, watch, worker, metrics } = setup();
  metrics.jobs.inc(10);
  watch.assumeEnded(worker.source);
  clock.now = 30_000;
  const late = new Counter({
    name: "late_total",
    help: "h",
    labelNames: ["x"],
    maxSeries: 2,
    registry: worker.registry,
  });
  watch.check();
  clock.now = 90_000;
  watch.check();
  assertEquals(fleet.collector.sources.size, 0);
  clock.now += 5_000;
  watch.check();
  assertEquals(watch.zombieWrites, 0, "the family came before the fold");
  late.inc({ x: "a" });
  clock.now += 5_000;
  watch.check();
  assertEquals(watch.zombieWrites, 1);
  clock.now += 5_000;
  watch.check();
  assertEquals(watch.zombieWrites, 1);
  for (const x of ["b", "c"]) late.inc({ x });
  clock.now += 5_000;
  watch.check();
  assertEquals(watch.zombieWrites, 2, "also where there was no room for it");
});

Deno.test("case 7: a zombie is looked for however many workers have ended for certain since", () => {
  const { clock, fleet, watch, worker, metrics } = setup();
  metrics.jobs.inc(10);
  watch.assumeEnded(worker.source);
  clock.now = 60_000;
  watch.check();
  for (let k = 0; k < 40; k++) {
    const next = fleet.start(0);
    define(next.registry).jobs.inc();
    watch.add(next.source);
    watch.ended(next.source);
    clock.now += 1_000;
    watch.check();
  }
  assertEquals(fleet.collector.sources.size, 0);
  metrics.jobs.inc();
  clock.now += 5_000;
  watch.check();
  assertEquals(watch.zombieWrites, 1);
  assertEquals(fleet.scrape().get("jobs_total"), 50);
});

Deno.test("a gauge of mode all shows its slot's latest incarnation, whichever of two is folded first", () => {
  const { clock, fleet, watch, worker } = setup();
  const gaugeOf = ({ registry }: FleetWorker) => new Gauge({ name: "g", help: "h", mode: "all", registry });
  const shown = () => fleet.scrape().get('g{worker="0"}');
  gaugeOf(worker).set(1);
  watch.assumeEnded(worker.source);
  const next = fleet.start(0);
  watch.add(next.source);
  gaugeOf(next).set(2);
  assertEquals(shown(), 2);
  watch.ended(next.source);
  clock.now = 1_000;
  watch.check();
  assertEquals(
    [...fleet.collector.sources],
    [worker.source],
    "the earlier incarnation is in quarantine still",
  );
  assertEquals(shown(), 2);
  clock.now = 61_000;
  watch.check();
  assertEquals(fleet.collector.sources.size, 0);
  assertEquals(shown(), 2);
});

Deno.test("WorkerWatch blames nobody for the time in which the watching thread itself stood still", () => {
  const { clock, watch, worker, stateOf } = setup();
  worker.registry.beat();
  watch.check();
  clock.now = 30_000;
  watch.check();
  assertEquals(stateOf(worker), "live");
  clock.now = 30_400;
  watch.check();
  clock.now = 31_001;
  watch.check();
  assertEquals(stateOf(worker), "live", "again a stall");
  for (clock.now = 31_001; clock.now < 32_400; clock.now += 250) watch.check();
  assertEquals(stateOf(worker), "hung");
});

Deno.test("a heartbeat is as old as it was at the last look: who did not look blames nobody", () => {
  const { clock, watch, worker, stateOf } = setup();
  worker.registry.beat();
  watch.check();
  for (clock.now = 100; clock.now <= 400; clock.now += 100) watch.check();
  assertEquals(watch.heartbeatAgeMs(worker.source), 400);
  clock.now = 60_000;
  assertEquals(watch.heartbeatAgeMs(worker.source), 400);
  watch.check();
  assertEquals([watch.heartbeatAgeMs(worker.source), stateOf(worker)], [0, "live"]);
});
