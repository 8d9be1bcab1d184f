import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { isNegativeCode, keyOfCode } from "../../../src/slab/native_code.ts";
import {
  addToSketch,
  type AreaReading,
  CHUNK_BINS,
  newAreaReading,
  readArea,
  SPECIAL_BIN,
} from "../../../src/slab/sketch.ts";
import { SketchPlan } from "../../../src/slab/sketch_plan.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;
const FOREVER = new SketchPlan({ relativeError: 0.01, windowSeconds: 0 });
const WINDOW = new SketchPlan({ relativeError: 0.01, windowSeconds: 600 });

function read(slab: Slab, plan: SketchPlan, slot = 0): AreaReading {
  const reading = newAreaReading(plan);
  assert(readArea(slab, CELL32, plan, plan.areaOf(slot), reading));
  return reading;
}

/** What is counted: the values that the bins stand for, with their counts, ascending. */
function contents(reading: AreaReading, plan: SketchPlan): [value: number, count: number][] {
  const { specials, chunkCount, chunkIds, bins } = reading;
  const found: [number, number][] = [
    [0, specials[SPECIAL_BIN.ZERO]],
    [Infinity, specials[SPECIAL_BIN.POSITIVE_INFINITY]],
    [-Infinity, specials[SPECIAL_BIN.NEGATIVE_INFINITY]],
  ];
  for (let i = 0; i < chunkCount * CHUNK_BINS; i++) {
    const id = chunkIds[Math.floor(i / CHUNK_BINS)];
    const value = plan.valueOf(keyOfCode(id) * CHUNK_BINS + i % CHUNK_BINS);
    found.push([isNegativeCode(id) ? -value : value, bins[i]]);
  }
  return found.filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
}

function assertNear(found: [number, number][], wanted: [number, number][]): void {
  assertEquals(found.map(([, count]) => count), wanted.map(([, count]) => count));
  found.forEach(([value], i) => {
    const [exact] = wanted[i];
    if (Number.isFinite(exact)) {
      assert(Math.abs(value - exact) <= 0.01 * Math.abs(exact) * (1 + 1e-9), `${value} for ${exact}`);
    } else assertEquals(value, exact);
  });
}

Deno.test("addToSketch() counts values of all sizes and signs within the relative error", () => {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  const values = [0, -0, 1, 1, 1e-5, 123456, -3, -3e-4, Infinity, -Infinity, 0.02];
  for (const value of values) addToSketch(slab, CELL32, FOREVER, value, 0);
  assertNear(contents(read(slab, FOREVER), FOREVER), [
    [-Infinity, 1],
    [-3, 1],
    [-3e-4, 1],
    [0, 2],
    [1e-5, 1],
    [0.02, 1],
    [1, 2],
    [123456, 1],
    [Infinity, 1],
  ]);
});

Deno.test("a sketch has room for values that differ by nine powers of ten, wherever they lie", () => {
  for (const relativeError of [0.001, 0.01, 0.1]) {
    const plan = new SketchPlan({ relativeError, windowSeconds: 0 });
    for (const least of [1e-9, 1e-3, 7e12]) {
      const slab = createPrivateSlab(256 * PAGE_BYTES);
      for (let i = 0; i <= 900; i++) addToSketch(slab, CELL32, plan, least * 10 ** (i / 100), 0);
      const found = contents(read(slab, plan), plan);
      assertEquals(found.reduce((sum, [, count]) => sum + count, 0), 901);
      for (const [end, exact] of [[found[0], least], [found.at(-1)!, least * 1e9]] as const) {
        assert(Math.abs(end[0] / exact - 1) <= relativeError * (1 + 1e-9));
      }
    }
  }
});

Deno.test("a sketch without room for a value takes the nearest that it knows, of the same sign if it can", () => {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  for (let i = 0; i < 4000; i++) addToSketch(slab, CELL32, FOREVER, 10 ** (i / 200), 0);
  addToSketch(slab, CELL32, FOREVER, 1e300, 0);
  addToSketch(slab, CELL32, FOREVER, 1e-300, 0);
  addToSketch(slab, CELL32, FOREVER, -5, 0);
  const reading = read(slab, FOREVER);
  assertEquals(reading.chunkCount, FOREVER.maxChunks);
  const found = contents(reading, FOREVER);
  assertEquals(found.reduce((sum, [, count]) => sum + count, 0), 4003);
  assertEquals(found[0], [0, 1], "a negative value among positive ones is nearest to zero");
  assert(found.at(-1)![0] < 1e20);
});

