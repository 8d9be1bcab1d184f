import { assertEquals, assertThrows } from "@std/assert";
import { IdleSeries } from "../../../src/collect/idle_series.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("IdleSeries.find() names what has not changed for the time to live", () => {
  const idle = new IdleSeries({ ttlSeconds: 10, stride: 2 });
  assertEquals(idle.find([3, 5], Float64Array.of(1, 2, 3, NaN), 0), []);
  assertEquals(idle.find([3, 5], Float64Array.of(1, 2, 3, NaN), 9_999), []);
  assertEquals(idle.find([5, 3], Float64Array.of(3, NaN, 1, 2.5), 10_000), [0]);
  assertEquals(idle.find([3], Float64Array.of(1, 2.5), 19_999), []);
  assertEquals(idle.find([3], Float64Array.of(1, 2.5), 20_000), [0]);
  idle.forget(3);
  assertEquals(idle.find([3], Float64Array.of(1, 2.5), 30_000), []);
});

Deno.test("a series that no worker changes for ttlSeconds vanishes from all, and comes back with the next update", () => {
  let now = 0;
  const fleet = new Fleet({ now: () => now });
  const workers = [fleet.start(0), fleet.start(1)];
  const counters = workers.map(({ registry }) =>
    new Counter({ name: "jobs_total", help: "h", labelNames: ["user"], ttlSeconds: 60, registry })
  );
  const scrape = () => {
    const samples = [...fleet.scrape()];
    for (const { registry } of workers) registry.beat();
    return samples;
  };
  for (const counter of counters) counter.inc({ user: "a" });
  counters[0].inc({ user: "b" });
  scrape();
  now = 59_000;
  counters[1].inc({ user: "b" });
  scrape();
  now = 61_000;
  assertEquals(scrape().length, 2, "the pass that finds a series idle still shows it");
  assertEquals(scrape(), [['jobs_total{user="b"}', 2]]);
  counters[1].inc({ user: "a" }, 4);
  assertEquals(scrape(), [['jobs_total{user="a"}', 4], ['jobs_total{user="b"}', 2]]);
});

Deno.test("ttlSeconds is refused where it cannot be", () => {
  const registry = new Registry();
  for (const ttlSeconds of [-1, NaN, Infinity]) {
    assertThrows(
      () => new Counter({ name: "a_total", help: "h", labelNames: ["x"], ttlSeconds, registry }),
      RangeError,
      "wanted ttlSeconds as a number from 0",
    );
  }
  assertThrows(
    () => new Counter({ name: "a_total", help: "h", ttlSeconds: 5, registry }),
    RangeError,
    "no labels",
  );
});
