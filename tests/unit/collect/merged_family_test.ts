import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { collectGarbage } from "../../_support/collect_garbage.ts";
import { Fleet, samplesOf } from "../../_support/fleet.ts";

Deno.test("MergedFamily.blocks() sorts series by label values", () => {
  const fleet = new Fleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  const labelNames = ["a", "b"] as const;
  const first = new Counter({ name: "a_total", help: "A.", labelNames, registry: one.registry });
  const second = new Counter({ name: "a_total", help: "A.", labelNames, registry: two.registry });
  first.inc({ a: "y", b: "1" });
  second.inc({ a: "x", b: "2" });
  second.inc({ a: "x", b: "10" });
  second.inc({ a: "y", b: "1" }, 5);
  assertEquals([...fleet.scrape()], [
    ['a_total{a="x",b="10"}', 1],
    ['a_total{a="x",b="2"}', 1],
    ['a_total{a="y",b="1"}', 6],
  ]);
});

Deno.test("MergedFamily.blocks() hands out the same block objects while no series comes or goes", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry });
  counter.inc({ l: "x" });
  const [before] = [...fleet.collector.blocks()];
  counter.inc({ l: "x" });
  const [same] = [...fleet.collector.blocks()];
  assertStrictEquals(same.block, before.block);
  counter.inc({ l: "y" });
  const [after] = [...fleet.collector.blocks()];
  assert(after.block !== before.block);
});

Deno.test("MergedFamily.blocks() gives the mean of liveaverage gauges, whichever worker has infinity", () => {
  for (const values of [[Infinity, 1], [1, Infinity], [2, 4]]) {
    const fleet = new Fleet();
    values.forEach((value, slot) => {
      const { registry } = fleet.start(slot);
      new Gauge({ name: "g", help: "G.", mode: "liveaverage", registry }).set(value);
      new Gauge({ name: "unset", help: "U.", mode: "liveaverage", registry });
    });
    const mean = Math.max(...values) === 4 ? 3 : Infinity;
    for (let pass = 0; pass < 2; pass++) assertEquals([...fleet.scrape()], [["g", mean], ["unset", 0]]);
  }
});

Deno.test("MergedFamily.blocks() cuts large families and marks the first and the last block", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0, { bytes: 4 << 20 });
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry });
  for (let k = 0; k < 9000; k++) counter.inc({ l: k }, k);
  const blocks = [...fleet.collector.blocks()];
  assertEquals(blocks.map(({ first, last }) => [first, last]), [[true, false], [false, false], [
    false,
    true,
  ]]);
  assertEquals(blocks.reduce((sum, { block }) => sum + block.series.length, 0), 9000);
  for (const { block, values, created } of blocks) {
    block.series.forEach(([label], i) => assertEquals(values[i], Number(label)));
    assertEquals(created?.length, block.series.length);
  }
});

Deno.test("MergedFamily.blocks() gives a family without series one empty block", () => {
  const fleet = new Fleet();
  new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry: fleet.start(0).registry });
  const [only, ...rest] = [...fleet.collector.blocks()];
  assertEquals([only.block.series.length, only.first, only.last, rest.length], [0, true, true, 0]);
});

Deno.test("case 31: MergedFamily.blocks() goes on where it was when another scrape learns of new series", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0, { bytes: 4 << 20 });
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry });
  for (let k = 0; k < 9000; k++) counter.inc({ l: `m${k}` });
  const slow = fleet.collector.blocks()[Symbol.iterator]();
  const collected = [slow.next().value!];
  // Another scrape begins and ends while this one waits.
  for (let k = 0; k < 5000; k++) counter.inc({ l: `a${k}` });
  assertEquals(fleet.scrape().size, 10_001, "9000, 1000 more up to the limit, and the overflow series");
  for (let next = slow.next(); !next.done; next = slow.next()) collected.push(next.value);
  const samples = samplesOf(collected);
  assertEquals(samples.size, 9000);
  for (const value of samples.values()) assertEquals(value, 1);
  assertEquals(collected.map(({ last }) => last), [false, false, true]);
});

