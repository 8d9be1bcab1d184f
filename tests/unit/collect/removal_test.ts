/** Removals as they act over several workers: registry, directory and collector together. */
import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Info } from "../../../src/metric/info.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { slabStatus } from "../../../src/slab/slab_status.ts";
import { collectGarbage } from "../../_support/collect_garbage.ts";
import { Fleet, samplesOf } from "../../_support/fleet.ts";

function jobs(registry: Registry): Counter<"queue" | "kind"> {
  return Counter.getOrCreate({ name: "jobs_total", help: "Jobs.", labelNames: ["queue", "kind"], registry });
}

function setup() {
  const fleet = new Fleet();
  const workers = [fleet.start(0), fleet.start(1)];
  const counters = workers.map((worker) => jobs(worker.registry));
  const beat = () => workers.forEach((worker) => worker.registry.beat());
  return { fleet, workers, counters, beat };
}

Deno.test("case 50: remove() takes a series out of the output of all workers", () => {
  const { fleet, counters, beat } = setup();
  counters[0].inc({ queue: "a", kind: "x" }, 10);
  counters[1].inc({ queue: "a", kind: "x" }, 5);
  counters[1].inc({ queue: "b", kind: "x" }, 1);
  assertEquals(fleet.scrape().get('jobs_total{queue="a",kind="x"}'), 15);
  counters[0].remove({ queue: "a", kind: "x" });
  assertEquals([...fleet.scrape()], [['jobs_total{queue="b",kind="x"}', 1]]);
  beat();
  assertEquals([...fleet.scrape()], [['jobs_total{queue="b",kind="x"}', 1]]);
});

/** Runs with a time of day that only moves when it is told to. */
function withTimeOfDay(run: (clock: { seconds: number }) => void): void {
  const clock = { seconds: 1_700_000_000 };
  const now = Date.now;
  Date.now = () => clock.seconds * 1000;
  try {
    run(clock);
  } finally {
    Date.now = now;
  }
}

/** Values and times of creation of what one pass shows. */
function shownBy(fleet: Fleet) {
  return [...fleet.collector.blocks()].flatMap(({ block, values, created }) =>
    block.series.map((labels, i) => [labels[0], values[i], created![i]])
  );
}

Deno.test("case 50: a later inc of any worker makes the series again, from 0, with a new time of creation", () => {
  for (const held of [false, true]) {
    for (const seen of [false, true]) {
      withTimeOfDay((clock) => {
        const { fleet, counters, beat } = setup();
        const start = clock.seconds;
        const children = counters.map((counter) => held ? counter.labels("a", "x") : undefined);
        const inc = (worker: number, amount: number) => {
          const child = children[worker];
          if (child !== undefined) child.inc(amount);
          else counters[worker].inc({ queue: "a", kind: "x" }, amount);
        };
        inc(0, 10);
        clock.seconds += 5;
        inc(1, 10);
        assertEquals(shownBy(fleet), [["a", 20, start]]);
        clock.seconds += 1000;
        counters[0].remove("a", "x");
        if (seen) assertEquals(shownBy(fleet), []);
        clock.seconds += 5;
        inc(0, 3);
        // A child that is held begins anew when its owner removes it, another one when it is made again.
        const again = start + (held ? 1005 : 1010);
        assertEquals(shownBy(fleet), [["a", 3, again]]);
        beat();
        clock.seconds += 5;
        inc(1, 2);
        assertEquals(shownBy(fleet), [["a", 5, again]]);
      });
    }
  }
});

Deno.test("case 50: a time of creation is that of what ended workers left, until it is removed", () => {
  withTimeOfDay((clock) => {
    const { fleet, workers, counters, beat } = setup();
    const start = clock.seconds;
    counters[0].inc({ queue: "a", kind: "x" });
    clock.seconds += 10;
    counters[1].inc({ queue: "a", kind: "x" });
    fleet.scrape();
    fleet.end(workers[0]);
    assertEquals(shownBy(fleet), [["a", 2, start]]);
    counters[1].clear();
    fleet.scrape();
    beat();
    clock.seconds += 10;
    counters[1].inc({ queue: "a", kind: "x" });
    assertEquals(shownBy(fleet), [["a", 1, start + 20]]);
  });
});

