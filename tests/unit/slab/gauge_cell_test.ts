import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import {
  addToGauge,
  flipGauge,
  gaugeBefore,
  gaugeValue,
  readGauge,
  setGauge,
  setStampedGauge,
} from "../../../src/slab/gauge_cell.ts";
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
  const values = [1, -2.5, 0, -0, 7, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE];
  values.push(2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 0, -0, 0);
  for (const value of values) {
    setGauge(slab, CELL32, value);
    assertEquals([readingOf(slab).value, gaugeValue(slab, CELL32)], [value, value]);
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

Deno.test("setGauge(), addToGauge() and flipGauge() in any order do what numbers do", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const given = [1, -1, 0, -0, 0.5, -0.5, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1e300, -1e300];
  let value = 0;
  for (const first of given) {
    for (const second of given) {
      for (const third of given) {
        setGauge(slab, CELL32, value = first);
        addToGauge(slab, CELL32, second);
        assertEquals(readingOf(slab), { value: value += second, stamp: 0, touched: true });
        flipGauge(slab, CELL32, value = third);
        assertEquals(readingOf(slab), { value, stamp: 0, touched: true });
        addToGauge(slab, CELL32, first);
        assertEquals(readingOf(slab), { value: value += first, stamp: 0, touched: true });
      }
    }
  }
});

Deno.test("setGauge() and addToGauge() move a whole number without a flip, flipGauge() never does", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const flips = (act: () => void) => {
    const before = slab.i32[CELL32];
    act();
    return before !== slab.i32[CELL32];
  };
  assert(flips(() => setGauge(slab, CELL32, 3)), "the first value, before which the gauge was never set");
  assert(!flips(() => setGauge(slab, CELL32, -4)));
  assert(!flips(() => addToGauge(slab, CELL32, 5)));
  assert(flips(() => flipGauge(slab, CELL32, 6)));
  assert(flips(() => addToGauge(slab, CELL32, 2 ** 31 - 1)), "more than an Int32 holds");
  assert(flips(() => addToGauge(slab, CELL32, 0.5)));
  assert(flips(() => setGauge(slab, CELL32, 1)), "back to a whole number");
});

Deno.test("gaugeBefore() tells what a flip has replaced", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  let before = 0;
  for (const value of [5, 0.5, 7, 8, -0.25, 0.75]) {
    const sequence = slab.i32[CELL32];
    flipGauge(slab, CELL32, value);
    const reading = { value: -1, stamp: -1, touched: true };
    gaugeBefore(slab, { cell32: CELL32, sequence }, reading);
    assertEquals(reading, { value: before, stamp: 0, touched: sequence !== 0 });
    before = value;
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
  for (const step of [1, 0.5]) {
    for (let sequence = -8; sequence < 0; sequence++) {
      const slab = createPrivateSlab(4 * PAGE_BYTES);
      slab.i32[CELL32] = sequence;
      for (let value = step; value <= 5 * step; value += step) {
        flipGauge(slab, CELL32, value);
        assertEquals(readingOf(slab), { value, stamp: 0, touched: true });
      }
      addToGauge(slab, CELL32, 1);
      addToGauge(slab, CELL32, 1);
      assertEquals(readingOf(slab), { value: 5 * step + 2, stamp: 0, touched: true });
    }
  }
});
