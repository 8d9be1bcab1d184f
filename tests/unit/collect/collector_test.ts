import { assert, assertEquals, assertThrows } from "@std/assert";
import { Collector } from "../../../src/collect/collector.ts";
import { HEADER32 } from "../../../src/layout/slab_header.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import type { MergeMode } from "../../../src/model/metric_type.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { createSlab, SlabError } from "../../../src/slab/slab.ts";
import { removalsForgotten } from "../../../src/slab/slab_writer.ts";
import { Fleet, type FleetWorker, samplesOf, SMALL_SLAB_BYTES } from "../../_support/fleet.ts";

function counterOf({ registry }: { registry: Registry }): Counter {
  return Counter.getOrCreate({ name: "a_total", help: "A.", registry });
}

Deno.test("case 58: Collector.blocks() of an empty registry gives nothing", () => {
  assertEquals([...new Fleet().collector.blocks()], []);
});

Deno.test("case 42: Collector merges one definition of many workers and of main into one family", () => {
  const fleet = new Fleet();
  for (let slot = 0; slot < 4; slot++) counterOf(fleet.start(slot)).inc(10 ** slot);
  counterOf({ registry: fleet.main }).inc(10_000);
  assertEquals([...fleet.scrape()], [["a_total", 11_111]]);
  assertEquals(fleet.problems, []);
});

Deno.test("case 48: Collector shows a label set that only one worker has, and adds others later", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(1), fleet.start(2)].map(({ registry }) =>
    new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry })
  );
  two.inc({ l: "x" }, 2);
  assertEquals([...fleet.scrape()], [['a_total{l="x"}', 2]]);
  one.inc({ l: "w" }, 5);
  one.inc({ l: "x" }, 1);
  assertEquals([...fleet.scrape()], [['a_total{l="w"}', 5], ['a_total{l="x"}', 3]]);
});

Deno.test("case 4: Collector.retire() keeps counters, and a successor in the slot adds to them", () => {
  const fleet = new Fleet();
  const first = fleet.start(1);
  counterOf(first).inc(10);
  assertEquals(fleet.scrape().get("a_total"), 10);
  fleet.end(first);
  assertEquals(fleet.scrape().get("a_total"), 10);
  const second = fleet.start(1);
  assertEquals(fleet.scrape().get("a_total"), 10);
  counterOf(second).inc(3);
  assertEquals(fleet.scrape().get("a_total"), 13);
});

Deno.test("Collector.retire() keeps what was written after the last scrape, also series never seen", () => {
  const fleet = new Fleet();
  const worker = fleet.start(1);
  const { registry } = worker;
  counterOf(worker).inc(1);
  fleet.scrape();
  counterOf(worker).inc(1);
  const durations = new Histogram({ name: "h", help: "H.", buckets: [1, 2], labelNames: ["l"], registry });
  durations.observe({ l: "x" }, 1.5);
  fleet.end(worker);
  fleet.end(worker);
  assertEquals([...fleet.scrape()], [
    ["a_total", 2],
    ['h_bucket{l="x",le="1"}', 0],
    ['h_bucket{l="x",le="2"}', 1],
    ['h_bucket{l="x",le="+Inf"}', 1],
    ['h_count{l="x"}', 1],
    ['h_sum{l="x"}', 1.5],
  ]);
});

Deno.test("case 7: what a retired slab's owner writes on is not counted, and nothing decreases", () => {
  const fleet = new Fleet();
  const zombie = fleet.start(0);
  const counter = counterOf(zombie);
  counter.inc(5);
  fleet.end(zombie);
  counterOf(fleet.start(0)).inc(1);
  counter.inc(100);
  assertEquals(fleet.scrape().get("a_total"), 6);
});

/** Two workers set a gauge to 1 and 2, in this order; both are scraped, then the second ends. */
function gaugeStory(mode: MergeMode): { both: [string, number][]; afterEnd: [string, number][] } {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  new Gauge({ name: "g", help: "G.", mode, registry: one.registry }).set(1);
  new Gauge({ name: "g", help: "G.", mode, registry: two.registry }).set(2);
  const both = [...fleet.scrape()];
  fleet.end(two);
  return { both, afterEnd: [...fleet.scrape()] };
}

