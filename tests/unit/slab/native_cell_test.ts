import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import {
  classicBucketOf,
  type NativeReading,
  nativeSequence,
  newNativeReading,
  observeNative,
  readNative,
} from "../../../src/slab/native_cell.ts";
import { isNegativeCode, keyOfCode } from "../../../src/slab/native_code.ts";
import { type NativeLimits, NativePlan } from "../../../src/slab/native_plan.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";
import { nativeModel, sorted } from "../../_support/native_model.ts";

const CELL32 = PAGE_BYTES / 4;

const LIMITS: NativeLimits = {
  schema: 3,
  zeroThreshold: 2 ** -128,
  maxBuckets: 160,
  maxZeroThreshold: 0,
  minResetSeconds: 0,
};

function begin(limits: Partial<NativeLimits> = {}, bounds: number[] = [], now?: () => number) {
  const plan = new NativePlan(bounds, { ...LIMITS, ...limits }, now);
  const slab = createPrivateSlab(16 * PAGE_BYTES);
  return { plan, slab, observe: (value: number) => observeNative(slab, CELL32, plan, value) };
}

function read(slab: Slab, plan: NativePlan): NativeReading {
  const reading = newNativeReading(plan);
  assert(readNative(slab, CELL32, plan, reading));
  return reading;
}

/** A reading's buckets as entries in the order of their keys; negative ones first. */
function bucketsOf({ size, codes, counts }: NativeReading): { positive: unknown; negative: unknown } {
  const entries = Array.from({ length: size }, (_, i) => ({ code: codes[i], count: counts[i] }));
  const ofSign = (negative: boolean) =>
    sorted(
      new Map(
        entries.filter(({ code, count }) => isNegativeCode(code) === negative && count !== 0)
          .map(({ code, count }) => [keyOfCode(code), count]),
      ),
    );
  return { positive: ofSign(false), negative: ofSign(true) };
}

/** Asserts that a cell holds what one would have at the cell's resolution. */
function assertHolds(reading: NativeReading, observations: readonly number[]): void {
  const model = nativeModel(observations, reading);
  assertEquals(bucketsOf(reading), { positive: sorted(model.positive), negative: sorted(model.negative) });
  assertEquals([reading.zeroCount, reading.nanCount], [model.zeroCount, model.nanCount]);
}

Deno.test("observeNative() has the buckets of the golden vector", () => {
  const { plan, slab, observe } = begin();
  const observations = [0, 1, 2, -1, -3.5, 1e-50, Infinity, 0.5, 4, 1e300];
  observations.forEach(observe);
  const reading = read(slab, plan);
  assertEquals(reading.zeroCount, 2);
  assertEquals(bucketsOf(reading), {
    negative: [[0, 1], [15, 1]],
    positive: [[-8, 1], [0, 1], [8, 1], [16, 1], [7973, 1], [8193, 1]],
  });
  assertHolds(reading, observations);
  assertEquals(reading.sum, Infinity);
});

Deno.test("observeNative() counts NaN in no bucket and in the sum", () => {
  const { plan, slab, observe } = begin({}, [1, 2]);
  [0.5, NaN, 3].forEach(observe);
  const reading = read(slab, plan);
  assertHolds(reading, [0.5, NaN, 3]);
  assertEquals(reading.sum, NaN);
  assertEquals([...reading.classic], [1, 0, 2]);
});

Deno.test("observeNative() brings the inactive copy forward whatever the order of buckets", () => {
  const { plan, slab, observe } = begin({}, [1, 10]);
  const values = [0.5, -3, 20, 0, 5, NaN];
  const observations: number[] = [];
  const classic = [0, 0, 0];
  for (let i = 0; i < 300; i++) {
    const value = values[[i % 6, (i >> 2) % 6, (i >> 4) % 5][i % 3]];
    observe(value);
    observations.push(value);
    classic[classicBucketOf(plan.bounds, value)]++;
    const reading = read(slab, plan);
    assertHolds(reading, observations);
    assertEquals([...reading.classic], classic);
  }
});

