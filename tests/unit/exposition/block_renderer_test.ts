import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BlockRenderer, type FamilyLayout, type SlotWriter } from "../../../src/exposition/block_renderer.ts";
import type { FamilySamples, NativeHistogram } from "../../../src/model/samples.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

/** Lays a series out as a line for each column, and counts how often a slot is written. */
class Columns implements FamilyLayout {
  readonly slotColumns: readonly (readonly [number, number])[];
  readonly showsCreated: boolean;
  readonly showsNatives: boolean;
  writes = 0;
  skeletons = 0;

  constructor(
    columns: readonly (readonly [number, number])[],
    shows: { created?: boolean; natives?: boolean } = {},
  ) {
    this.slotColumns = columns;
    this.showsCreated = shows.created === true;
    this.showsNatives = shows.natives === true;
  }

  skeleton({ block, first, created }: FamilySamples) {
    this.skeletons++;
    const lines = block.series.flatMap(() => this.slotColumns.map(() => "=\n")).join("");
    const text = `${first ? "#" : "-"}${this.showsCreated ? created?.join() ?? "" : ""}\n${lines}`;
    const start = text.length - lines.length;
    const slotOffsets = Int32Array.from({ length: lines.length / 2 }, (_, i) => start + i * 2 + 1);
    const slotWriters = this.slotColumns.map(([first, end]): SlotWriter => (writer, samples, index) => {
      this.writes++;
      const shown = samples.values.slice(index, index + end - first).join();
      const exemplar = samples.exemplars?.get(index);
      const native = samples.natives?.[Math.trunc(index / samples.stride)];
      writer.text(`${shown}${exemplar ? `#${exemplar.value}` : ""}${native ? `n${native.zeroCount}` : ""}`);
    });
    return { bytes: new TextEncoder().encode(text), slotOffsets, slotWriters };
  }
}

/** A renderer of one layout, and what a block looks like in it. */
function rendererOf(layout: FamilyLayout) {
  const renderer = new BlockRenderer(() => layout);
  return {
    renderer,
    text(samples: FamilySamples): string {
      const lent = renderer.render(samples);
      lent.release();
      return new TextDecoder().decode(lent.bytes);
    },
  };
}

const exemplarOf = (value: number) => ({ labels: {}, value, timestamp: 1 });
const nativeOf = (zeroCount: number): NativeHistogram => ({
  schema: 0,
  zeroThreshold: 0,
  zeroCount,
  count: 1,
  sum: 1,
  positiveKeys: new Int32Array(),
  positiveCounts: new Float64Array(),
  negativeKeys: new Int32Array(),
  negativeCounts: new Float64Array(),
  exemplars: [],
});

Deno.test("BlockRenderer writes the slots alone whose values changed", () => {
  const layout = new Columns([[0, 1]]);
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "g", type: "gauge", labelNames: ["a"] }, [["1"], ["2"], ["3"]]);
  assertEquals([text(family.samples([1, 2, 3])), layout.writes], ["#\n=1\n=2\n=3\n", 3]);
  assertEquals([text(family.samples([1, 20, 3])), layout.writes], ["#\n=1\n=20\n=3\n", 4]);
  assertEquals(layout.skeletons, 1);
});

Deno.test("BlockRenderer looks at all columns that a slot shows, and at no other", () => {
  const layout = new Columns([[0, 2], [2, 3]]);
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [1, 2] });
  assertEquals(text(family.samples([1, 2, 3, 4])), "#\n=1,2\n=3\n");
  assertEquals([text(family.samples([1, 5, 3, 4])), layout.writes], ["#\n=1,5\n=3\n", 3]);
  // The sum stands in no slot.
  assertEquals([text(family.samples([1, 5, 3, 9])), layout.writes], ["#\n=1,5\n=3\n", 3]);
});

Deno.test("BlockRenderer lends the same bytes while nothing changes, and new ones else", () => {
  const { renderer } = rendererOf(new Columns([[0, 1]]));
  const family = new TestFamily({ name: "g", type: "gauge" });
  const first = renderer.render(family.samples([1])).bytes;
  assertStrictEquals(renderer.render(family.samples([1])).bytes, first);
  const second = renderer.render(family.samples([2])).bytes;
  assertNotStrictEquals(second, first);
  assertEquals(new TextDecoder().decode(first), "#\n=1\n", "who reads the first ones still can");
});

Deno.test("BlockRenderer tells the zeros apart, and takes NaN for NaN", () => {
  const layout = new Columns([[0, 1]]);
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "g", type: "gauge" });
  for (const value of [0, -0, NaN, NaN, 0]) text(family.samples([value]));
  assertEquals(layout.writes, 4);
});