const BOTH: [string, number][] = [['g{worker="0"}', 1], ['g{worker="1"}', 2]];
const GAUGE_CASES: [number, MergeMode, [string, number][], [string, number][]][] = [
  [13, "all", BOTH, BOTH],
  [14, "liveall", BOTH, BOTH.slice(0, 1)],
  [15, "sum", [["g", 3]], [["g", 3]]],
  [16, "livesum", [["g", 3]], [["g", 1]]],
  [17, "min", [["g", 1]], [["g", 1]]],
  [18, "livemin", [["g", 1]], [["g", 1]]],
  [19, "max", [["g", 2]], [["g", 2]]],
  [20, "livemax", [["g", 2]], [["g", 1]]],
  [21, "mostrecent", [["g", 2]], [["g", 2]]],
  [22, "livemostrecent", [["g", 2]], [["g", 1]]],
];
for (const [number, mode, both, afterEnd] of GAUGE_CASES) {
  Deno.test(`case ${number}: Collector merges a gauge of mode ${mode}, before and after a worker ends`, () => {
    assertEquals(gaugeStory(mode), { both, afterEnd });
  });
}

Deno.test("case 18: livemin goes up when the worker with the least value ends", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  new Gauge({ name: "g", help: "G.", mode: "livemin", registry: one.registry }).set(1);
  new Gauge({ name: "g", help: "G.", mode: "livemin", registry: two.registry }).set(2);
  fleet.end(one);
  assertEquals([...fleet.scrape()], [["g", 2]]);
});

Deno.test("case 12: a worker that only created a gauge changes nothing, alive or ended", () => {
  for (const mode of ["min", "livemin", "max", "mostrecent", "livemostrecent", "sum"] as const) {
    const fleet = new Fleet();
    const [one, two] = [fleet.start(0), fleet.start(1)];
    new Gauge({ name: "g", help: "G.", mode, registry: one.registry }).set(mode === "max" ? -5 : 5);
    new Gauge({ name: "g", help: "G.", mode, registry: two.registry });
    const wanted: [string, number][] = [["g", mode === "max" ? -5 : 5]];
    assertEquals([...fleet.scrape()], wanted, mode);
    fleet.end(two);
    assertEquals([...fleet.scrape()], wanted, mode);
  }
  const fleet = new Fleet();
  fleet.end(fleet.start(0));
  assertEquals([...fleet.scrape()], []);
});

Deno.test("case 23: a gauge that no worker ever set is 0; mostrecent follows the tickets, not the clocks", () => {
  const fleet = new Fleet();
  // Clocks that are an hour apart, and are put back in between.
  const clocks = [3_600_000, 0];
  const gauges = clocks.map((_, slot) => {
    const clock = () => clocks[slot];
    const { registry } = fleet.start(slot, { now: clock, wallNow: clock });
    return new Gauge({ name: "g", help: "G.", mode: "mostrecent", registry });
  });
  assertEquals([...fleet.scrape()], [["g", 0]]);
  gauges[1].set(7);
  assertEquals([...fleet.scrape()], [["g", 7]]);
  for (let turn = 0; turn < 6; turn++) {
    clocks[turn % 2] -= 60_000;
    gauges[turn % 2].set(turn);
    assertEquals([...fleet.scrape()], [["g", turn]]);
  }
});

Deno.test("case 23: mostrecent keeps a set value over a restart", () => {
  const fleet = new Fleet();
  const first = fleet.start(0);
  new Gauge({ name: "g", help: "G.", mode: "mostrecent", registry: first.registry }).set(9);
  fleet.end(first);
  const again = new Gauge({ name: "g", help: "G.", mode: "mostrecent", registry: fleet.start(0).registry });
  assertEquals([...fleet.scrape()], [["g", 9]]);
  again.set(4);
  assertEquals([...fleet.scrape()], [["g", 4]]);
});

Deno.test("mode latest shows the value of the greatest version", () => {
  const fleet = new Fleet();
  const gauges = [0, 1].map((slot) =>
    new Gauge({ name: "g", help: "G.", mode: "latest", registry: fleet.start(slot).registry })
  );
  gauges[0].set(10, 2);
  gauges[1].set(99, 1);
  assertEquals([...fleet.scrape()], [["g", 10]]);
  gauges[1].set(5, 3);
  assertEquals([...fleet.scrape()], [["g", 5]]);
});

Deno.test("case 24: an increment in one worker and a decrement in another, which then ends", () => {
  for (const [mode, left] of [["sum", 0], ["livesum", 1]] as const) {
    const fleet = new Fleet();
    const [one, two] = [fleet.start(0), fleet.start(1)];
    new Gauge({ name: "g", help: "G.", mode, registry: one.registry }).inc();
    new Gauge({ name: "g", help: "G.", mode, registry: two.registry }).dec();
    assertEquals([...fleet.scrape()], [["g", 0]]);
    fleet.end(two);
    assertEquals([...fleet.scrape()], [["g", left]], mode);
  }
});

