import { assert, assertEquals } from "@std/assert";
import type { Column } from "../../../src/collect/column.ts";
import { ExemplarColumn } from "../../../src/collect/exemplar_column.ts";
import { NativeColumn } from "../../../src/collect/native_column.ts";
import { mergeDetails } from "../../../src/collect/series_details.ts";
import { SlabSketches } from "../../../src/collect/sketch_column.ts";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { planCell } from "../../../src/metric/cell_plan.ts";
import type { Descriptor } from "../../../src/model/descriptor.ts";
import type { Exemplar } from "../../../src/model/samples.ts";
import { strideOf } from "../../../src/model/samples.ts";
import { NATIVE_EXEMPLARS } from "../../../src/slab/exemplar_choice.ts";
import { codeOf } from "../../../src/slab/native_code.ts";
import { addToSketch } from "../../../src/slab/sketch.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

const NATIVE = { schema: 3, zeroThreshold: 0.5, maxBuckets: 160, maxZeroThreshold: 0, minResetSeconds: 0 };

/** A column whose series have these places in the output; -1 for a hidden one. */
function columnOf(positions: number[], details: Partial<Column>): Column {
  return { count: positions.length, positions: Int32Array.from(positions), ...details } as Column;
}

/** The details of an output of so many series, two in a block. */
function detailsOf(
  descriptor: Descriptor,
  columns: Column[],
  output: { seriesCount: number; values?: number[]; merged?: number[]; wallMs?: number },
) {
  const stride = strideOf(descriptor);
  const values = Float64Array.from(output.values ?? new Array(stride * output.seriesCount).fill(0));
  const merged = Float64Array.from(output.merged ?? []);
  const { seriesCount, wallMs = 0 } = output;
  const details = mergeDetails(columns, {
    descriptor,
    stride,
    perBlock: 2,
    seriesCount,
    values,
    merged,
    wallMs,
  });
  return { details, values: [...values] };
}

function exemplarOf(value: number, timestamp = 1): Exemplar {
  return { labels: { id: String(value) }, value, timestamp };
}

/** Native buckets: so many observations in the bucket of each key. */
function nativesOf(...series: (Record<number, number> | undefined)[]): NativeColumn {
  const column = new NativeColumn();
  series.forEach((buckets, k) => {
    if (buckets === undefined) return;
    const keys = Object.keys(buckets).map(Number);
    column.put(k, {
      schema: 3,
      zeroThreshold: 0.5,
      zeroCount: 1,
      size: keys.length,
      codes: Int32Array.from(keys, (key) => codeOf(key, false)),
      counts: Float64Array.from(keys, (key) => buckets[key]),
    });
  });
  return column;
}

Deno.test("mergeDetails() has nothing to say of families without details", () => {
  for (const type of ["gauge", "counter", "histogram"] as const) {
    const { details } = detailsOf(descriptorOf({ name: "a", type }), [columnOf([0], {})], { seriesCount: 1 });
    assertEquals(details, []);
  }
});

Deno.test("mergeDetails() cuts exemplars into blocks by the places of their series", () => {
  const descriptor = descriptorOf({ name: "a_total", type: "counter", exemplars: true });
  const exemplars = new ExemplarColumn(1);
  [5, 6, 7].forEach((value, k) => exemplars.put(k, 0, exemplarOf(value)));
  const { details } = detailsOf(descriptor, [columnOf([2, -1, 0], { exemplars })], { seriesCount: 3 });
  assertEquals(details.map(({ exemplars }) => [...exemplars ?? []].map(([at, { value }]) => [at, value])), [
    [[0, 7]],
    [[0, 5]],
  ]);
  assertEquals(details.map((block) => "natives" in block), [false, false]);
});

Deno.test("mergeDetails() adds up the native buckets of all columns, series by series", () => {
  const descriptor = descriptorOf({ name: "h", type: "histogram", native: NATIVE });
  const columns = [
    columnOf([1, 0], { natives: nativesOf({ 2: 5, 7: 1 }, { 4: 4 }) }),
    columnOf([-1, 1], { natives: nativesOf({ 9: 9 }, { 2: 3 }) }),
  ];
  const { details } = detailsOf(descriptor, columns, { seriesCount: 2, values: [5, 50, 11, 110] });
  const [first, second] = details[0].natives!;
  assertEquals([[...first.positiveKeys], [...first.positiveCounts], first.zeroCount], [[4], [4], 1]);
  assertEquals([[...second.positiveKeys], [...second.positiveCounts], second.zeroCount], [[2, 7], [8, 1], 2]);
  assertEquals([first.count, first.sum, second.count, second.sum], [5, 50, 11, 110]);
});