Deno.test("BlockRenderer does not look at values whose version it has shown", () => {
  const { text } = rendererOf(new Columns([[0, 1]]));
  const family = new TestFamily({ name: "g", type: "gauge" });
  assertEquals(text(family.samples([1], { version: 7 })), "#\n=1\n");
  assertEquals(
    text(family.samples([2], { version: 7 })),
    "#\n=1\n",
    "the version promises that it is still 1",
  );
  assertEquals(text(family.samples([2], { version: 8 })), "#\n=2\n");
  assertEquals(text(family.samples([3])), "#\n=3\n");
  assertEquals(
    text(family.samples([4], { version: 8 })),
    "#\n=4\n",
    "the version was not the last one shown",
  );
});

Deno.test("BlockRenderer looks again at a block whose slot could not be written", () => {
  let fails = true;
  const layout = new Columns([[0, 1]]);
  const skeleton = layout.skeleton.bind(layout);
  layout.skeleton = (samples) => {
    const made = skeleton(samples);
    const write: SlotWriter = (...args) => {
      if (fails) throw new Error("no room");
      made.slotWriters[0](...args);
    };
    return { ...made, slotWriters: [write] };
  };
  const { text } = rendererOf(layout);
  const samples = new TestFamily({ name: "g", type: "gauge" }).samples([1], { version: 7 });
  assertThrows(() => text(samples), Error, "no room");
  fails = false;
  assertEquals(text(samples), "#\n=1\n");
});

Deno.test("BlockRenderer notices exemplars that come, change and go while values and version stay", () => {
  const layout = new Columns([[0, 1]]);
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "c_total", type: "counter", exemplars: true });
  const [one, two] = [exemplarOf(1), exemplarOf(2)];
  const scrape = (exemplar?: typeof one) =>
    text(
      family.samples([5], { version: 1, exemplars: exemplar ? new Map([[0, exemplar]]) : undefined }),
    );
  assertEquals([undefined, one, one, two, undefined].map(scrape), [
    "#\n=5\n",
    "#\n=5#1\n",
    "#\n=5#1\n",
    "#\n=5#2\n",
    "#\n=5\n",
  ]);
  assertEquals(layout.writes, 4, "the same exemplar is not written twice");
});

Deno.test("BlockRenderer writes native buckets each time, and changes the bytes only where they differ", () => {
  const layout = new Columns([[0, 1]], { natives: true });
  const { renderer, text } = rendererOf(layout);
  const family = new TestFamily({ name: "h", type: "histogram" });
  const samplesOf = (zeroCount: number) =>
    family.samples([1, 1], { version: 1, natives: [nativeOf(zeroCount)] });
  assertEquals(text(samplesOf(3)), "#\n=1n3\n");
  const { bytes } = renderer.render(samplesOf(3));
  assertEquals([renderer.render(samplesOf(3)).bytes === bytes, layout.writes], [true, 3]);
  assertEquals(text(samplesOf(4)), "#\n=1n4\n");
});

Deno.test("BlockRenderer makes a block anew when it begins to be the first, or counts from another moment", () => {
  const layout = new Columns([[0, 1]], { created: true });
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "c_total", type: "counter" });
  const at = (seconds: number) => ({ created: Float64Array.of(seconds) });
  assertEquals(text(family.samples([1], at(5))), "#5\n=1\n");
  assertEquals([text(family.samples([1], at(5))), layout.skeletons], ["#5\n=1\n", 1]);
  assertEquals(text(family.samples([1], at(6))), "#6\n=1\n");
  assertEquals(text(family.samples([1])), "#\n=1\n");
  assertEquals(text(family.samples([1], { first: false })), "-\n=1\n");
  const unseen = rendererOf(new Columns([[0, 1]]));
  const before = unseen.renderer.render(family.samples([1], at(5))).bytes;
  assertStrictEquals(unseen.renderer.render(family.samples([1], at(6))).bytes, before);
});

Deno.test("BlockRenderer keeps no array of the collector's, which uses them again", () => {
  const layout = new Columns([[0, 1]], { created: true });
  const { text } = rendererOf(layout);
  const family = new TestFamily({ name: "c_total", type: "counter" });
  const samples = family.samples([1], { created: Float64Array.of(5) });
  text(samples);
  samples.values[0] = 2;
  samples.created![0] = 6;
  assertEquals(text(samples), "#6\n=2\n");
});

Deno.test("BlockRenderer reads values that stand somewhere within a buffer", () => {
  const { text } = rendererOf(new Columns([[0, 1]]));
  const family = new TestFamily({ name: "g", type: "gauge", labelNames: ["a"] }, [["1"], ["2"]]);
  const memory = Float64Array.of(9, 9, 1, 2, 9);
  const samples = family.samples([], { values: memory.subarray(2, 5) });
  assertEquals(text(samples), "#\n=1\n=2\n");
  memory[3] = 7;
  assertEquals(text(samples), "#\n=1\n=7\n");
});
