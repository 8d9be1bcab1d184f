import { assert, assertEquals, assertThrows } from "@std/assert";
import { toSpans } from "../../../src/exposition/native_spans.ts";
import { Histogram, type HistogramOptions } from "../../../src/metric/histogram.ts";
import type { FamilySamples, NativeHistogram } from "../../../src/model/samples.ts";
import { Registry } from "../../../src/registry/registry.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";
import { nativeModel, sorted } from "../../_support/native_model.ts";

const GOLDEN = [0, 1, 2, -1, -3.5, 1e-50, Infinity, 0.5, 4, 1e300];

function define({ registry }: { registry: Registry }, options: Partial<HistogramOptions> = {}) {
  return new Histogram({ name: "h", help: "H.", native: true, registry, ...options });
}

/** The one block of a scrape, its values copied. */
function scrape(fleet: Fleet): FamilySamples {
  const [block] = fleet.collector.blocks(new Set(["h"]));
  return { ...block, values: block.values.slice() };
}

function nativeOf(fleet: Fleet): NativeHistogram {
  return scrape(fleet).natives![0];
}

function assertNative(native: NativeHistogram, observations: readonly number[]): void {
  const model = nativeModel(observations, native);
  const pairs = (keys: Int32Array, counts: Float64Array) => Array.from(keys, (key, i) => [key, counts[i]]);
  assertEquals(pairs(native.positiveKeys, native.positiveCounts), sorted(model.positive));
  assertEquals(pairs(native.negativeKeys, native.negativeCounts), sorted(model.negative));
  assertEquals([native.zeroCount, native.count], [model.zeroCount, observations.length]);
}

Deno.test("a native histogram shows the golden vector, split over two workers too", () => {
  for (const workerCount of [1, 2, 3]) {
    const fleet = new Fleet();
    const workers = Array.from({ length: workerCount }, (_, slot) => define(fleet.start(slot)));
    GOLDEN.forEach((value, i) => workers[i % workerCount].observe(value));
    const native = nativeOf(fleet);
    assertEquals([native.schema, native.zeroThreshold, native.zeroCount], [3, 2.938735877055719e-39, 2]);
    assertEquals(toSpans(native.negativeKeys, native.negativeCounts), {
      spans: [{ offset: 0, length: 1 }, { offset: 14, length: 1 }],
      counts: [1, 1],
    });
    assertEquals(toSpans(native.positiveKeys, native.positiveCounts), {
      spans: [-8, 7, 7, 7, 7956, 219].map((offset) => ({ offset, length: 1 })),
      counts: [1, 1, 1, 1, 1, 1],
    });
    assertNative(native, GOLDEN);
    assertEquals([...scrape(fleet).values], [10, Infinity]);
  }
});

Deno.test("a histogram may have classic and native buckets, which agree", () => {
  const fleet = new Fleet();
  const workers = [0, 1].map((slot) => define(fleet.start(slot), { buckets: [1, 10] }));
  workers[0].observe(0.5);
  workers[1].observe(5);
  workers[1].observe(NaN);
  const { values, natives } = scrape(fleet);
  assertEquals([...values], [1, 2, 3, NaN]);
  assertEquals(natives?.[0].count, 3);
  assertNative(natives![0], [0.5, 5, NaN]);
});

Deno.test("a native histogram without observations is exposed, empty", () => {
  const fleet = new Fleet();
  define(fleet.start(0), { native: { schema: 5, zeroThreshold: 0.25 } });
  const native = nativeOf(fleet);
  assertEquals([native.schema, native.zeroThreshold, native.count, native.sum], [5, 0.25, 0, 0]);
  assertEquals(native.positiveKeys.length + native.negativeKeys.length, 0);
});

Deno.test("native buckets of workers with different resolutions merge exactly, and survive the workers", () => {
  const fleet = new Fleet();
  const slots = [0, 1, 2].map((slot) => fleet.start(slot));
  const histograms = slots.map((worker) => define(worker, { native: { schema: 8, maxBuckets: 16 } }));
  const observations: number[] = [];
  for (let i = 0; i < 300; i++) {
    const slot = i % 3;
    const value = slot === 0 ? 1 + i / 3e5 : Math.exp(((i * 17) % 50) / 10 - (slot === 1 ? 2 : 5));
    histograms[slot].observe(value);
    observations.push(value);
  }
  const before = nativeOf(fleet);
  assert(before.schema < 8);
  assertNative(before, observations);
  fleet.end(slots[1]);
  assertEquals(nativeOf(fleet), before);
  fleet.end(slots[0]);
  fleet.end(slots[2]);
  assertEquals(nativeOf(fleet), before);
});

