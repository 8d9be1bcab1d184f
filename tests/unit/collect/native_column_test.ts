import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { NativeColumn, SlabNatives } from "../../../src/collect/native_column.ts";
import type { NativeState } from "../../../src/collect/native_merge.ts";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { observeNative } from "../../../src/slab/native_cell.ts";
import { resetNative } from "../../../src/slab/native_change.ts";
import { codeOf } from "../../../src/slab/native_code.ts";
import { keyOf } from "../../../src/slab/native_key.ts";
import { type NativeLimits, NativePlan } from "../../../src/slab/native_plan.ts";
import { createPrivateSlab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;
const LIMITS: NativeLimits = {
  schema: 0,
  zeroThreshold: 0,
  maxBuckets: 20,
  maxZeroThreshold: 0,
  minResetSeconds: 0,
};

/** The column of a slab with one cell, which is the series 3. */
function slabOf(bounds: number[] = [1, 2]) {
  const plan = new NativePlan(bounds, LIMITS, () => 500);
  const slab = createPrivateSlab(8 * PAGE_BYTES);
  const column = new SlabNatives(slab, plan);
  return {
    column,
    observe(...values: number[]): void {
      for (const value of values) observeNative(slab, CELL32, plan, value);
    },
    reset: () => resetNative(slab, CELL32, plan),
    read: () => column.read(3, CELL32),
    isCurrent: () => column.isCurrent(3, CELL32),
    /** The numbers of the series: counts of the classic buckets one by one, or of all, then the sum. */
    written(): number[] {
      const values = new Float64Array(6).fill(-1);
      column.write(3, values, 1);
      return [...values.slice(1, values.findLastIndex((value) => value !== -1) + 1)];
    },
    counts: () => countsOf(column.at(3)),
  };
}

/** The counts of a state's buckets that are not empty, by code. */
function countsOf(state: NativeState | undefined): Map<number, number> | undefined {
  if (state === undefined) return undefined;
  const entries = Array.from({ length: state.size }, (_, i) => [state.codes[i], state.counts[i]] as const);
  return new Map(entries.filter(([, count]) => count !== 0).sort(([a], [b]) => a - b));
}

/** What observations are as counts by code. */
function countsFrom(...values: number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) {
    const code = codeOf(keyOf(Math.abs(value), LIMITS.schema), value < 0);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return new Map([...counts].sort(([a], [b]) => a - b));
}

Deno.test("SlabNatives reads buckets, classic counts and sum of a cell", () => {
  const h = slabOf();
  h.observe(0.5, 1.5, -3, 8);
  assertEquals([h.read(), h.written()], [true, [2, 1, 1, 7]]);
  assertEquals(h.counts(), countsFrom(0.5, 1.5, -3, 8));
});

Deno.test("SlabNatives writes the count of all where there are no classic buckets, NaN and zeros among them", () => {
  const h = slabOf([]);
  h.observe(1, 0, 4);
  h.read();
  assertEquals(h.written(), [3, 5]);
  h.observe(NaN);
  h.read();
  assertEquals(h.written(), [4, NaN]);
});

Deno.test("SlabNatives knows whether a cell has moved since it was read", () => {
  const h = slabOf();
  assertEquals(h.isCurrent(), false, "it was never read");
  h.read();
  assertEquals(h.isCurrent(), true);
  h.observe(1);
  assertEquals(h.isCurrent(), false);
  h.read();
  assertEquals(h.isCurrent(), true);
});

Deno.test("SlabNatives keeps the last reading apart from the one that it makes", () => {
  const h = slabOf();
  h.observe(1);
  h.read();
  const before = h.column.at(3);
  h.observe(1);
  h.read();
  assertNotStrictEquals(h.column.at(3), before);
  assertEquals([countsOf(before), h.counts()], [countsFrom(1), countsFrom(1, 1)]);
});

Deno.test("SlabNatives tells once of each reset by the owner, and when it was", () => {
  const h = slabOf();
  h.observe(1);
  h.read();
  assertEquals(h.column.takeResets(), []);
  h.reset();
  h.observe(4);
  h.read();
  assertEquals([h.column.takeResets(), h.column.takeResets()], [[{ k: 3, created: 500 }], []]);
  assertEquals([h.counts(), h.written()], [countsFrom(4), [0, 0, 1, 4]]);
});

Deno.test("SlabNatives counts from what it held when another worker reset the series", () => {
  const h = slabOf();
  h.observe(1, 4);
  h.read();
  h.column.rebase(3);
  assertEquals([h.counts(), h.written()], [new Map(), [0, 0, 0, 0]]);
  h.observe(4, 4);
  h.read();
  assertEquals([h.counts(), h.written()], [countsFrom(4, 4), [0, 0, 2, 8]]);
});

Deno.test("SlabNatives counts all again after a reset by the owner itself", () => {
  const h = slabOf();
  h.observe(1, 4);
  h.read();
  h.column.rebase(3);
  h.reset();
  h.observe(2);
  h.read();
  assertEquals([h.counts(), h.written()], [countsFrom(2), [0, 1, 0, 2]]);
});

Deno.test("SlabNatives has nothing of a series that was never read, or was forgotten", () => {
  const h = slabOf();
  h.column.rebase(3);
  assertEquals([h.counts(), h.written()], [undefined, []]);
  h.observe(1);
  h.read();
  h.column.forget(3);
  assertEquals([h.counts(), h.written(), h.isCurrent()], [undefined, [], false]);
});

Deno.test("NativeColumn adds up the buckets of a series, and leaves those that it was given as they are", () => {
  const stateFrom = (...values: number[]): NativeState => {
    const h = slabOf();
    h.observe(...values);
    h.read();
    return h.column.at(3)!;
  };
  const column = new NativeColumn();
  const first = stateFrom(1, 2);
  column.add(5, first);
  column.add(5, stateFrom(2, -8));
  assertEquals(countsOf(column.at(5)), countsFrom(1, 2, 2, -8));
  assertEquals([countsOf(first), column.at(4)], [countsFrom(1, 2), undefined]);
  column.forget(5);
  assert(column.at(5) === undefined);
});
