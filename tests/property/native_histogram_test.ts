/**
 * Whatever workers observe, and however often they end and begin anew, the merged native histogram is bit by bit the one
 * that a single thread would have that made all the observations at the same resolution.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "../../src/metric/histogram.ts";
import type { NativeHistogram } from "../../src/model/samples.ts";
import { Fleet, type FleetWorker } from "../_support/fleet.ts";
import { nativeModel, sorted } from "../_support/native_model.ts";
import { testProperty } from "../_support/property.ts";

const SLOTS = 4;

/** Numbers of all sizes whose sums are exact, bounds of buckets, and the odd ones. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -9, max: 9 })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 1, 2, 0.5, Infinity, -Infinity, NaN, Number.MIN_VALUE, 1e308),
  },
  { weight: 2, arbitrary: fc.double({ noNaN: true }) },
).map((drawn) => typeof drawn === "number" ? drawn : drawn[0] * 2 ** drawn[1]);

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("observe" as const),
      slot: fc.nat(SLOTS - 1),
      values: fc.array(value, { minLength: 1, maxLength: 30 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), slot: fc.nat(SLOTS - 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("scrape" as const) }) },
);

const definition = fc.record({
  schema: fc.integer({ min: -4, max: 8 }),
  zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.25, 0.3),
  maxBuckets: fc.constantFrom(4, 7, 20, 160),
  maxZeroThreshold: fc.constantFrom(0, 0.5, 3),
});

function assertMerged(native: NativeHistogram, observations: readonly number[]): void {
  const model = nativeModel(observations, native);
  const pairs = (keys: Int32Array, counts: Float64Array) => Array.from(keys, (key, i) => [key, counts[i]]);
  assertEquals(pairs(native.positiveKeys, native.positiveCounts), sorted(model.positive));
  assertEquals(pairs(native.negativeKeys, native.negativeCounts), sorted(model.negative));
  assertEquals([native.zeroCount, native.count], [model.zeroCount, observations.length]);
}

testProperty(
  "a merged native histogram is that of a single thread",
  fc.property(definition, fc.array(command, { maxLength: 40 }), (native, commands) => {
    const fleet = new Fleet();
    const begin = (slot: number) => {
      const worker = fleet.start(slot);
      const options = { name: "h", help: "H.", native, buckets: [-1, 0, 1], registry: worker.registry };
      return { worker, histogram: new Histogram(options) };
    };
    const running: { worker: FleetWorker; histogram: Histogram }[] = [];
    for (let slot = 0; slot < SLOTS; slot++) running.push(begin(slot));
    const observations: number[] = [];
    const check = () => {
      const [{ natives, values }] = fleet.collector.blocks(new Set(["h"]));
      assertMerged(natives![0], observations);
      const upTo = (bound: number) => observations.filter((each) => each <= bound).length;
      assertEquals([...values.subarray(0, 4)], [upTo(-1), upTo(0), upTo(1), observations.length]);
    };
    for (const drawn of commands) {
      if (drawn.kind === "observe") {
        for (const each of drawn.values) running[drawn.slot].histogram.observe(each);
        observations.push(...drawn.values);
      } else if (drawn.kind === "end") {
        fleet.end(running[drawn.slot].worker);
        running[drawn.slot] = begin(drawn.slot);
      } else check();
    }
    check();
  }),
  { runs: 150 },
);

testProperty(
  "the sum of a native histogram is exact where addition is",
  fc.property(
    fc.array(fc.tuple(fc.nat(2), fc.integer({ min: -1e6, max: 1e6 })), { maxLength: 200 }),
    (drawn) => {
      const fleet = new Fleet();
      const histograms = [0, 1, 2].map((slot) =>
        new Histogram({ name: "h", help: "H.", native: true, registry: fleet.start(slot).registry })
      );
      for (const [slot, eighths] of drawn) histograms[slot].observe(eighths / 8);
      const [{ natives }] = fleet.collector.blocks(new Set(["h"]));
      assertEquals(natives![0].sum, drawn.reduce((sum, [, eighths]) => sum + eighths / 8, 0));
    },
  ),
  { runs: 50 },
);