Deno.test("case 51: a series that is reset has a new time of creation at once, in whatever worker it is", () => {
  for (const asker of [0, 1]) {
    withTimeOfDay((clock) => {
      const { fleet, counters, beat } = setup();
      counters[1].inc({ queue: "a", kind: "x" }, 7);
      fleet.scrape();
      clock.seconds += 1000;
      const reset = clock.seconds;
      counters[asker].reset();
      assertEquals(shownBy(fleet), [["a", 0, reset]]);
      clock.seconds += 1;
      assertEquals(shownBy(fleet), [["a", 0, reset]], "it stays while nothing changes");
      beat();
      counters[1].inc({ queue: "a", kind: "x" });
      // Its owner says when it learned of it.
      assertEquals(shownBy(fleet), [["a", 1, asker === 1 ? reset : reset + 1]]);
    });
  }
});

Deno.test("case 50: a child kept from before the removal works on and never writes to another series", () => {
  const { fleet, counters, beat } = setup();
  const kept = counters[1].labels("a", "x");
  kept.inc(4);
  counters[0].removeMatching({ queue: "a" });
  fleet.scrape();
  kept.inc(100);
  beat();
  assertEquals(
    fleet.scrape().size,
    0,
    "what was counted before the owner learned of it belongs to the removed series",
  );
  kept.inc(2);
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 2]]);
  assertEquals(counters[1].labels("a", "x"), kept);
});

Deno.test("removeMatching() takes all series with the given label values, clear() takes all", () => {
  const { fleet, counters, beat } = setup();
  for (const queue of ["a", "b"]) for (const kind of ["x", "y"]) counters[0].inc({ queue, kind });
  counters[1].removeMatching({ kind: "y" });
  fleet.scrape();
  beat();
  assertEquals([...fleet.scrape().keys()], [
    'jobs_total{queue="a",kind="x"}',
    'jobs_total{queue="b",kind="x"}',
  ]);
  counters[0].clear();
  fleet.scrape();
  beat();
  assertEquals(fleet.scrape().size, 0);
});

Deno.test("case 51: reset() starts all series at 0 and keeps them visible, bound children included", () => {
  const { fleet, counters, beat } = setup();
  const child = counters[1].labels("a", "x");
  child.inc(7);
  counters[0].reset();
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 0]]);
  beat();
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 0]]);
  child.inc(1);
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 1]]);
});

Deno.test("case 51: all samples of a removed histogram vanish together", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const seconds = new Histogram({
    name: "seconds",
    help: "h",
    labelNames: ["route"],
    buckets: [1],
    registry: worker.registry,
  });
  seconds.observe({ route: "/" }, 0.5);
  assertEquals(fleet.scrape().size, 4);
  seconds.remove("/");
  assertEquals(fleet.scrape().size, 0);
});

Deno.test("a metric without labels starts again at 0 when it is cleared", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const gauge = new Gauge({ name: "depth", help: "h", registry });
  gauge.set(5);
  gauge.clear();
  fleet.scrape();
  assertEquals(fleet.scrape().get("depth"), 0);
  gauge.inc(2);
  assertEquals(fleet.scrape().get("depth"), 2);
});

Deno.test("what ended workers left of a removed series is forgotten", () => {
  const { fleet, workers, counters } = setup();
  counters[0].inc({ queue: "a", kind: "x" }, 3);
  fleet.end(workers[0]);
  assertEquals(fleet.scrape().get('jobs_total{queue="a",kind="x"}'), 3);
  counters[1].removeMatching({});
  assertEquals(fleet.scrape().size, 0);
});

Deno.test("memory of removed series is used again after a rest, and the reader's numbering stays bounded", () => {
  let now = 0;
  const fleet = new Fleet();
  const worker = fleet.start(0, { now: () => now });
  const counter = jobs(worker.registry);
  let filled = 0;
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 100; i++) counter.inc({ queue: `q${round % 10}`, kind: `k${i}` });
    assertEquals(fleet.scrape().size, 100);
    counter.clear();
    fleet.scrape();
    worker.registry.beat();
    now += 61_000;
    if (round === 1) filled = worker.source.status().usedBytes;
  }
  const grown = worker.source.status().usedBytes - filled;
  // WHY: each removal itself leaves a record of about 140 bytes; 48 rounds of 100 series would leave 500 kB.
  assertEquals(grown < 48 * 200, true, `${grown} bytes`);
});