Deno.test("a bin of a sketch without window counts beyond 32 bits", () => {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  addToSketch(slab, CELL32, FOREVER, 1, 0);
  const bin32 = slab.i32.indexOf(1, CELL32 + FOREVER.chunks32);
  let wanted = 1;
  const jump = 2 ** 30 - 2;
  for (let turn = 0; turn < 6; turn++) {
    // As if so many had been counted without reaching the next overflow.
    slab.i32[bin32] += jump;
    wanted += jump;
    for (let i = 0; i < 3; i++) {
      assertEquals(contents(read(slab, FOREVER), FOREVER)[0][1], wanted);
      if (i === 2) break;
      addToSketch(slab, CELL32, FOREVER, 1, 0);
      wanted++;
      if (i === 0 && wanted % 2 ** 30 === 0) {
        // A reader that sees the bin before its overflow, or the owner ended between the two.
        slab.i32[bin32 + FOREVER.overflows32]--;
        assertEquals(contents(read(slab, FOREVER), FOREVER)[0][1], wanted);
        slab.i32[bin32 + FOREVER.overflows32] += 2;
        assertEquals(contents(read(slab, FOREVER), FOREVER)[0][1], wanted);
        slab.i32[bin32 + FOREVER.overflows32]--;
      }
    }
  }
  assert(wanted > 2 ** 32);
});

Deno.test("addToSketch() gives each slot of time an area, and empties the one it takes from the past", () => {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  assertEquals([WINDOW.areaCount, WINDOW.slotMs], [6, 120_000]);
  for (let slot = 100; slot < 113; slot++) {
    for (let n = 0; n <= slot - 100; n++) addToSketch(slab, CELL32, WINDOW, slot, slot);
    addToSketch(slab, CELL32, WINDOW, 0, slot);
    const reading = read(slab, WINDOW, slot);
    assertEquals(reading.slot, slot);
    assertNear(contents(reading, WINDOW), [[0, 1], [slot, slot - 99]]);
    if (slot >= 104) {
      assertNear(contents(read(slab, WINDOW, slot - 4), WINDOW), [[0, 1], [slot - 4, slot - 103]]);
    }
  }
  assert(WINDOW.isRecent(108, 112));
  assert(!WINDOW.isRecent(107, 112));
  assert(!WINDOW.isRecent(113, 112));
  assert(WINDOW.isRecent(-(2 ** 31), -(2 ** 31) + 2), "slots are told modulo 2 ** 32");
  assert(WINDOW.isRecent(2 ** 31 - 1, -(2 ** 31)));
});

Deno.test("SketchPlan.slotOf() counts slots of time since the epoch, modulo 2 ** 32", () => {
  assertEquals(WINDOW.slotOf(0), 0);
  assertEquals(WINDOW.slotOf(119_999), 0);
  assertEquals(WINDOW.slotOf(120_000), 1);
  assertEquals(WINDOW.slotOf(119_998), 0);
  assertEquals(WINDOW.slotOf(120_000 * (2 ** 32 + 7)), 7);
  assertEquals(FOREVER.slotOf(1e12), 0);
});

Deno.test("a sketch keeps to its bytes", () => {
  for (const plan of [FOREVER, WINDOW]) {
    const slab = createPrivateSlab(64 * PAGE_BYTES);
    for (let i = 0; i < 9000; i++) {
      addToSketch(slab, CELL32, plan, (i % 2 === 0 ? 1 : -1) * 10 ** (i % 40 - 20), plan.slotOf(i * 60_000));
    }
    const end = CELL32 + plan.cellBytes / 4;
    assert(slab.i32.subarray(end, end + 2000).every((word) => word === 0));
    assert(slab.i32.subarray(end - 64, end).some((word) => word !== 0) || plan === FOREVER);
  }
});

Deno.test("addToSketch() has room for values of both signs that begin in the middle of a chunk", () => {
  const slab = createPrivateSlab(64 * PAGE_BYTES);
  const plan = new SketchPlan({ relativeError: 0.2, windowSeconds: 0 });
  const values = [-0.5, 1, 0.5, -1];
  for (const value of values) addToSketch(slab, CELL32, plan, value, 0);
  const found = contents(read(slab, plan), plan);
  assertEquals(found.map(([, count]) => count), [1, 1, 1, 1]);
  values.sort((a, b) => a - b).forEach((value, i) => {
    assert(
      Math.abs(found[i][0] - value) <= 0.2 * Math.abs(value) * (1 + 1e-9),
      `${found[i][0]} for ${value}`,
    );
  });
});
