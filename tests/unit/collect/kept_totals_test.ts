import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import type { FamilySamples } from "../../../src/model/samples.ts";
import { KeptTotals } from "../../../src/collect/kept_totals.ts";
import { RetiredColumn } from "../../../src/collect/retired_column.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { createTextFormat } from "../../../src/exposition/text_sink.ts";
import { Fleet } from "../../_support/fleet.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

Deno.test("KeptTotals shows what moved, and by block when", () => {
  const values = new Float64Array(5);
  const retired = new RetiredColumn(descriptorOf({ name: "a_total", type: "counter" }));
  const parts = { order: [4, 0, 3, 1, 5], values, perBlock: 2, retired, steady: undefined };
  const kept = new KeptTotals(parts, Float64Array.of(10, 11, 12, 13, 14, 15), 7);
  assertEquals([...values], [14, 10, 13, 11, 15]);
  assertEquals([...kept.moved], [7, 7, 7]);
  kept.update(Float64Array.of(10, 11, 99, 13, 14, 15), [2, 3], 8);
  assertEquals([...kept.moved], [7, 7, 7], "series 2 is not shown");
  kept.update(Float64Array.of(10, 20, 99, 13, 14, 15), [0, 2, 4, 6], 9);
  assertEquals([...values], [14, 10, 13, 20, 15]);
  assertEquals([...kept.moved], [7, 9, 7]);
});

/** Two workers of one program, with enough series for three blocks. */
function setup() {
  const fleet = new Fleet();
  const workers = [0, 1].map((slot) => fleet.start(slot, { bytes: 2 ** 22 }));
  const counters = workers.map(({ registry }) =>
    new Counter({ name: "a_total", help: "h", labelNames: ["x"], registry, maxSeries: 10_000 })
  );
  const label = (i: number) => ({ x: String(i).padStart(5, "0") });
  for (const counter of counters) for (let i = 0; i < 9000; i++) counter.inc(label(i), 1 + i);
  const blocks = (): FamilySamples[] =>
    [...fleet.collector.blocks()].filter(({ descriptor }) => descriptor.name === "a_total")
      .map((samples) => ({ ...samples, values: samples.values.slice() }));
  return { fleet, workers, counters, label, blocks };
}

const versions = (blocks: readonly FamilySamples[]) => blocks.map(({ version }) => version);

Deno.test("blocks whose counters stand still keep their version, the others get a new one", () => {
  const { counters, label, blocks } = setup();
  blocks();
  const first = blocks();
  assertEquals(first.length, 3);
  assertEquals(versions(blocks()), versions(first));
  counters[1].inc(label(4500), 3);
  const moved = blocks();
  assertEquals(moved[1].values[4500 - 4096], 2 * 4501 + 3);
  assertEquals([0, 2].map((b) => moved[b].version), [0, 2].map((b) => first[b].version));
  assertNotEquals(moved[1].version, first[1].version);
  counters[0].inc(label(0), 0.5);
  assertEquals(
    versions(blocks()),
    [undefined, undefined, undefined],
    "sums of fractions depend on their order",
  );
});

Deno.test("what ended workers left is in the kept totals, and a new block has a new version", () => {
  const { fleet, workers, counters, label, blocks } = setup();
  blocks();
  const first = blocks();
  fleet.collector.retire(workers[1].source);
  blocks();
  const after = blocks();
  assertNotEquals(versions(after), versions(first));
  assertEquals(after.map(({ values }) => [...values]), first.map(({ values }) => [...values]));
  after.forEach(({ block }, b) => assertStrictEquals(block, first[b].block, "formats keep its body"));
  counters[0].inc(label(8999));
  assertEquals(blocks()[2].values[8999 - 8192], 2 * 9000 + 1);
});

Deno.test("a new label set leaves the blocks before it as they are", () => {
  const { counters, label, blocks } = setup();
  const first = blocks();
  counters[0].inc({ x: "05000a" });
  const added = blocks();
  assertEquals(added.map(({ block }) => block.series.length), [4096, 4096, 809]);
  assertStrictEquals(added[0].block, first[0].block);
  assertEquals(added[1].block.series[5001 - 4096], ["05000a"]);
  assertEquals(added[1].block.series[5002 - 4096], [label(5001).x]);
  assertEquals(added.flatMap(({ block }) => block.series).length, 9001);
  counters[1].inc({ x: "z" });
  const grown = blocks();
  assertStrictEquals(grown[1].block, added[1].block);
  assertEquals(grown[2].block.series.at(-1), ["z"]);
});

Deno.test("a format that was not asked for a while shows all that moved meanwhile", () => {
  const { fleet, counters, label } = setup();
  const formats = [createTextFormat(), createTextFormat()];
  const bodyOf = (format: (typeof formats)[number]) => {
    const sink = format.sink();
    fleet.collector.gather(sink, new Set(["a_total"]));
    const text = sink.finish().map((chunk) => new TextDecoder().decode(chunk)).join("");
    sink.release();
    return text;
  };
  for (let round = 0; round < 3; round++) formats.forEach(bodyOf);
  for (let i = 0; i < 9000; i += 1000) {
    counters[0].inc(label(i));
    bodyOf(formats[0]);
  }
  assertEquals(bodyOf(formats[1]), bodyOf(formats[0]));
  assertEquals(bodyOf(formats[1]), bodyOf(createTextFormat()));
});