Deno.test("remove() refuses missing and unknown labels, and removes nothing then", () => {
  const { fleet, counters } = setup();
  counters[0].inc({ queue: "a", kind: "x" });
  // @ts-expect-error: a label is missing
  assertThrows(() => counters[0].remove({ queue: "a" }), TypeError, 'label "kind" is missing');
  assertThrows(() => counters[0].remove("a"), TypeError, "wanted 2 label values, given 1");
  // @ts-expect-error: an unknown label
  assertThrows(() => counters[0].removeMatching({ queu: "a" }), TypeError, 'given unknown label "queu"');
  assertEquals(fleet.scrape().size, 1);
});

Deno.test("reset() does not bring back a series that was removed and has not moved since", () => {
  for (const asker of [0, 1]) {
    const { fleet, counters, beat } = setup();
    const kept = counters[0].labels("a", "x");
    kept.inc(4);
    counters[0].clear();
    fleet.scrape();
    beat();
    counters[asker].reset();
    assertEquals([...fleet.scrape()], []);
    beat();
    assertEquals([...fleet.scrape()], []);
    kept.inc(2);
    assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 2]]);
  }
});

Deno.test("removals without end leave all slabs as full as a few did", () => {
  const fleet = new Fleet();
  let nowMs = 0;
  const workers = [0, 1].map((slot) => fleet.start(slot, { now: () => nowMs }));
  const counters = workers.map(({ registry }) => jobs(registry));
  const other = counters[1].labels("kept", "x");
  const used = () =>
    [...workers.map(({ source }) => source.status()), slabStatus(fleet.main.slab)].map((status) =>
      status.usedBytes
    );
  let full: number[] = [];
  for (let k = 0; k < 8_000; k++) {
    const labels = { queue: `session ${k}`, kind: "x" };
    for (const counter of counters) counter.inc(labels);
    other.inc();
    counters[k % 2].remove(labels);
    if (k % 20 !== 19) continue;
    nowMs += 30_000;
    fleet.scrape();
    for (const { registry } of workers) registry.beat();
    assertEquals([...fleet.scrape()], [['jobs_total{queue="kept",kind="x"}', k + 1]]);
    if (k === 399) full = used();
  }
  assertEquals(used(), full);
  assertEquals(workers.map(({ source }) => source.status().droppedSeries), [0, 0]);
  assertEquals(fleet.problems, []);
});

Deno.test("a removal is kept until the last worker has learned of it, a late worker does not need it", () => {
  const { fleet, workers, counters } = setup();
  const child = counters[1].labels("a", "x");
  child.inc(5);
  counters[0].inc({ queue: "a", kind: "x" }, 3);
  counters[0].remove("a", "x");
  for (let k = 0; k < 100; k++) {
    counters[0].inc({ queue: "b", kind: String(k) });
    counters[0].remove("b", String(k));
    fleet.scrape();
    workers[0].registry.beat();
  }
  const late = fleet.start(2);
  jobs(late.registry).inc({ queue: "a", kind: "x" });
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 1]]);
  workers[1].registry.beat();
  child.inc(1);
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 2]]);
});

Deno.test("case 50: the cell of a removed series is given back when nobody holds its child any more", async () => {
  let nowMs = 0;
  const fleet = new Fleet();
  const { registry, source } = fleet.start(0, { now: () => nowMs });
  const sessions = new Gauge({ name: "s", help: "h", labelNames: ["id"], maxSeries: 60, registry });
  const kept = sessions.labels("kept");
  kept.set(1);
  sessions.remove("kept");
  for (let round = 0; round < 20; round++) {
    for (let k = 0; k < 50; k++) sessions.labels(`${round} ${k}`).set(k);
    for (let k = 0; k < 50; k++) sessions.remove(`${round} ${k}`);
    await collectGarbage();
    registry.beat();
    nowMs += 60_000;
    assertEquals(fleet.scrape().size, 0);
  }
  const { seriesCount, droppedSeries, usedBytes } = source.status();
  assertEquals([seriesCount, droppedSeries], [1, 0], "the child that is held has its cell");
  assertLess(usedBytes, 60_000);
  kept.set(7);
  assertEquals([...fleet.scrape()], [['s{id="kept"}', 7]]);
  assertEquals(sessions.labels("kept"), kept);
});

Deno.test("a removed series that moved again stays when its child is collected", async () => {
  const { fleet, workers, counters } = setup();
  counters[0].labels("a", "x").inc(5);
  counters[0].remove("a", "x");
  counters[0].labels("a", "x").inc(2);
  await collectGarbage();
  workers[0].registry.beat();
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 2]]);
  counters[0].labels("a", "x").inc(2);
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 4]]);
});