Deno.test("case 9: Collector.setLive() hides the live gauges of a hung worker until it is back", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  for (const [worker, value] of [[one, 1], [two, 2]] as [FleetWorker, number][]) {
    new Gauge({ name: "live", help: "G.", registry: worker.registry }).set(value);
    new Gauge({ name: "kept", help: "G.", mode: "sum", registry: worker.registry }).set(value);
    counterOf(worker).inc(value);
  }
  const whole = [...fleet.scrape()];
  assertEquals(whole, [["a_total", 3], ["kept", 3], ["live", 3]]);
  fleet.collector.setLive(two.source, false);
  assertEquals([...fleet.scrape()], [["a_total", 3], ["kept", 3], ["live", 1]]);
  fleet.collector.setLive(one.source, false);
  assertEquals([...fleet.scrape()], [["a_total", 3], ["kept", 3]]);
  fleet.collector.setLive(one.source, true);
  fleet.collector.setLive(two.source, true);
  assertEquals([...fleet.scrape()], whole);
});

Deno.test("case 26, case 43: Collector leaves out a family that a worker defines otherwise, and says how", () => {
  const fleet = new Fleet();
  const [one, two, three] = [fleet.start(0), fleet.start(1), fleet.start(2)];
  new Gauge({ name: "g", help: "G.", mode: "sum", registry: one.registry }).set(1);
  new Gauge({ name: "g", help: "G.", mode: "max", registry: two.registry }).set(20);
  counterOf(two).inc();
  new Histogram({ name: "g", help: "G.", registry: three.registry }).observe(1);
  assertEquals([...fleet.scrape()], [["a_total", 1], ["g", 1]]);
  assertEquals(fleet.problems, [
    'Cannot merge family "g": it is defined in two ways, mode "sum" against "max"',
    'Cannot merge family "g": it is defined in two ways, type "gauge" against "histogram"',
  ]);
  assertEquals([...fleet.scrape()], [["a_total", 1], ["g", 1]]);
  assertEquals(fleet.collector.stats.conflictingFamilies, 2, "said once");
});

Deno.test("a definition that was left out counts once no worker has the other one, from what was counted meanwhile on", () => {
  const fleet = new Fleet();
  const [old, kept] = [fleet.start(0), fleet.start(1)];
  const define = ({ registry }: FleetWorker, labelNames: string[]) =>
    new Counter({ name: "jobs_total", help: "Jobs.", labelNames, registry });
  for (const worker of [old, kept]) define(worker, ["queue"]).inc({ queue: "a" }, 5);
  counterOf(old).inc(3);
  const renewed = [fleet.start(0), fleet.start(1)];
  const counters = renewed.map((worker) => define(worker, ["queue", "kind"]));
  for (const counter of counters) counter.inc({ queue: "a", kind: "b" }, 1);
  assertEquals([...fleet.scrape()], [["a_total", 3], ['jobs_total{queue="a"}', 10]]);
  assertEquals(fleet.problems.length, 2);
  fleet.collector.retire(old.source);
  assertEquals(fleet.scrape().get('jobs_total{queue="a"}'), 10, "one worker has the old one still");
  fleet.collector.retire(kept.source);
  const now = [["a_total", 3], ['jobs_total{queue="a",kind="b"}', 2]];
  assertEquals([...fleet.scrape()], now, "what nobody defines otherwise keeps its total");
  assertEquals(fleet.problems.length, 2, "said once");
  counters[0].inc({ queue: "c", kind: "d" }, 4);
  assertEquals(fleet.scrape().get('jobs_total{queue="c",kind="d"}'), 4);
  fleet.collector.retire(renewed[0].source);
  assertEquals(fleet.scrape().get('jobs_total{queue="a",kind="b"}'), 2);
});

Deno.test("case 44: families whose help texts differ merge under the first text, which is said and counted", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  new Counter({ name: "a_total", help: "First.", registry: one.registry }).inc(1);
  new Counter({ name: "a_total", help: "Second.", registry: two.registry }).inc(2);
  for (let k = 0; k < 2; k++) {
    assertEquals([...fleet.collector.blocks()].map(({ descriptor }) => descriptor.help), ["First."]);
    assertEquals(fleet.scrape().get("a_total"), 3);
  }
  assertEquals(fleet.problems, [
    'Merged family "a_total" in spite of its help texts: shown is "First.", not "Second."',
  ]);
  const { mismatchedHelps, conflictingFamilies } = fleet.collector.stats;
  assertEquals([mismatchedHelps, conflictingFamilies], [1, 0]);
});

