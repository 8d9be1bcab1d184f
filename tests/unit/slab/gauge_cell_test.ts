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
import { createConfinedSlab, createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;

/** A slab that nobody else can have, and one that others may read. */
const SLABS: readonly (() => Slab)[] = [
  () => createConfinedSlab({ bytes: 4 * PAGE_BYTES }),
  () => createPrivateSlab(4 * PAGE_BYTES),
];

function flips(slab: Slab, act: () => void): boolean {
  const before = slab.i32[CELL32];
  act();
  return before !== slab.i32[CELL32];
}

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
  const values = [1, -2.5, 0, -0, 7, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE];
  values.push(2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 0, -0, 0);
  for (const slab of SLABS.map((make) => make())) {
    for (const value of values) {
      setGauge(slab, CELL32, value);
      assertEquals([readingOf(slab).value, gaugeValue(slab, CELL32)], [value, value]);
    }
  }
});

Deno.test("addToGauge() adds to what was there, from 0", () => {
  for (const slab of SLABS.map((make) => make())) {
    let sum = 0;
    for (const amount of [1, 2.5, -7, 0, 0.25, 1e300]) {
      addToGauge(slab, CELL32, amount);
      sum += amount;
      assertEquals(readingOf(slab), { value: sum, stamp: 0, touched: true });
    }
  }
});

Deno.test("setGauge() and addToGauge() make a gauge a touched one by whatever number", () => {
  for (const make of SLABS) {
    for (
      const [update, value] of [[setGauge, -0], [setGauge, 0.5], [addToGauge, 0.5], [addToGauge, 0]] as const
    ) {
      const slab = make();
      update(slab, CELL32, value);
      assertEquals(readingOf(slab), { value, stamp: 0, touched: true });
    }
  }
});

Deno.test("setGauge(), addToGauge() and flipGauge() in any order do what numbers do", () => {
  const given = [1, -1, 0, -0, 0.5, -0.5, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 1e300, -1e300];
  const check = (slab: Slab, first: number, second: number, third: number) => {
    let value = 0;
    setGauge(slab, CELL32, value = first);
    addToGauge(slab, CELL32, second);
    assertEquals(readingOf(slab), { value: value += second, stamp: 0, touched: true });
    flipGauge(slab, CELL32, value = third);
    assertEquals(readingOf(slab), { value, stamp: 0, touched: true });
    addToGauge(slab, CELL32, first);
    assertEquals(readingOf(slab), { value: value += first, stamp: 0, touched: true });
  };
  for (const slab of SLABS.map((make) => make())) {
    for (const first of given) {
      for (const second of given) {
        for (const third of given) check(slab, first, second, third);
      }
    }
  }
});

Deno.test("setGauge() and addToGauge() move a whole number without a flip, flipGauge() never does", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  const isFlipped = (act: () => void) => flips(slab, act);
  assert(isFlipped(() => setGauge(slab, CELL32, 3)), "the first value, before which the gauge was never set");
  assert(!isFlipped(() => setGauge(slab, CELL32, -4)));
  assert(!isFlipped(() => addToGauge(slab, CELL32, 5)));
  assert(isFlipped(() => flipGauge(slab, CELL32, 6)));
  assert(isFlipped(() => addToGauge(slab, CELL32, 2 ** 31 - 1)), "more than an Int32 holds");
  assert(isFlipped(() => addToGauge(slab, CELL32, 0.5)));
  assert(isFlipped(() => setGauge(slab, CELL32, 1)), "back to a whole number");
});

Deno.test("setGauge() and addToGauge() move a fraction without a flip until the slab's memory is taken", () => {
  const slab = createConfinedSlab({ bytes: 4 * PAGE_BYTES });
  const updates = [
    () => addToGauge(slab, CELL32, 0.5),
    () => setGauge(slab, CELL32, 2.25),
    () => addToGauge(slab, CELL32, -0.75),
    () => setGauge(slab, CELL32, -0),
  ];
  assert(flips(slab, updates[0]), "the first value, before which the gauge was never set");
  for (const update of updates) assert(!flips(slab, update));
  assert(flips(slab, () => flipGauge(slab, CELL32, 0.5)), "a commit wants a flip whoever reads");
  assert(flips(slab, () => setStampedGauge(slab, CELL32, 0.5, 1)), "value and stamp belong together");
  void slab.buffer;
  for (let times = 0; times < 3; times++) {
    for (const update of updates) assert(flips(slab, update), String(update));
  }
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
