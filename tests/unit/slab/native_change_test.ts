import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { NATIVE_CELL32, NATIVE_COPY32 } from "../../../src/layout/native_cell.ts";
import { newNativeReading, observeNative, readNative } from "../../../src/slab/native_cell.ts";
import {
  insertBucket,
  isResetDue,
  makeRoom,
  resetNative,
  restoreInactive,
} from "../../../src/slab/native_change.ts";
import { codeOf, indexStart, isNegativeCode, keyOfCode } from "../../../src/slab/native_code.ts";
import { keyOf } from "../../../src/slab/native_key.ts";
import { type NativeLimits, NativePlan } from "../../../src/slab/native_plan.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;

/** A cell with room for four buckets of schema 0, whose bounds are the powers of two. */
function cellOf(limits: Partial<NativeLimits> = {}, now: () => number = () => 1000) {
  const plan = new NativePlan([1], {
    schema: 0,
    zeroThreshold: 0,
    maxBuckets: 4,
    maxZeroThreshold: 0,
    minResetSeconds: 0,
    ...limits,
  }, now);
  const slab = createPrivateSlab(8 * PAGE_BYTES);
  const { i32 } = slab;
  return {
    plan,
    slab,
    i32,
    observe(...values: number[]): void {
      for (const value of values) observeNative(slab, CELL32, plan, value);
    },
    /** The cell as a reader finds it, its buckets by signed key. */
    read() {
      const reading = newNativeReading(plan);
      assert(readNative(slab, CELL32, plan, reading));
      const { size, codes, counts, schema, zeroThreshold, zeroCount, sum, resets, created, classic } =
        reading;
      const buckets = Array.from({ length: size }, (_, i): [string, number] => [
        `${isNegativeCode(codes[i]) ? "-" : "+"}${keyOfCode(codes[i])}`,
        counts[i],
      ]);
      return {
        buckets: Object.fromEntries(buckets),
        schema,
        zeroThreshold,
        zeroCount,
        sum,
        resets,
        created,
        classic: [...classic],
      };
    },
    /** The words of the copy that readers do not see. */
    inactive: () => copyOf(1),
    active: () => copyOf(0),
    /** The codes that the index finds, each where a search for it ends. */
    indexed(): number[] {
      const active32 = CELL32 + plan.copies32 + (i32[CELL32] & 1) * plan.copy32;
      const size = i32[active32 + NATIVE_COPY32.bucketCount];
      const codes = Array.from({ length: size }, (_, entry) => i32[active32 + plan.codes32 + entry]);
      return codes.filter((code, entry) => {
        let at = indexStart(code, plan.indexShift);
        for (let steps = 0; steps <= plan.indexMask; steps++) {
          const found = i32[CELL32 + NATIVE_CELL32.index + at];
          if (found === 0) return false;
          if (found === entry + 1) return true;
          at = (at + 1) & plan.indexMask;
        }
        return false;
      });
    },
  };

  function copyOf(other: number): number[] {
    const start = CELL32 + plan.copies32 + ((i32[CELL32] & 1) ^ other) * plan.copy32;
    return [...i32.slice(start, start + plan.copy32)];
  }
}

const codeFor = (value: number) => codeOf(keyOf(Math.abs(value), 0), value < 0);

Deno.test("restoreInactive() makes the copies alike, and an index that finds each bucket and nothing else", () => {
  const cell = cellOf();
  cell.observe(1, 4, -4, 4);
  cell.i32.fill(-1, CELL32 + NATIVE_CELL32.index, CELL32 + NATIVE_CELL32.index + cell.plan.indexMask + 1);
  restoreInactive(cell.slab, CELL32, cell.plan);
  assertEquals(cell.inactive(), cell.active());
  assertEquals(cell.indexed().length, 3);
  const index32 = CELL32 + NATIVE_CELL32.index;
  const used = cell.i32.slice(index32, index32 + cell.plan.indexMask + 1).filter((entry) => entry !== 0);
  assertEquals([...used].sort(), [1, 2, 3]);
});

