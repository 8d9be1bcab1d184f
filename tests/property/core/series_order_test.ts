/**
 * The order of a family's series, however they come and go.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { compareLabels } from "../../../src/collect/series_blocks.ts";
import { SeriesOrder } from "../../../src/collect/series_order.ts";
import { testProperty } from "../../_support/property.ts";

function make(labels: string[][]): { order: SeriesOrder; sorted: (indexes: Iterable<number>) => number[] } {
  return {
    order: new SeriesOrder((index) => labels[index]),
    sorted: (indexes) => [...indexes].sort((a, b) => compareLabels(labels[a], labels[b])),
  };
}

const batch = fc.uniqueArray(fc.tuple(fc.nat(9000), fc.nat(3)), {
  maxLength: 1500,
  size: "max",
  selector: String,
});

testProperty(
  "SeriesOrder sorts whatever comes, whenever it comes, and forgets what is taken out",
  fc.property(fc.array(fc.tuple(batch, fc.nat(40), fc.nat(6)), { maxLength: 5 }), (batches) => {
    const labels: string[][] = [];
    const { order, sorted } = make(labels);
    const here = new Set<number>();
    const seen = new Set<string>();
    for (const [added, steps, every] of batches) {
      for (const label of added) {
        if (seen.has(String(label))) continue;
        seen.add(String(label));
        here.add(labels.length);
        order.add(labels.length);
        labels.push(label.map(String));
      }
      let left = steps;
      for (const _ of order.sorting()) if (left-- === 0) break;
      if (every < 2) continue;
      const gone = new Set([...here].filter((index) => index % every === 0));
      for (const index of gone) here.delete(index);
      order.delete(gone);
      assertEquals([...order.all()], sorted(here));
    }
    assertEquals([...order.all()], sorted(here));
  }),
  { runs: 60 },
);

Deno.test("SeriesOrder.sorting() has a pause every millisecond or so, also for one series among many", () => {
  const labels = Array.from({ length: 50_000 }, (_, i) => [String((i * 7919) % 50_000), "x"]);
  const { order, sorted } = make(labels);
  for (let i = 0; i < labels.length - 1; i++) order.add(i);
  let pauses = 0;
  for (const _ of order.sorting()) pauses++;
  assertGreater(pauses, 150);
  order.add(labels.length - 1);
  pauses = 0;
  for (const _ of order.sorting()) pauses++;
  assert(pauses < 10, `${pauses} pauses for one series`);
  assertEquals([...order.all()], sorted(labels.keys()));
});

Deno.test("two who sort in turns share what is left", () => {
  const labels = Array.from({ length: 20_000 }, (_, i) => [String((i * 7919) % 20_000)]);
  const { order, sorted } = make(labels);
  for (let i = 0; i < 15_000; i++) order.add(i);
  const [one, other] = [order.sorting()[Symbol.iterator](), order.sorting()[Symbol.iterator]()];
  for (let i = 0; i < 20; i++) [one, other][i % 2].next();
  for (let i = 15_000; i < labels.length; i++) order.add(i);
  while (!one.next().done) other.next();
  assertEquals([...order.all()], sorted(labels.keys()));
});