Deno.test("case 45: Collector leaves out a family whose samples another worker's family writes", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  new Histogram({ name: "x", help: "X.", buckets: [1], registry: one.registry }).observe(1);
  new Gauge({ name: "x_count", help: "X.", registry: two.registry }).set(5);
  const samples = fleet.scrape();
  assertEquals(samples.get("x_count"), 1, "of the histogram");
  assertEquals(fleet.problems, [
    'Cannot merge family "x_count": its sample "x_count" belongs to histogram "x" of another worker',
  ]);
  assertEquals(fleet.collector.stats.conflictingFamilies, 1);
});

Deno.test("case 54: Collector.addSlab() refuses a bad slab, counts it, and serves the others", () => {
  const fleet = new Fleet();
  counterOf(fleet.start(0)).inc();
  const bad = createSlab({ bytes: SMALL_SLAB_BYTES });
  new Int32Array(bad)[HEADER32.magic] = 0;
  assertThrows(() => fleet.collector.addSlab(bad), SlabError, "magic");
  assertThrows(() => fleet.collector.addSlab(new SharedArrayBuffer(8)), SlabError);
  assertEquals(fleet.collector.stats.badSlabs, 2);
  assertEquals([...fleet.scrape()], [["a_total", 1]]);
});

Deno.test("case 55: Collector serves the rest, and what was learned before, of a slab whose directory is damaged", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  counterOf(one).inc(1);
  const counter = counterOf(two);
  counter.inc(2);
  assertEquals(fleet.scrape().get("a_total"), 3);
  new Int32Array(two.buffer)[HEADER32.directoryEnd] = 2 ** 30;
  counter.inc(3);
  assertEquals(fleet.scrape().get("a_total"), 6);
  assertEquals(fleet.scrape().get("a_total"), 6);
  assertEquals([fleet.collector.stats.badSlabs, fleet.problems.length], [1, 1]);
  assert(fleet.problems[0].startsWith("Cannot read slab of worker 1: Cannot read directory"));
});

Deno.test("case 60: Collector.blocks() reads the wanted families only", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  new Gauge({ name: "a", help: "A.", registry }).set(1);
  new Gauge({ name: "b", help: "B.", registry }).set(2);
  assertEquals([...fleet.scrape(new Set(["b", "c"]))], [["b", 2]]);
  assertEquals([...fleet.scrape()], [["a", 1], ["b", 2]]);
});

Deno.test("case 60: Collector.blocks() gives the wanted families by name, in whatever order they are named", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  for (const name of ["b", "a", "c"]) new Gauge({ name, help: "G.", registry });
  const collector = new Collector(registry);
  const namesOf = (...names: string[]) =>
    [...collector.blocks(new Set(names))].map(({ descriptor }) => descriptor.name);
  assertEquals(namesOf("a", "b", "c"), ["a", "b", "c"]);
  assertEquals(namesOf("c", "missing", "a", "b"), ["a", "b", "c"]);
  assertEquals(namesOf("b", "a"), ["a", "b"]);
  assertEquals(namesOf("missing"), []);
});

Deno.test("Collector.learn() learns the directories and puts series in order, and so does a pass without it", async () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const gauge = new Gauge({ name: "g", help: "G.", labelNames: ["x"], registry });
  const slab = createSlab({ slot: 0, epoch: 1 });
  const worker = new Registry();
  worker.attach({ slab });
  const collector = new Collector(registry);
  collector.addSlab(slab);
  const jobs = new Gauge({ name: "g", help: "G.", labelNames: ["x"], registry: worker });
  const seriesOf = () => [...collector.blocks()].flatMap(({ block }) => block.series.map(([x]) => x));
  gauge.set({ x: "c" }, 1);
  jobs.set({ x: "b" }, 1);
  await collector.learn(() => undefined);
  assertEquals(seriesOf(), ["b", "c"]);
  gauge.set({ x: "a" }, 1);
  jobs.set({ x: "d" }, 1);
  await collector.learnBeforePass(() => Promise.resolve());
  assertEquals(seriesOf(), ["a", "b", "c", "d"]);
});

Deno.test("case 41: Collector adds in the same order in each scrape", () => {
  const fleet = new Fleet();
  const counters = Array.from({ length: 7 }, (_, slot) => counterOf(fleet.start(slot)));
  counters.forEach((counter, k) => counter.inc(0.1 * (k + 1) + 1e-9));
  const first = fleet.scrape().get("a_total");
  for (let k = 0; k < 10; k++) assertEquals(fleet.scrape().get("a_total"), first);
});

