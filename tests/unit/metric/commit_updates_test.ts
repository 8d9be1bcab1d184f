import { assertEquals } from "@std/assert";
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
  counter.add(1);
  counter.add(2);
  gauge.set(1, undefined);
  gauge.add(4);
  for (const value of [0.5, 1.5, 0.75]) histogram.add(value);
  const { i32 } = registry.slab;
  for (const update of [counter, gauge, histogram]) {
    update.locate();
    const before = i32[update.cell32];
    update.move();
    assertEquals(i32[update.cell32], before + 1);
    update.settle();
    assertEquals(i32[update.cell32], before + 1);
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
