/**
 * A writer of an exemplar, a gauge histogram, a native histogram or a summary that ends after any of its stores leaves what was
 * there before, or what it meant to leave.
 */
import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import {
  EXEMPLAR_TEXT_BYTES,
  type ExemplarRecord,
  exemplarSequence,
  readExemplar,
  storeExemplar,
} from "../../src/slab/exemplar_cell.ts";
import { setGaugeHistogram, shiftGaugeHistogram } from "../../src/slab/gauge_histogram_cell.ts";
import { readHistogram } from "../../src/slab/histogram_cell.ts";
import { newNativeReading, observeNative, readNative } from "../../src/slab/native_cell.ts";
import { isNegativeCode, keyOfCode } from "../../src/slab/native_code.ts";
import { type NativeLimits, NativePlan } from "../../src/slab/native_plan.ts";
import { addToSketch, newAreaReading, readArea } from "../../src/slab/sketch.ts";
import { SketchPlan } from "../../src/slab/sketch_plan.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { addToTotals, readTotals } from "../../src/slab/summary_cell.ts";
import { checkEveryPrefix } from "../_support/every_prefix.ts";
import { nativeModel } from "../_support/native_model.ts";

const CELL32 = PAGE_BYTES / 4;

const LIMITS: NativeLimits = {
  schema: 3,
  zeroThreshold: 2 ** -128,
  maxBuckets: 6,
  maxZeroThreshold: 0,
  minResetSeconds: 0,
};

/**
 * Reads a native histogram of the first so many of the given observations, checks all that it holds, and tells how many
 * there are and their sum. A change of resolution alone is no difference: it is no loss.
 */
function readChecked(slab: Slab, plan: NativePlan, observations: readonly number[]): number[] {
  const reading = newNativeReading(plan);
  assert(readNative(slab, CELL32, plan, reading));
  let count = reading.zeroCount + reading.nanCount;
  for (let i = 0; i < reading.size; i++) count += reading.counts[i];
  const { zeroCount, positive, negative } = nativeModel(observations.slice(0, count), reading);
  assertEquals(reading.zeroCount, zeroCount);
  let buckets = 0;
  for (let i = 0; i < reading.size; i++) {
    if (reading.counts[i] === 0) continue;
    buckets++;
    const model = isNegativeCode(reading.codes[i]) ? negative : positive;
    assertEquals(reading.counts[i], model.get(keyOfCode(reading.codes[i])));
  }
  assertEquals(buckets, positive.size + negative.size);
  if (plan.classicCount > 0) assertEquals(reading.classic.reduce((sum, each) => sum + each), count);
  return [count, reading.sum];
}

function checkNative(start: readonly number[], last: number, limits: Partial<NativeLimits> = {}): void {
  for (const bounds of [[], [1, 4]]) {
    const plan = new NativePlan(bounds, { ...LIMITS, ...limits });
    const observations = [...start, last, last];
    checkEveryPrefix({
      prepare: (slab) => start.forEach((value) => observeNative(slab, CELL32, plan, value)),
      write: (slab) => observeNative(slab, CELL32, plan, last),
      read: (slab) => readChecked(slab, plan, observations),
    });
    for (const other of [0, NaN, 1, -2, 3, 64]) checkNativeNext({ plan, start, last, other });
  }
}

/** What comes after an observation that was stopped is another one. */
function checkNativeNext(
  { plan, start, last, other }: { plan: NativePlan; start: readonly number[]; last: number; other: number },
): void {
  checkEveryPrefix<number[] | string>({
    prepare: (slab) => start.forEach((value) => observeNative(slab, CELL32, plan, value)),
    write: (slab) => observeNative(slab, CELL32, plan, last),
    read: (slab) => {
      const reading = newNativeReading(plan);
      assert(readNative(slab, CELL32, plan, reading));
      const { sum, zeroCount, nanCount, classic } = reading;
      let count = zeroCount + nanCount;
      for (let i = 0; i < reading.size; i++) count += reading.counts[i];
      return [count, sum, nanCount, ...classic];
    },
    next: [(slab) => observeNative(slab, CELL32, plan, other)],
  });
}

Deno.test("every prefix of an observation leaves a native histogram as before or after", () => {
  checkNative([], 1);
  checkNative([1, 2], 1);
  checkNative([1, -2, 3], 3);
  checkNative([1, -2, 0], 0);
  checkNative([0.5], 16);
});

Deno.test("every prefix of an observation for which buckets are joined leaves all that was observed", () => {
  checkNative([1, 1.1, 1.2, 1.4, -2, -2.2, 1], 9);
  checkNative([1e-9, 1, 1e9, -1e-9, -1, -1e9], 1e200);
});

Deno.test("every prefix of an observation for which the zero bucket is widened leaves all that was observed", () => {
  checkNative([0.1, 1, 2, 4, 8, 16, 2], 32, { maxZeroThreshold: 1 });
});

