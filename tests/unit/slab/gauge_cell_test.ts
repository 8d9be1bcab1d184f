import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { addToGauge, readGauge, setGauge, setStampedGauge } from "../../../src/slab/gauge_cell.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;

function readingOf(slab: Slab): { value: number; stamp: number; touched: boolean } {
  const reading = { value: -1, stamp: -1, touched: false };
  assert(readGauge(slab, CELL32, reading));
  return reading;
}

Deno.test("readGauge() tells a gauge that was never set from one set to 0", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  assertEquals(readingOf(slab), { value: 0, stamp: 0, touched: false });
  setGauge(slab, CELL32, 0);
  assertEquals(readingOf(slab), { value: 0, stamp: 0, touched: true });
});

Deno.test("setGauge() publishes any number", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  for (const value of [1, -2.5, 0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE]) {
    setGauge(slab, CELL32, value);
    assertEquals(readingOf(slab).value, value);
  }
});

Deno.test("addToGauge() adds to what was there, from 0", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  let sum = 0;
  for (const amount of [1, 2.5, -7, 0, 1e300]) {
    addToGauge(slab, CELL32, amount);
    sum += amount;
    assertEquals(readingOf(slab), { value: sum, stamp: 0, touched: true });
  }
});

Deno.test("setStampedGauge() publishes value and stamp together", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  for (let stamp = 1; stamp < 6; stamp++) {
    setStampedGauge(slab, CELL32, stamp * 10, stamp);
    assertEquals(readingOf(slab), { value: stamp * 10, stamp, touched: true });
  }
});

Deno.test("case 40: a gauge's sequence wraps past 0, which means never set", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  slab.i32[CELL32] = -3;
  for (let value = 1; value <= 5; value++) {
    setGauge(slab, CELL32, value);
    assertEquals(readingOf(slab), { value, stamp: 0, touched: true });
  }
  slab.i32[CELL32] = -2;
  addToGauge(slab, CELL32, 1);
  addToGauge(slab, CELL32, 1);
  assertEquals(readingOf(slab), { value: 7, stamp: 0, touched: true });
});
