/**
 * Totals of any numbers, whoever dies on the way: exact where numbers are whole, near enough elsewhere, never shrinking.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Fleet } from "../../_support/fleet.ts";
import { testProperty } from "../../_support/property.ts";

const anyAmount = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
  fc.double({ min: 0, max: 10, noNaN: true }),
  fc.double({ min: 0, max: 1e-9, noNaN: true }),
  fc.constantFrom(2 ** 31 - 1, 0.1, 1e15),
);

const plan = fc.record({
  workers: fc.integer({ min: 1, max: 7 }),
  updates: fc.array(
    fc.record({
      worker: fc.nat(6),
      series: fc.constantFrom("a", "b", "c"),
      by: anyAmount,
      then: fc.oneof(
        { weight: 6, arbitrary: fc.constant("nothing" as const) },
        { weight: 2, arbitrary: fc.constant("scrape" as const) },
        { weight: 1, arbitrary: fc.constant("end" as const) },
      ),
    }),
    { maxLength: 200, size: "max" },
  ),
});

testProperty(
  "case 28, case 30: Collector's totals never shrink, and end up right",
  fc.property(plan, ({ workers, updates }) => {
    const fleet = new Fleet();
    const begin = (slot: number) => {
      const worker = fleet.start(slot);
      const options = { help: "Help.", labelNames: ["s"] as const, registry: worker.registry };
      return {
        worker,
        any: new Counter({ name: "any_total", ...options }),
        whole: new Counter({ name: "whole_total", ...options }),
        seconds: new Histogram({ name: "seconds", buckets: [0.1, 1, 5], ...options }),
      };
    };
    const alive = Array.from({ length: workers }, (_, slot) => begin(slot));
    const wanted = { any: 0, whole: 0, sum: 0, count: 0 };
    let before = fleet.scrape();
    const scrape = () => {
      const now = fleet.scrape();
      for (const [name, value] of before) {
        assert(now.get(name)! >= value, `${name} went from ${value} to ${now.get(name)}`);
      }
      before = now;
    };
    for (const { worker, series: s, by, then } of updates) {
      const slot = worker % workers;
      const { any, whole, seconds } = alive[slot];
      any.inc({ s }, by);
      whole.inc({ s }, Math.floor(by));
      seconds.observe({ s }, by);
      wanted.any += by;
      wanted.whole += Math.floor(by);
      wanted.sum += by;
      wanted.count++;
      if (then === "nothing") continue;
      scrape();
      if (then === "scrape") continue;
      fleet.end(alive[slot].worker);
      scrape();
      alive[slot] = begin(slot);
    }
    scrape();
    const total = (name: string) =>
      ["a", "b", "c"].reduce((sum, s) => sum + (before.get(`${name}{s="${s}"}`) ?? 0), 0);
    if (wanted.whole <= Number.MAX_SAFE_INTEGER) assertEquals(total("whole_total"), wanted.whole);
    assertEquals(total("seconds_count"), wanted.count);
    assert(Math.abs(total("any_total") - wanted.any) <= 1e-9 * wanted.any);
    assert(Math.abs(total("seconds_sum") - wanted.sum) <= 1e-9 * wanted.sum);
  }),
  { runs: 150 },
);