Deno.test("case 30: MergedFamily.leave() never makes a total of fractions smaller", () => {
  // The sum of fractions depends on the order of addition, and a worker that ends changes the order.
  let random = 12345;
  const next = () => (random = (random * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  for (let round = 0; round < 50; round++) {
    const fleet = new Fleet();
    const workers = [0, 1, 2, 3].map((slot) => fleet.start(slot));
    const counters = workers.map(({ registry }) => new Counter({ name: "a_total", help: "A.", registry }));
    for (const counter of counters) counter.inc(next() / 3);
    let before = fleet.scrape().get("a_total")!;
    for (const worker of [2, 0, 3, 1]) {
      fleet.end(workers[worker]);
      const now = fleet.scrape().get("a_total")!;
      assert(now >= before, `round ${round}: ${now} < ${before}`);
      assert(now - before < 1e-12, `round ${round}: ${now} is too much more than ${before}`);
      before = now;
    }
  }
});

Deno.test("MergedFamily keeps the earliest creation of a series", () => {
  const fleet = new Fleet();
  const counters = [fleet.start(0), fleet.start(1)].map(({ registry }) =>
    new Counter({ name: "a_total", help: "A.", registry })
  );
  counters[0].inc();
  const [{ created }] = [...fleet.collector.blocks()];
  assert(created !== undefined && Math.abs(created[0] - Date.now() / 1000) < 60);
});

Deno.test("MergedFamily adds a worker label in modes that keep the workers apart", () => {
  const fleet = new Fleet();
  for (const slot of [0, 1, 10]) {
    const { registry } = fleet.start(slot);
    new Gauge({ name: "g", help: "G.", mode: "all", labelNames: ["l"], registry }).set({ l: "x" }, slot);
  }
  assertEquals([...fleet.scrape()], [
    ['g{l="x",worker="0"}', 0],
    ['g{l="x",worker="1"}', 1],
    ['g{l="x",worker="10"}', 10],
  ]);
});

Deno.test("MergedFamily.leave() keeps what a removed series counted anew after the last scrape", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry: worker.registry });
  const held = counter.labels({ l: "x" });
  held.inc(5);
  fleet.scrape();
  counter.remove({ l: "x" });
  fleet.scrape();
  assertEquals([...fleet.scrape()], []);
  held.inc(2);
  fleet.end(worker);
  assertEquals([...fleet.scrape()], [['a_total{l="x"}', 2]]);
});

Deno.test("MergedFamily.leave() keeps a series that was reset before its worker ended", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry: worker.registry }).inc(
    { l: "x" },
    5,
  );
  const here = new Counter({ name: "a_total", help: "A.", labelNames: ["l"], registry: fleet.main });
  assertEquals([...fleet.scrape()], [['a_total{l="x"}', 5]]);
  here.reset();
  assertEquals([...fleet.scrape()], [['a_total{l="x"}', 0]]);
  fleet.end(worker);
  assertEquals([...fleet.scrape()], [['a_total{l="x"}', 0]]);
});

/** A worker that counts, is scraped and ends. */
function countAndEnd(fleet: Fleet, by: number): WeakRef<SharedArrayBuffer> {
  const worker = fleet.start(0);
  const { registry } = worker;
  new Counter({ name: "a_total", help: "h", registry }).inc(by);
  new Gauge({ name: "g", help: "h", registry }).set(by);
  fleet.scrape();
  fleet.end(worker);
  return new WeakRef(worker.buffer);
}

Deno.test("case 5: MergedFamily.leave() lets go of a slab at once, not at the next scrape", async () => {
  const fleet = new Fleet();
  for (const by of [1, 0.5]) {
    const slab = countAndEnd(fleet, by);
    await collectGarbage();
    assertEquals(slab.deref(), undefined);
  }
  assertEquals([...fleet.scrape()], [["a_total", 1.5]]);
});