Deno.test("insertBucket() adds an empty bucket and loses no observation that one copy lacks", () => {
  const cell = cellOf();
  cell.observe(1, 4);
  const before = cell.read();
  insertBucket(cell.slab, CELL32, cell.plan, codeFor(16));
  assertEquals(cell.read(), { ...before, buckets: { ...before.buckets, "+4": 0 } });
  assertEquals(cell.indexed().length, 3);
  cell.observe(16, 4);
  assertEquals(cell.read().buckets, { "+0": 1, "+2": 2, "+4": 1 });
  assertEquals(cell.read().sum, 25);
});

Deno.test("makeRoom() joins buckets two by two until one more fits, and keeps sum and classic counts", () => {
  const cell = cellOf();
  cell.observe(1, 2, 4, -8);
  makeRoom(cell.slab, CELL32, cell.plan, codeFor(16));
  const { buckets, schema, sum, classic, resets } = cell.read();
  // Key 0 stays 0; 1 and 2 become 1; -3 becomes -2; and 4 becomes 2.
  assertEquals([buckets, schema], [{ "+0": 1, "+1": 2, "-2": 1, "+2": 0 }, -1]);
  assertEquals([sum, classic, resets], [-1, [2, 2], 0]);
  assertEquals([cell.inactive(), cell.indexed().length], [cell.active(), 4]);
});

Deno.test("makeRoom() finds that the new bucket is part of a joined one", () => {
  const cell = cellOf();
  cell.observe(1, 2, 8, 32);
  // Schema -1 joins the keys 1 and 2, 3 and 4, 5 and 6.
  makeRoom(cell.slab, CELL32, cell.plan, codeFor(4));
  assertEquals(cell.read().buckets, { "+0": 1, "+1": 1, "+2": 1, "+3": 1 });
});

Deno.test("makeRoom() widens the zero bucket to the end of the nearest one, both signs, where it may", () => {
  const cell = cellOf({ maxZeroThreshold: 1 });
  cell.observe(1, -1, 4, 16, 0);
  makeRoom(cell.slab, CELL32, cell.plan, codeFor(64));
  const { buckets, schema, zeroThreshold, zeroCount } = cell.read();
  assertEquals([schema, zeroThreshold, zeroCount], [0, 1, 3]);
  assertEquals(buckets, { "+2": 1, "+4": 1, "+6": 0 });
});

Deno.test("makeRoom() joins where the zero bucket may not become as wide as it would have to", () => {
  const cell = cellOf({ maxZeroThreshold: 0.999 });
  cell.observe(1, -1, 4, 16);
  makeRoom(cell.slab, CELL32, cell.plan, codeFor(64));
  const { schema, zeroThreshold, zeroCount } = cell.read();
  assertEquals([schema < 0, zeroThreshold, zeroCount], [true, 0, 0]);
});

Deno.test("isResetDue() counts from the last reset, or from the definition if there was none", () => {
  let now = 1000;
  const cell = cellOf({ minResetSeconds: 60 }, () => now);
  const due = () => isResetDue(cell.slab, CELL32, cell.plan);
  now = 1059.9;
  assertEquals(due(), false);
  now = 1060;
  assertEquals(due(), true);
  resetNative(cell.slab, CELL32, cell.plan);
  assertEquals(due(), false);
  now = 1120;
  assertEquals(due(), true);
});

Deno.test("resetNative() empties a cell in one step, and says when and how often", () => {
  let now = 1000;
  const cell = cellOf({}, () => now);
  cell.observe(0, 1, 2, 4, -8, 16);
  const before = cell.read();
  assert(before.schema < 0);
  const sequence = cell.i32[CELL32];
  now = 1234;
  resetNative(cell.slab, CELL32, cell.plan);
  assertEquals(cell.i32[CELL32] - sequence, 1, "readers see either all of it or nothing");
  assertEquals(cell.read(), {
    buckets: {},
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    sum: 0,
    resets: before.resets + 1,
    created: 1234,
    classic: [0, 0],
  });
  assertEquals(cell.inactive(), cell.active());
  cell.observe(4);
  assertEquals(cell.read().buckets, { "+2": 1 });
});
