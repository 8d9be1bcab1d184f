import { assert, assertEquals, assertFalse } from "@std/assert";
import { COUNTER_PAGE, PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import {
  COUNTER_CELL,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY32,
  counterLow32,
} from "../../../src/layout/counter_cell.ts";
import {
  addToCounter,
  addUpAsBefore,
  densePage,
  type FourPages,
  readCounter,
  readCounterPage,
  sumCounterPages,
} from "../../../src/slab/counter_cell.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const PAGE32 = PAGE_BYTES / 4;
const CELL32 = PAGE32 + COUNTER_PAGE.bytes / 4;
const NEXT_CELL32 = CELL32 + COUNTER_CELL.bytes / 4;

/** The low word of the copy that counts. */
function activeLow32({ i32 }: Slab): number {
  return counterLow32(CELL32) + (i32[CELL32] & 1) * COUNTER_LOW_COPY32;
}

function newSlab(): Slab {
  return createPrivateSlab(4 * PAGE_BYTES);
}

/** Reads both ways, which must agree. */
function valueOf(slab: Slab, cell32 = CELL32): number {
  const out = new Float64Array(2);
  const run = { cells: Int32Array.of(CELL32, NEXT_CELL32), from: 0, to: 2 };
  assert(readCounterPage(slab, run, out));
  const value = readCounter(slab, cell32);
  assertEquals(out[cell32 === CELL32 ? 0 : 1], value);
  return value;
}

Deno.test("addToCounter() adds integers by plain stores alone", () => {
  const slab = newSlab();
  assertEquals(valueOf(slab), 0);
  for (const amount of [1, 0, 5, 1000, -0]) assert(addToCounter(slab, CELL32, amount));
  assertEquals(valueOf(slab), 1006);
  assertEquals(slab.i32[CELL32], 0, "no flip");
  assertEquals(slab.i32[PAGE32], 0, "the page never flipped");
});

Deno.test("addToCounter() keeps neighbours apart", () => {
  const slab = newSlab();
  addToCounter(slab, CELL32, 3);
  addToCounter(slab, NEXT_CELL32, 0.5);
  addToCounter(slab, CELL32, 4);
  addToCounter(slab, NEXT_CELL32, 1);
  assertEquals(valueOf(slab, CELL32), 7);
  assertEquals(valueOf(slab, NEXT_CELL32), 1.5);
});

Deno.test("case 36: addToCounter() sums integers exactly beside fractions", () => {
  const slab = newSlab();
  let fractions = 0;
  for (let i = 0; i < 100_000; i++) {
    addToCounter(slab, CELL32, 0.1);
    addToCounter(slab, CELL32, 1);
    fractions += 0.1;
  }
  assertEquals(valueOf(slab), 100_000 + fractions);
});

Deno.test("case 36: addToCounter() goes through 2 ** 31, 2 ** 53, 2 ** 62, tiny and huge amounts", () => {
  const slab = newSlab();
  addToCounter(slab, CELL32, 2 ** 31 - 1);
  assertEquals(valueOf(slab), 2 ** 31 - 1);
  addToCounter(slab, CELL32, 1);
  assertEquals(valueOf(slab), 2 ** 31);
  addToCounter(slab, CELL32, 2 ** 53 - 1 - 2 ** 31);
  assertEquals(valueOf(slab), 2 ** 53 - 1);
  addToCounter(slab, CELL32, 1);
  assertEquals(valueOf(slab), 2 ** 53);
  for (let i = 0; i < 2 ** 9 + 2; i++) addToCounter(slab, CELL32, Number.MAX_SAFE_INTEGER);
  assert(valueOf(slab) > 2 ** 62 && valueOf(slab) < 2 ** 62 + 2 ** 55);
  assertEquals(slab.i32[CELL32 + COUNTER_HIGH32 + (slab.i32[CELL32] & 1)] < 2 ** 31, true);
  addToCounter(slab, CELL32, 1e300);
  assertEquals(valueOf(slab), 1e300);
  addToCounter(slab, CELL32, Infinity);
  addToCounter(slab, CELL32, 1);
  assertEquals(valueOf(slab), Infinity);

  addToCounter(slab, NEXT_CELL32, 1e-12);
  addToCounter(slab, NEXT_CELL32, 2 ** 30);
  addToCounter(slab, NEXT_CELL32, 1e-12);
  assertEquals(readCounter(slab, NEXT_CELL32), 2 ** 30 + 2e-12);
});

Deno.test("case 40: addToCounter() carries at each wrap of the low word", () => {
  const slab = newSlab();
  let wanted = 0;
  for (let wrap = 0; wrap < 8; wrap++) {
    const { i32 } = slab;
    const low32 = activeLow32(slab);
    wanted += 2 ** 31 - 2 - i32[low32];
    i32[low32] = 2 ** 31 - 2;
    for (let i = 0; i < 5; i++) {
      addToCounter(slab, CELL32, 1);
      assertEquals(valueOf(slab), ++wanted);
    }
    assertEquals(i32[PAGE32], 2 * (wrap + 1), "each wrap brackets the page once");
  }
});

Deno.test("addToCounter() never grows smaller where the high word overflows into the float", () => {
  for (const float of [0, 0.1, 2 ** 70, 1e300]) {
    const slab = newSlab();
    if (float > 0) addToCounter(slab, CELL32, float);
    else slab.i32[PAGE32] = 2;
    for (let copy = 0; copy < 2; copy++) slab.i32[CELL32 + COUNTER_HIGH32 + copy] = 2 ** 31 - 1;
    slab.i32[activeLow32(slab)] = 2 ** 31 - 2;
    let before = valueOf(slab);
    for (let i = 0; i < 4; i++) {
      addToCounter(slab, CELL32, 1);
      const now = valueOf(slab);
      assert(now >= before, `${now} < ${before}`);
      before = now;
    }
    assert(before >= 2 ** 62);
  }
});

Deno.test("case 37: addToCounter() refuses NaN, negative amounts and what is no number", () => {
  const slab = newSlab();
  addToCounter(slab, CELL32, 2.5);
  const words = Int32Array.from(slab.i32);
  for (const bad of [NaN, -1, -0.5, -Infinity, "1", null, undefined, {}, true]) {
    assertFalse(addToCounter(slab, CELL32, bad as number), String(bad));
  }
  assertEquals(Int32Array.from(slab.i32), words, "nothing is stored");
});

Deno.test("case 40: sequence and page word go on when they wrap", () => {
  const slab = newSlab();
  slab.i32[CELL32] = -2;
  slab.i32[PAGE32] = -2;
  for (let i = 1; i <= 4; i++) {
    addToCounter(slab, CELL32, 0.5);
    assertEquals(valueOf(slab), i / 2);
    assertEquals(slab.i32[PAGE32], 2 * i, "0 would mean that no cell ever flipped");
  }
  assertEquals(slab.i32[CELL32], 2);
});

Deno.test("readCounterPage() refuses a page whose word is odd, readCounter() reads on", () => {
  const slab = newSlab();
  addToCounter(slab, CELL32, 1.5);
  slab.i32[PAGE32]++;
  assertFalse(readCounterPage(slab, { cells: Int32Array.of(CELL32), from: 0, to: 1 }, new Float64Array(1)));
  assertEquals(readCounter(slab, CELL32), 1.5);
});

Deno.test("readCounterPage() puts the run's values from element 0 on", () => {
  const slab = newSlab();
  addToCounter(slab, NEXT_CELL32, 4);
  const out = new Float64Array(1);
  assert(readCounterPage(slab, { cells: Int32Array.of(CELL32, NEXT_CELL32), from: 1, to: 2 }, out));
  assertEquals(out[0], 4);
});

Deno.test("addUpAsBefore() tells whether four slabs add up to what they did, while nothing flipped", () => {
  const slabs = Array.from({ length: 4 }, newSlab);
  const pages = slabs.map((slab) => densePage(slab, CELL32)) as unknown as FourPages;
  const sums = new Float64Array(2);
  for (const slab of slabs) addToCounter(slab, CELL32, 2 ** 31 - 1);
  assertFalse(addUpAsBefore(pages, 2, sums));
  assert(sumCounterPages(pages, 2, sums));
  assertEquals([...sums], [4 * (2 ** 31 - 1), 0]);
  assert(addUpAsBefore(pages, 2, sums));
  for (const slab of slabs) {
    addToCounter(slab, NEXT_CELL32, 1);
    assertFalse(addUpAsBefore(pages, 2, sums));
    sums[1]++;
    assert(addUpAsBefore(pages, 2, sums));
  }
  addToCounter(slabs[2], CELL32, 1);
  assertFalse(addUpAsBefore(pages, 2, sums), "the carry flips, and copy A stays as it was");
  assertFalse(sumCounterPages(pages, 2, sums));
});
