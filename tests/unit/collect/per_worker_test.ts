/** The option that exposes the series of each worker by themselves. */
import { assertEquals, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { Fleet } from "../../_support/fleet.ts";

function define(registry: Registry) {
  return {
    jobs: new Counter({ name: "jobs_total", help: "J.", labelNames: ["k"], perWorker: true, registry }),
    sizes: new Histogram({ name: "sizes", help: "S.", buckets: [10], perWorker: true, registry }),
    waits: new Summary({ name: "waits", help: "W.", quantiles: [0.5], perWorker: true, registry }),
    merged: new Counter({ name: "merged_total", help: "M.", registry }),
  };
}

Deno.test("perWorker: counters, histograms and summaries have a series for each slot; others are merged", () => {
  const fleet = new Fleet();
  for (const slot of [0, 1]) {
    const { jobs, sizes, waits, merged } = define(fleet.start(slot).registry);
    jobs.inc({ k: "a" }, 1 + slot);
    sizes.observe(5 + slot * 10);
    waits.observe(2 + slot);
    merged.inc(5);
  }
  const samples = fleet.scrape();
  assertEquals(
    [...samples].filter(([name]) => /jobs|merged|sizes_(sum|bucket)|waits_/.test(name)),
    [
      ['jobs_total{k="a",worker="0"}', 1],
      ['jobs_total{k="a",worker="1"}', 2],
      ["merged_total", 10],
      ['sizes_bucket{worker="0",le="10"}', 1],
      ['sizes_bucket{worker="0",le="+Inf"}', 1],
      ['sizes_sum{worker="0"}', 5],
      ['sizes_bucket{worker="1",le="10"}', 0],
      ['sizes_bucket{worker="1",le="+Inf"}', 1],
      ['sizes_sum{worker="1"}', 15],
      ['waits_sum{worker="0"}', 2],
      ['waits_count{worker="0"}', 1],
      ['waits_sum{worker="1"}', 3],
      ['waits_count{worker="1"}', 1],
    ],
  );
  assertEquals(Math.round(samples.get('waits{worker="1",quantile="0.5"}')!), 3);
});

Deno.test("perWorker: the next incarnation of a slot goes on where the last one ended", () => {
  const fleet = new Fleet();
  for (let epoch = 1; epoch <= 20; epoch++) {
    const worker = fleet.start(3);
    const { jobs, sizes } = define(worker.registry);
    jobs.inc({ k: "a" }, 2);
    sizes.observe(1);
    assertEquals(fleet.scrape().get('jobs_total{k="a",worker="3"}'), 2 * epoch);
    fleet.end(worker);
    assertEquals(fleet.scrape().get('sizes_count{worker="3"}'), epoch);
  }
  assertEquals([...fleet.scrape().keys()].filter((name) => name.startsWith("jobs")).length, 1);
});

Deno.test("perWorker: a removal takes the series of all workers; a time to live waits for the last of them", () => {
  let nowMs = 0;
  const fleet = new Fleet({ now: () => nowMs });
  const workers = [0, 1].map((slot) => fleet.start(slot));
  const counters = workers.map(({ registry }) =>
    new Counter({ name: "a_total", help: "A.", labelNames: ["k"], perWorker: true, ttlSeconds: 60, registry })
  );
  const look = () => {
    fleet.scrape();
    for (const { registry } of workers) registry.beat();
    return [...fleet.scrape().keys()];
  };
  for (const counter of counters) counter.inc({ k: "x" });
  counters[0].remove("x");
  assertEquals(look(), []);
  for (const counter of counters) counter.inc({ k: "x" });
  const both = ['a_total{k="x",worker="0"}', 'a_total{k="x",worker="1"}'];
  assertEquals(look(), both);
  for (let minute = 0; minute < 3; minute++) {
    nowMs += 60_000;
    counters[1].inc({ k: "x" });
    assertEquals(look(), both, "one of them moves");
  }
  nowMs += 60_000;
  look();
  assertEquals(look(), []);
});

Deno.test("case 25: perWorker adds the label worker, so no other may have its name; gauges have modes for it", () => {
  const { registry } = new Fleet().start(0);
  const options = { name: "a_total", help: "A.", perWorker: true, registry };
  assertThrows(() => new Counter({ ...options, labelNames: ["worker"] }), RangeError, '"worker" is reserved');
  assertThrows(() => new Counter({ ...options, constLabels: { worker: 1 } }), RangeError, "reserved");
  assertThrows(() => new Counter({ ...options, perWorker: 1 as never }), TypeError, "true or false");
  assertThrows(() => new Gauge({ name: "g", help: "G.", perWorker: true, registry }), RangeError, "liveall");
});

Deno.test("case 43: workers that disagree on perWorker are told of it, and the first definition stays", () => {
  const fleet = new Fleet();
  new Counter({ name: "a_total", help: "A.", perWorker: true, registry: fleet.start(0).registry }).inc();
  new Counter({ name: "a_total", help: "A.", registry: fleet.start(1).registry }).inc();
  assertEquals([...fleet.scrape()], [['a_total{worker="0"}', 1]]);
  assertEquals(fleet.problems.length, 1);
});