Deno.test("observeNative() keeps within its buckets by joining them, and loses nothing", () => {
  const { plan, slab, observe } = begin({ schema: 8, maxBuckets: 20 });
  const observations: number[] = [];
  for (let i = 0; i < 400; i++) {
    const value = (i % 7 === 0 ? -1 : 1) * Math.exp(((i * 37) % 100) / 10 - 3);
    observe(value);
    observations.push(value);
    const reading = read(slab, plan);
    assert(reading.size <= 20, `${reading.size} buckets`);
    assertHolds(reading, observations);
  }
  const reading = read(slab, plan);
  assert(reading.schema < 8 && reading.schema >= -4);
  assertEquals(reading.zeroThreshold, LIMITS.zeroThreshold);
});

Deno.test("observeNative() widens the zero bucket first if it may", () => {
  const { plan, slab, observe } = begin({ schema: 0, maxBuckets: 4, maxZeroThreshold: 0.3 });
  const observations = [0.1, 1, 2, 4];
  observations.forEach(observe);
  assertEquals(read(slab, plan).zeroThreshold, LIMITS.zeroThreshold);
  observe(8);
  observations.push(8);
  const reading = read(slab, plan);
  assertEquals([reading.schema, reading.zeroThreshold, reading.zeroCount], [0, 0.125, 1]);
  assertHolds(reading, observations);
  observe(16);
  observations.push(16);
  assertEquals(read(slab, plan).schema, -1, "the next bucket lies beyond the widest zero bucket");
  assertHolds(read(slab, plan), observations);
});

Deno.test("observeNative() widens the zero bucket without limit when there is no coarser schema", () => {
  const { plan, slab, observe } = begin({ schema: -4, maxBuckets: 4 });
  const observations: number[] = [];
  for (let i = 0; i < 40; i++) {
    const value = (i % 2 === 0 ? 1 : -1) * 2 ** (16 * ((i * 7) % 20) - 150);
    observe(value);
    observations.push(value);
    const reading = read(slab, plan);
    assert(reading.size <= 4);
    assertHolds(reading, observations);
  }
});

Deno.test("observeNative() resets instead if the last reset is long enough ago", () => {
  let now = 1000;
  const { plan, slab, observe } = begin({ schema: 3, maxBuckets: 4, minResetSeconds: 60 }, [1], () => now);
  [1, 2, 4, 8].forEach(observe);
  observe(16);
  assertEquals([read(slab, plan).resets, read(slab, plan).schema < 3], [0, true], "too soon");
  now = 1059;
  observe(16);
  assertEquals(read(slab, plan).resets, 0);
  now = 1060;
  observe(32);
  const scheduled = read(slab, plan);
  assertEquals([scheduled.resets, scheduled.schema, scheduled.created, scheduled.sum], [1, 3, 1060, 32]);
  assertEquals([...scheduled.classic], [0, 1]);
  assertHolds(scheduled, [32]);
  [1, 2, 4].forEach(observe);
  now = 1120;
  observe(64);
  const outright = read(slab, plan);
  assertEquals([outright.resets, outright.schema, outright.created], [2, 3, 1120]);
  assertHolds(outright, [64]);
});

Deno.test("a native cell's sequence goes on when it wraps, and tells whether the cell changed", () => {
  const { plan, slab, observe } = begin();
  slab.i32[CELL32] = -2;
  const observations: number[] = [];
  for (let i = 1; i <= 6; i++) {
    const before = nativeSequence(slab, CELL32);
    assertEquals(nativeSequence(slab, CELL32), before);
    observe(i);
    observations.push(i);
    assert(nativeSequence(slab, CELL32) !== before);
    assertHolds(read(slab, plan), observations);
  }
});

Deno.test("a native cell keeps to its bytes", () => {
  const { plan, slab, observe } = begin({ maxBuckets: 11, schema: 8 }, [1, 2]);
  for (let i = 0; i < 1000; i++) observe(Math.exp((i % 40) - 20));
  const end = CELL32 + plan.cellBytes / 4;
  assert(slab.i32.subarray(end, end + 1000).every((word) => word === 0));
});

Deno.test("readNative() never trusts a number of buckets that is out of bounds", () => {
  const { plan, slab, observe } = begin();
  observe(1);
  slab.i32.fill(-1, CELL32 + 1, CELL32 + plan.cellBytes / 4);
  const reading = newNativeReading(plan);
  readNative(slab, CELL32, plan, reading);
  assertEquals(reading.size, plan.maxBuckets);
});