Deno.test("a native histogram's removal and its reset by hand", () => {
  const fleet = new Fleet();
  const worker = fleet.start(0);
  const histogram = new Histogram({
    name: "h",
    help: "H.",
    labelNames: ["a"],
    native: true,
    registry: worker.registry,
  });
  histogram.observe({ a: "x" }, 3);
  assertEquals(nativeOf(fleet).count, 1);
  histogram.remove({ a: "x" });
  assertEquals(scrape(fleet).block.series, []);
  histogram.observe({ a: "x" }, 5);
  assertNative(nativeOf(fleet), [5]);
});

Deno.test("a native histogram that one worker resets begins anew for all of them, once", () => {
  const now = { ms: 1_000_000 };
  const fleet = new Fleet();
  const histogramOf = (worker: FleetWorker) =>
    define(worker, { buckets: [1], native: { schema: 3, maxBuckets: 4, minResetSeconds: 60 } });
  const workers = [0, 1].map((slot) => fleet.start(slot, { wallNow: () => now.ms }));
  const [a, b] = workers.map(histogramOf);
  const ended = fleet.start(2);
  histogramOf(ended).observe(0.5);
  fleet.end(ended);
  [1, 2, 4, 8].forEach((value) => a.observe(value));
  b.observe(3);
  assertNative(nativeOf(fleet), [1, 2, 4, 8, 3, 0.5]);
  now.ms += 60_000;
  a.observe(16);
  const reset = scrape(fleet);
  assertNative(reset.natives![0], [16]);
  assertEquals([...reset.values], [0, 1, 16]);
  assertEquals(reset.created?.[0], now.ms / 1000);
  b.observe(0.25);
  b.observe(3);
  assertNative(nativeOf(fleet), [16, 0.25, 3]);
  assertEquals([...scrape(fleet).values], [1, 3, 19.25]);
  fleet.end(workers[1]);
  assertNative(nativeOf(fleet), [16, 0.25, 3]);
});

Deno.test("exemplars of a native histogram are spread over its values", () => {
  const fleet = new Fleet();
  const histogram = define(fleet.start(0), { exemplars: true });
  for (let i = 0; i < 40; i++) {
    histogram.observe(2 ** (i % 20), { exemplar: { id: String(i) }, timestamp: 100 + i });
  }
  const { exemplars } = nativeOf(fleet);
  assertEquals(exemplars.length, 10);
  const values = exemplars.map(({ value }) => value);
  assertEquals(values, [...values].sort((a, b) => a - b));
  assert(values[9] / values[0] >= 2 ** 10, "they cover what occurred");
  histogram.observe(1, { exemplar: { id: "late" }, timestamp: 10_000 });
  assertEquals(nativeOf(fleet).exemplars[0].labels, { id: "late" });
});

Deno.test("exemplars of a histogram with classic and native buckets are in both", () => {
  const fleet = new Fleet();
  const histogram = define(fleet.start(0), { exemplars: true, buckets: [1] });
  histogram.observe(0.5, { exemplar: { id: "a" }, timestamp: 1 });
  histogram.observe(NaN, { exemplar: { id: "b" }, timestamp: 2 });
  const { exemplars, natives } = scrape(fleet);
  assertEquals([...exemplars!.keys()], [0, 1]);
  assertEquals(natives![0].exemplars.length, 2);
});

Deno.test("a native histogram refuses options out of range", () => {
  const registry = new Registry({ slabBytes: 1 << 16 });
  const bad = (native: unknown) => () => define({ registry }, { native: native as boolean });
  assertThrows(
    bad({ factor: 1 }),
    RangeError,
    'Cannot define histogram "h": wanted a factor above 1, given 1',
  );
  assertThrows(bad({ schema: 9 }), RangeError, "wanted a schema from 8 to -4, given 9");
  assertThrows(bad({ maxBuckets: 3 }), RangeError, "wanted 4 to 4096 as maxBuckets, given 3");
  assertThrows(bad({ zeroThreshold: -1 }), RangeError, "wanted a finite zeroThreshold from 0, given -1");
  assertThrows(bad({ minResetSeconds: NaN }), RangeError, "minResetSeconds");
  assertThrows(bad("yes"), TypeError, "wanted native as true or an object, given yes");
  const classic = new Histogram({ name: "c", help: "C.", registry });
  assertThrows(() => classic.observe(NaN), RangeError, "wanted a number that is not NaN");
});