Deno.test("case 5: Collector holds nothing of workers that ended", () => {
  const fleet = new Fleet();
  for (let k = 0; k < 300; k++) {
    const worker = fleet.start(k % 3);
    counterOf(worker).inc(2);
    new Gauge({ name: "g", help: "G.", mode: "all", registry: worker.registry }).set(k);
    fleet.end(worker);
  }
  assertEquals(fleet.collector.sources.size, 0);
  assertEquals([...fleet.scrape()], [
    ["a_total", 600],
    ['g{worker="0"}', 297],
    ['g{worker="1"}', 298],
    ['g{worker="2"}', 299],
  ]);
});

Deno.test("Collector.gather() hands all blocks to a sink", () => {
  const fleet = new Fleet();
  counterOf(fleet.start(0)).inc(4);
  const blocks: Parameters<Parameters<Collector["gather"]>[0]["samples"]>[0][] = [];
  fleet.collector.gather({ samples: (block) => blocks.push(block) });
  assertEquals([...samplesOf(blocks)], [["a_total", 4]]);
});

Deno.test("case 31: two collectors read the same slabs and agree", () => {
  const fleet = new Fleet();
  const workers = [fleet.start(0), fleet.start(1)];
  const other = new Collector(new Registry({ slabBytes: SMALL_SLAB_BYTES }));
  for (const worker of workers) {
    other.addSlab(worker.buffer);
    counterOf(worker).inc(0.5);
  }
  assertEquals([...fleet.scrape()], [...samplesOf(other.blocks())]);
});

/** Fractions whose sum depends on the order of addition. */
function fractions(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

Deno.test("case 31, case 41: two collectors that learned of the slabs in another order give the same bits", () => {
  const next = fractions(7);
  for (let round = 0; round < 20; round++) {
    const fleet = new Fleet();
    const workers = Array.from({ length: 6 }, (_, slot) => fleet.start(slot));
    for (const { registry } of workers) {
      new Counter({ name: "a_total", help: "A.", registry }).inc(next());
      new Histogram({ name: "h", help: "H.", buckets: [1], registry }).observe(next());
      new Gauge({ name: "g", help: "G.", mode: "sum", registry }).set(next());
    }
    const other = new Collector(new Registry({ slabBytes: SMALL_SLAB_BYTES }));
    for (const slot of [3, 0, 5, 2, 4, 1]) other.addSlab(workers[slot].buffer);
    assertEquals([...fleet.scrape()], [...samplesOf(other.blocks())]);
  }
});

Deno.test("case 30: totals of fractions do not shrink when a column's place in the sum changes", () => {
  const next = fractions(11);
  for (let round = 0; round < 100; round++) {
    const fleet = new Fleet();
    const counters = Array.from({ length: 5 }, (_, slot) => {
      const { registry } = fleet.start(slot);
      return new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry });
    });
    counters.forEach((counter, slot) => {
      counter.inc({ l: "x" }, slot % 2 === 0 ? slot + 1 : next());
      counter.inc({ l: "y" });
    });
    let before = fleet.scrape();
    for (let update = 0; update < 10; update++) {
      // A fraction in another series moves the whole page of one worker out of the whole numbers.
      counters[Math.floor(next() * 5)].inc({ l: next() < 0.7 ? "y" : "x" }, next() < 0.5 ? 1e-9 : next());
      for (let pass = 0; pass < 2; pass++) {
        const now = fleet.scrape();
        for (const [name, value] of before) {
          assert(now.get(name)! >= value, `round ${round}: ${name} went from ${value} to ${now.get(name)}`);
        }
        before = now;
      }
    }
  }
});

Deno.test("Collector.letGo(): removals wait no longer for owners that have ended with their server", () => {
  const main = new Registry({ slabBytes: SMALL_SLAB_BYTES });
  const collector = new Collector(main);
  const slab = createSlab({ slot: 0, epoch: 1, bytes: SMALL_SLAB_BYTES });
  new Registry().attach({ slab, control: main.control, log: main.slab.buffer as SharedArrayBuffer });
  collector.addSlab(slab);
  const jobs = new Counter({ name: "jobs_total", help: "J.", labelNames: ["k"], registry: main });
  jobs.inc({ k: "a" });
  jobs.remove({ k: "a" });
  main.beat();
  collector.poll();
  assertEquals(removalsForgotten(main.slab), 0);
  collector.letGo();
  assertEquals(main.audience.size, 0);
  new Collector(main).poll();
  assertEquals(removalsForgotten(main.slab), 1);
});