Deno.test("every prefix of a reset leaves what was before, nothing, or the observation after it", () => {
  const observations = [1, 2, 4, 8, 16, 32];
  for (const bounds of [[], [1, 4]]) {
    const clock = { seconds: 1000 };
    const plan = new NativePlan(bounds, { ...LIMITS, minResetSeconds: 1 }, () => clock.seconds);
    checkEveryPrefix({
      prepare: (slab) => {
        clock.seconds = 1000;
        observations.forEach((value) => observeNative(slab, CELL32, plan, value));
        clock.seconds = 1001;
      },
      write: (slab) => observeNative(slab, CELL32, plan, 64),
      read: (slab) => {
        const reading = newNativeReading(plan);
        assert(readNative(slab, CELL32, plan, reading));
        const found = readChecked(slab, plan, reading.resets === 0 ? observations : [64, 64]);
        // WHY: the reset and the observation are two steps; between them there is nothing, which is no loss.
        return found[0] === 0 ? [observations.length, 63] : found;
      },
    });
  }
});

Deno.test("every prefix of a change leaves a gauge histogram as before or after", () => {
  const bounds = Float64Array.of(1, 2, 5);
  const read = (slab: Slab) => {
    const out = new Float64Array(5);
    assert(readHistogram(slab, CELL32, { out, at: 0, bucketCount: 4 }));
    return [...out];
  };
  const prepare = (slab: Slab) => {
    for (const value of [0.5, 3, 3, 3, 9]) shiftGaugeHistogram(slab, CELL32, bounds, value, 1);
  };
  const next: ((slab: Slab) => void)[] = [
    (slab) => shiftGaugeHistogram(slab, CELL32, bounds, 0.5, 1),
    (slab) => shiftGaugeHistogram(slab, CELL32, bounds, 9, -1),
    (slab) => setGaugeHistogram(slab, CELL32, { counts: Float64Array.of(0, 1, 1, 0), sum: 5 }),
  ];
  const check = (write: (slab: Slab) => void) => checkEveryPrefix({ prepare, write, read, next });
  check((slab) => shiftGaugeHistogram(slab, CELL32, bounds, 3, -1));
  check((slab) => shiftGaugeHistogram(slab, CELL32, bounds, 1.5, 1));
  check((slab) => setGaugeHistogram(slab, CELL32, { counts: Float64Array.of(4, 0, 1, 2), sum: 17 }));
});

Deno.test("every prefix of storing an exemplar leaves the one before, whole, or the new one", () => {
  const recordOf = (n: number): ExemplarRecord => ({
    value: n,
    timestamp: n,
    text: new Uint8Array(EXEMPLAR_TEXT_BYTES).fill(n),
    textBytes: 5 * n,
  });
  for (const start of [[], [3], [3, 9]]) {
    checkEveryPrefix({
      prepare: (slab) => start.forEach((n) => storeExemplar(slab, CELL32, recordOf(n))),
      write: (slab) => storeExemplar(slab, CELL32, recordOf(20)),
      read: (slab) => {
        if (exemplarSequence(slab, CELL32) === 0) return "none";
        const record = recordOf(0);
        assert(readExemplar(slab, CELL32, record) !== 0);
        const { value, timestamp, text, textBytes } = record;
        return [value, timestamp, textBytes, ...text.subarray(0, textBytes)];
      },
    });
  }
});

Deno.test("every prefix of an observation leaves a summary's totals as before or after", () => {
  for (const start of [[], [2], [2, 0.5]]) {
    checkEveryPrefix({
      prepare: (slab) => start.forEach((value) => addToTotals(slab, CELL32, value)),
      write: (slab) => addToTotals(slab, CELL32, 8),
      read: (slab) => {
        const out = new Float64Array(2);
        assert(readTotals(slab, CELL32, out, 0));
        return [...out];
      },
    });
  }
});

Deno.test("every prefix of an observation leaves a summary's window as before or after", () => {
  const window = new SketchPlan({ relativeError: 0.1, windowSeconds: 100 });
  const forever = new SketchPlan({ relativeError: 0.1, windowSeconds: 0 });
  const values = [1, 1, 500, -3, 0];
  const cases: [plan: SketchPlan, slots: number[]][] = [[forever, [0]], [window, [7]], [window, [
    1,
    2,
    3,
    7,
    8,
  ]]];
  for (const [plan, slots] of cases) {
    for (const value of [1, 70, -1e6, 0, Infinity]) {
      const last = slots.at(-1)!;
      checkEveryPrefix({
        prepare: (slab) => {
          for (const slot of slots.slice(0, -1)) {
            for (const each of values) addToSketch(slab, CELL32, plan, each, slot);
          }
        },
        write: (slab) => addToSketch(slab, CELL32, plan, value, last),
        read: (slab) => {
          let count = 0;
          for (let area = 0; area < plan.areaCount; area++) {
            const reading = newAreaReading(plan);
            assert(readArea(slab, CELL32, plan, area, reading));
            if (!plan.isRecent(reading.slot, last)) continue;
            for (const bin of [...reading.specials, ...reading.bins]) count += bin;
          }
          return count;
        },
      });
    }
  }
});
