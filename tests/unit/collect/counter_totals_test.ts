import { assertEquals } from "@std/assert";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Fleet } from "../../_support/fleet.ts";

const SERIES = 250;
const LABELS = Array.from({ length: SERIES }, (_, i) => ({ x: `s${i}` }));

/** Workers of one program, each with the same series, and what they counted in all. */
function setup(workerCount: number, order: (worker: number, i: number) => number = (_, i) => i) {
  const fleet = new Fleet();
  const expected = new Map<string, number>();
  const workers = Array.from({ length: workerCount }, (_, slot) => fleet.start(slot));
  const counters = workers.map(({ registry }) =>
    new Counter({ name: "a_total", help: "h", labelNames: ["x"], registry })
  );
  const inc = (worker: number, i: number, value: number) => {
    counters[worker].inc(LABELS[i], value);
    const key = `a_total{x="s${i}"}`;
    expected.set(key, (expected.get(key) ?? 0) + value);
  };
  for (let w = 0; w < workerCount; w++) {
    for (let i = 0; i < SERIES; i++) inc(w, order(w, i), 1 + w * 1000 + i);
  }
  const check = () => assertEquals(new Map([...fleet.scrape()].sort()), new Map([...expected].sort()));
  return { fleet, workers, counters, inc, check, expected };
}

for (const workerCount of [1, 3, 4, 5, 8, 9]) {
  Deno.test(`CounterTotals: whole counters of ${workerCount} workers add up, again and again`, () => {
    const { inc, check } = setup(workerCount);
    check();
    inc(workerCount - 1, 7, 5);
    check();
  });
}

Deno.test("CounterTotals: workers that made their series in other orders add up too", () => {
  const { check, inc } = setup(8, (worker, i) => worker % 3 === 0 ? i : (i * 7 + worker) % SERIES);
  check();
  inc(2, 3, 1);
  check();
});

for (const workerCount of [2, 4, 8]) {
  Deno.test(`CounterTotals: a counter that carries or counts a fraction in one of ${workerCount} workers`, () => {
    const { check, inc } = setup(workerCount);
    check();
    inc(workerCount - 1, 100, 0.5);
    check();
    inc(workerCount - 2, 101, 2 ** 31);
    check();
    inc(0, 100, 0.25);
    check();
    // What carried once may carry again, beside another that did not yet.
    inc(workerCount - 2, 101, 2 ** 31);
    inc(0, 102, 2 ** 32 + 1);
    check();
    inc(workerCount - 1, 101, 1);
    check();
  });
}

Deno.test("CounterTotals: new series, removed series and other families on the same pages", () => {
  const { fleet, check, counters, workers, expected, inc } = setup(5);
  check();
  for (const { registry } of workers) {
    new Counter({ name: "b_total", help: "h", registry }).inc(0.5);
    new Gauge({ name: "c", help: "h", registry }).set(1);
  }
  for (let w = 0; w < 5; w++) counters[w].inc({ x: "new" }, w);
  expected.set('a_total{x="new"}', 10);
  expected.set("b_total", 2.5);
  expected.set("c", 5);
  check();
  counters[1].remove("s5");
  expected.delete('a_total{x="s5"}');
  fleet.scrape();
  for (const { registry } of workers) registry.beat();
  check();
  inc(2, 5, 3);
  check();
});

for (const workerCount of [5, 6]) {
  Deno.test(`CounterTotals: the ends of workers change no total, from ${workerCount} on`, () => {
    const { fleet, check, workers, inc } = setup(workerCount);
    check();
    fleet.end(workers[2]);
    check();
    inc(3, 9, 4);
    inc(4, 9, 2 ** 31);
    fleet.end(workers[0]);
    check();
    inc(1, 10, 0.5);
    check();
  });
}