Deno.test("a series that takes the number and the place of a removed one is shown under its own labels", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const counter = new Counter({ name: "a_total", help: "h", labelNames: ["x"], registry });
  for (const x of ["a", "b"]) counter.inc({ x });
  const shown = () => [...fleet.scrape()];
  assertEquals(shown(), [['a_total{x="a"}', 1], ['a_total{x="b"}', 1]]);
  counter.remove("b");
  assertEquals(shown(), [['a_total{x="a"}', 1]]);
  registry.beat();
  assertEquals(shown(), [['a_total{x="a"}', 1]]);
  counter.inc({ x: "c" }, 3);
  assertEquals(shown(), [['a_total{x="a"}', 1], ['a_total{x="c"}', 3]]);
});

/** Starts a worker that asks for a removal, and ends it. */
function liveAndRemove(fleet: Fleet): WeakRef<object> {
  const worker = fleet.start(0);
  const counter = jobs(worker.registry);
  counter.inc({ queue: "a", kind: "x" });
  counter.remove("a", "x");
  fleet.scrape();
  worker.registry.beat();
  fleet.end(worker);
  return new WeakRef(worker.source);
}

Deno.test("case 5: an ended worker that asked for removals is let go of, in spite of one that has not learned of them", async () => {
  const fleet = new Fleet();
  const hung = fleet.start(1);
  const late = jobs(hung.registry);
  const ended = Array.from({ length: 5 }, () => liveAndRemove(fleet));
  await collectGarbage();
  assertEquals(ended.map((source) => source.deref()), ended.map(() => undefined));
  late.inc({ queue: "a", kind: "x" });
  assertEquals(fleet.scrape().size, 0, "made before its owner learned of the removals");
  hung.registry.beat();
  assertEquals(fleet.scrape().size, 0);
  late.inc({ queue: "a", kind: "x" }, 3);
  assertEquals([...fleet.scrape()], [['jobs_total{queue="a",kind="x"}', 3]]);
});

Deno.test("series that were removed give their memory back where a thread has no heartbeat, and infos do too", async () => {
  let now = 0;
  const registry = new Registry({ slabBytes: 1 << 20, now: () => now });
  const collector = new Collector(registry);
  const options = { help: "h", labelNames: ["k"], maxSeries: 50, registry };
  const gauge = new Gauge({ name: "depth", ...options });
  const info = new Info({ name: "app_build", ...options });
  for (let k = 0; k < 150; k++) {
    gauge.labels({ k }).set(1);
    gauge.remove({ k });
    info.add({ k });
    info.remove({ k });
    if (k % 10 !== 9) continue;
    await collectGarbage();
    now += 60_000;
    collector.poll();
  }
  gauge.set({ k: "last" }, 1);
  info.set({ k: "last" });
  assertEquals([...samplesOf(collector.blocks()).keys()], ['app_build{k="last"}', 'depth{k="last"}']);
});

Deno.test("a removal for which a full slab has no room hides no fallback series for ever", () => {
  const fleet = new Fleet();
  const clock = { now: 0 };
  const { registry } = fleet.start(0, { bytes: 64 * 1024, now: () => clock.now });
  const define = (registry: Registry) => ({
    jobs: new Counter({ name: "jobs_total", help: "J.", labelNames: ["k"], registry }),
    plain: new Counter({ name: "plain_total", help: "P.", registry }),
  });
  const worker = define(registry);
  const main = define(fleet.main);
  for (let i = 0; i < 3000; i++) worker.jobs.inc({ k: `key ${i}` });
  // Each takes another record, until there is no room for one.
  for (let i = 0; i < 50; i++) {
    main.plain.reset();
    registry.beat();
  }
  worker.plain.inc(5);
  const shown = () => {
    const samples = fleet.scrape();
    return [samples.get("plain_total"), samples.get('jobs_total{k="_overflow"}')];
  };
  const [, overflow] = shown();
  main.jobs.clear();
  main.plain.reset();
  registry.beat();
  assertEquals(shown(), [5, overflow]);
  worker.plain.inc(100);
  for (let i = 0; i < 10; i++) worker.jobs.inc({ k: `new ${i}` });
  assertEquals(shown(), [105, overflow! + 10]);
});
