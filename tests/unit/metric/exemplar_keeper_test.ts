import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import type { Exemplar } from "../../../src/model/samples.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

const BASE = { help: "Help.", labelNames: ["a"], exemplars: true } as const;

function counterOf({ registry }: FleetWorker) {
  return new Counter({ ...BASE, name: "c_total", registry });
}

function histogramOf({ registry }: FleetWorker) {
  return new Histogram({ ...BASE, name: "h", buckets: [1, 2], registry });
}

/** Exemplars of one scrape, by family and by the place of their value. */
function exemplars(fleet: Fleet): Record<string, Record<number, Exemplar>> {
  const found: Record<string, Record<number, Exemplar>> = {};
  for (const block of fleet.collector.blocks()) {
    if (block.exemplars !== undefined) found[block.descriptor.name] = Object.fromEntries(block.exemplars);
  }
  return found;
}

function traced(id: string, timestamp: number) {
  return { exemplar: { id }, timestamp };
}

Deno.test("inc() and observe() keep the last exemplar of a counter and of each bucket", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const counter = counterOf(worker);
  const histogram = histogramOf(worker);
  counter.inc({ a: "x" });
  histogram.observe({ a: "x" }, 1);
  assertEquals(exemplars(fleet), {});
  counter.inc({ a: "x" }, 3, traced("1", 10));
  histogram.observe({ a: "x" }, 0.5, traced("2", 11));
  histogram.labels("x").observe(2, traced("3", 12));
  histogram.observe({ a: "x" }, 99, traced("4", 13));
  histogram.observe({ a: "x" }, 98, traced("5", 9));
  const first = exemplars(fleet);
  assertEquals(first, {
    c_total: { 0: { labels: { id: "1" }, value: 3, timestamp: 10 } },
    h: {
      0: { labels: { id: "2" }, value: 0.5, timestamp: 11 },
      1: { labels: { id: "3" }, value: 2, timestamp: 12 },
      2: { labels: { id: "5" }, value: 98, timestamp: 9 },
    },
  });
  counter.labels("x").inc(1, traced("6", 14));
  const second = exemplars(fleet);
  assertEquals(second.c_total[0].labels, { id: "6" });
  assertStrictEquals(second.h[0], first.h[0], "an exemplar that has not changed is the same object");
});

Deno.test("exemplars survive the merge: the newest of all workers, then the greatest value", () => {
  const fleet = new Fleet();
  const [a, b, c] = [0, 1, 2].map((slot) => counterOf(fleet.start(slot)));
  a.inc({ a: "x" }, 1, traced("old", 10));
  b.inc({ a: "x" }, 2, traced("new", 20));
  c.inc({ a: "x" }, 3, traced("newer", 20));
  c.inc({ a: "y" }, 5, traced("y", 1));
  assertEquals(exemplars(fleet).c_total, {
    0: { labels: { id: "newer" }, value: 3, timestamp: 20 },
    1: { labels: { id: "y" }, value: 5, timestamp: 1 },
  });
  assertEquals(fleet.scrape().get(`c_total{a="x"}`), 6);
});

Deno.test("exemplars outlive their worker and end with their series", () => {
  const fleet = new Fleet();
  const workers = [fleet.start(0), fleet.start(1)];
  const counters = workers.map(counterOf);
  counters[0].inc({ a: "x" }, 1, traced("dead", 10));
  fleet.end(workers[0]);
  assertEquals(exemplars(fleet).c_total[0].labels, { id: "dead" });
  counters[1].inc({ a: "x" }, 1, traced("older", 5));
  assertEquals(exemplars(fleet).c_total[0].labels, { id: "dead" });
  counters[1].remove({ a: "x" });
  assertEquals(exemplars(fleet), {});
  counters[1].inc({ a: "x" });
  assertEquals(exemplars(fleet), {}, "the series that comes back has none of its predecessor's");
});

Deno.test("a timer's end takes an exemplar", () => {
  const fleet = new Fleet();
  const histogram = histogramOf(fleet.start(0));
  histogram.startTimer({ a: "x" })(traced("t", 1));
  assertEquals(exemplars(fleet).h[0].labels, { id: "t" });
});

Deno.test("an exemplar is stamped with the time of day in seconds unless told otherwise", () => {
  const fleet = new Fleet();
  const before = Date.now() / 1000;
  counterOf(fleet.start(0)).inc({ a: "x" }, 1, { exemplar: { id: "1" } });
  const { timestamp } = exemplars(fleet).c_total[0];
  assert(timestamp >= before && timestamp <= Date.now() / 1000);
});

Deno.test("an update whose exemplar is refused is not counted", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const counter = counterOf(worker);
  const histogram = histogramOf(worker);
  const plain = new Counter({ name: "plain_total", help: "Plain.", registry: worker.registry });
  const long = { exemplar: { id: "x".repeat(127) } };
  assertThrows(
    () => counter.inc({ a: "x" }, 1, long),
    RangeError,
    'Cannot keep an exemplar of counter "c_total"',
  );
  assertThrows(() => histogram.observe({ a: "x" }, 1, long), RangeError, "wanted at most 128 code points");
  assertThrows(
    () => counter.inc({ a: "x" }, 1, { exemplar: { id: "1" }, timestamp: NaN }),
    RangeError,
    "timestamp",
  );
  assertThrows(
    () => plain.inc(1, { exemplar: { id: "1" } }),
    TypeError,
    'Cannot keep an exemplar of counter "plain_total": wanted a definition with exemplars, it has none',
  );
  assertEquals(
    [...fleet.scrape().values()].every((value) => value === 0),
    true,
  );
  plain.inc(2, {});
  assertEquals(fleet.scrape().get("plain_total"), 2);
});

Deno.test("a refused value leaves the exemplar that was there", () => {
  const fleet = new Fleet();
  const counter = counterOf(fleet.start(0));
  counter.inc({ a: "x" }, 1, traced("1", 10));
  assertThrows(() => counter.inc({ a: "x" }, -1, traced("2", 11)), RangeError);
  assertEquals(exemplars(fleet).c_total[0].labels, { id: "1" });
});

Deno.test("an exemplar too long for its place is counted without it", () => {
  const fleet = new Fleet();
  const counter = counterOf(fleet.start(0));
  counter.inc({ a: "x" }, 1, { exemplar: { id: "😀".repeat(120) } });
  assertEquals(exemplars(fleet), {});
  assertEquals(fleet.scrape().get(`c_total{a="x"}`), 1);
});