Deno.test("mergeDetails() shows a series without observations as defined, and cuts into blocks", () => {
  const descriptor = descriptorOf({ name: "h", type: "histogram", native: NATIVE });
  const columns = [columnOf([0, 1, 2], { natives: nativesOf(undefined, undefined, { 1: 1 }) })];
  const { details } = detailsOf(descriptor, columns, { seriesCount: 3 });
  assertEquals(details.map(({ natives }) => natives?.length), [2, 1]);
  const [{ schema, zeroThreshold, zeroCount, positiveKeys, negativeKeys }] = details[0].natives!;
  assertEquals([schema, zeroThreshold, zeroCount, positiveKeys.length, negativeKeys.length], [
    3,
    0.5,
    0,
    0,
    0,
  ]);
});

Deno.test("mergeDetails() sorts a native histogram's exemplars by value, and keeps as many as one thread would", () => {
  const descriptor = descriptorOf({ name: "h", type: "histogram", native: NATIVE, exemplars: true });
  const columns = [0, 1].map((worker) => {
    const exemplars = new ExemplarColumn(NATIVE_EXEMPLARS);
    for (let slot = 0; slot < NATIVE_EXEMPLARS; slot++) {
      exemplars.put(0, slot, exemplarOf(2 ** (NATIVE_EXEMPLARS - slot) * (1 + worker), 100));
    }
    return columnOf([0], { exemplars, natives: nativesOf({ 1: 1 }) });
  });
  const { details } = detailsOf(descriptor, columns, { seriesCount: 1 });
  const [{ exemplars }] = details[0].natives!;
  const values = exemplars.map(({ value }) => value);
  assertEquals([values.length, values], [NATIVE_EXEMPLARS, values.toSorted((a, b) => a - b)]);
  assertEquals([values[0], values.at(-1)], [2, 2048], "what remains is spread over all values");
  assertEquals(details[0].exemplars, undefined, "there is no classic bucket for them to stand behind");
});

Deno.test("mergeDetails() tells a summary's quantiles from all columns, and takes sum and count as they were merged", () => {
  const descriptor = descriptorOf({ name: "s", type: "summary", quantiles: [0, 1], relativeError: 0.01 });
  const plan = planCell(descriptor).sketch!;
  const columns = [[1, 2], [50]].map((observations) => {
    const slab = createPrivateSlab(64 * PAGE_BYTES);
    for (const value of observations) addToSketch(slab, PAGE_BYTES / 4, plan, value, 0);
    return columnOf([1], { sketches: new SlabSketches(slab, plan, () => PAGE_BYTES / 4) });
  });
  const { details, values } = detailsOf(descriptor, columns, { seriesCount: 2, merged: [0, 0, 53, 3] });
  assertEquals(details, []);
  assertEquals([values.slice(0, 4), values.slice(6)], [[NaN, NaN, 0, 0], [53, 3]]);
  assert(Math.abs(values[4] - 1) <= 0.01 && Math.abs(values[5] - 50) <= 0.5, String(values));
});

Deno.test("mergeDetails() tells quantiles of the window that ends now", () => {
  const descriptor = descriptorOf({ name: "s", type: "summary", quantiles: [0.5], windowSeconds: 10 });
  const plan = planCell(descriptor).sketch!;
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  addToSketch(slab, PAGE_BYTES / 4, plan, 7, plan.slotOf(100_000));
  const median = (wallMs: number) => {
    const sketches = new SlabSketches(slab, plan, () => PAGE_BYTES / 4);
    return detailsOf(descriptor, [columnOf([0], { sketches })], { seriesCount: 1, merged: [7, 1], wallMs })
      .values;
  };
  assert(Math.abs(median(101_000)[0] - 7) < 0.1);
  assertEquals(median(115_000), [NaN, 7, 1], "sum and count are for ever");
});
