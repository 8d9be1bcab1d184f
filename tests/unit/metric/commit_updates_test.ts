import { assertEquals } from "@std/assert";
import { GAUGE_FLIP } from "../../../src/layout/gauge_cell.ts";
import {
  CounterUpdate,
  GaugeUpdate,
  HistogramUpdate,
  UpdatePool,
} from "../../../src/metric/commit_updates.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import type { ClassicChild } from "../../../src/metric/histogram_child.ts";
import { Registry } from "../../../src/registry/registry.ts";

Deno.test("each update moves its cell by one flip, whatever it has collected", () => {
  const registry = new Registry({ slabBytes: 1 << 16 });
  const [counter, gauge, histogram] = [new CounterUpdate(), new GaugeUpdate(), new HistogramUpdate()];
  counter.begin(new Counter({ name: "a_total", help: "A.", registry }).ownChild());
  gauge.begin(new Gauge({ name: "b", help: "B.", registry }).ownChild());
  const seconds = new Histogram({ name: "c", help: "C.", buckets: [1], registry });
  histogram.begin(seconds.ownChild() as ClassicChild);
  const { i32 } = registry.slab;
  // The second time the gauge goes from a whole number to a whole number, which outside of commits takes no flip.
  for (let time = 0; time < 2; time++) {
    counter.add(1);
    counter.add(2);
    gauge.set(1, undefined);
    gauge.add(4);
    for (const value of [0.5, 1.5, 0.75]) histogram.add(value);
    for (const update of [counter, gauge, histogram]) {
      update.locate();
      const flips = () => update === gauge ? i32[update.cell32] / GAUGE_FLIP | 0 : i32[update.cell32];
      const [copy, before] = [i32[update.cell32] & 1, flips()];
      update.move();
      assertEquals([flips(), i32[update.cell32] & 1], [before + 1, copy ^ 1]);
    }
  }
});

Deno.test("UpdatePool takes its updates back and holds no child any more", () => {
  const registry = new Registry({ slabBytes: 1 << 16 });
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry });
  const [a, b] = [counter.labels("a"), counter.labels("b")];
  const pool = new UpdatePool(() => new CounterUpdate());
  const first = pool.take();
  first.begin(a);
  pool.take().begin(b);
  assertEquals(pool.find(a), first);
  pool.clear();
  assertEquals([pool.find(a), pool.find(b), first.child], [undefined, undefined, undefined]);
  assertEquals(pool.take(), first);
});
