/**
 * What the writers and readers of cells take for granted of their layouts.
 */
import { assert, assertEquals } from "@std/assert";
import { COUNTER_PAGE, IN_PAGE_MASK32, PAGE_BYTES, PAGE_MASK32 } from "../../../src/layout/cell_page.ts";
import { CONTROL_BLOCK, TICKET64 } from "../../../src/layout/control_block.ts";
import {
  COUNTER_CELL,
  COUNTER_FLOAT64,
  COUNTER_HIGH32,
  COUNTER_LOW_COPY32,
  COUNTER_LOW_RANGE,
  counterLow32,
} from "../../../src/layout/counter_cell.ts";
import {
  DIRECTORY_RECORD,
  RECORD_GENERATION,
  RECORD_STATE,
  RECORD_STATE_MASK,
  recordBytes,
} from "../../../src/layout/directory_record.ts";
import {
  GAUGE_CELL,
  GAUGE_COPY64,
  GAUGE_COPY_BIT,
  GAUGE_FLIP,
  GAUGE_VALUE64,
  GAUGE_WHOLE32,
  GAUGE_WHOLE_BIT,
} from "../../../src/layout/gauge_cell.ts";
import {
  HISTOGRAM_CELL,
  HISTOGRAM_COPIES64,
  HISTOGRAM_LAST32,
  histogramCellBytes,
  histogramCopy64,
} from "../../../src/layout/histogram_cell.ts";
import { DIRECTORY_START, HEADER32, SLAB_HEADER } from "../../../src/layout/slab_header.ts";

Deno.test("counter cells keep copy B one element after copy A, and 64-bit words aligned in every cell of a page", () => {
  const { at, bytes } = COUNTER_CELL;
  assertEquals([at.highB - at.highA, at.floatB - at.floatA], [4, 8]);
  assertEquals([COUNTER_HIGH32 * 4, COUNTER_FLOAT64 * 8], [at.highA, at.floatA]);
  assertEquals([at.sequence, bytes % 8, COUNTER_PAGE.bytes % bytes], [0, 0, 0]);
  assertEquals(COUNTER_LOW_RANGE, 2 ** 31);
});

Deno.test("each counter of a page has two low words of its own, inside the page's head and away from its word", () => {
  const { at, bytes } = COUNTER_PAGE;
  const used = new Set<number>();
  for (let cell = bytes; cell + COUNTER_CELL.bytes <= PAGE_BYTES; cell += COUNTER_CELL.bytes) {
    const cell32 = (3 * PAGE_BYTES + cell) / 4;
    const lowA = 4 * (counterLow32(cell32) & IN_PAGE_MASK32);
    const lowB = lowA + 4 * COUNTER_LOW_COPY32;
    assertEquals(counterLow32(cell32) & PAGE_MASK32, 3 * PAGE_BYTES / 4);
    assert(lowA >= at.lowsA && lowA < at.reservedB, `${lowA} is no word of lowsA`);
    assert(lowB >= at.lowsB && lowB < bytes, `${lowB} is no word of lowsB`);
    used.add(lowA).add(lowB);
  }
  assertEquals(used.size, 2 * (PAGE_BYTES - bytes) / COUNTER_CELL.bytes);
  assertEquals(at.flips, 0);
});

Deno.test("gauge cells keep a stamp next to its value, and whole numbers next to each other", () => {
  const { at, bytes } = GAUGE_CELL;
  assertEquals([at.stampA - at.valueA, at.stampB - at.valueB, bytes % 8], [8, 8, 0]);
  assertEquals([GAUGE_VALUE64 * 8, GAUGE_COPY64 * 8], [at.valueA, at.valueB - at.valueA]);
  assertEquals([GAUGE_WHOLE32 * 4, at.wholeB - at.wholeA], [at.wholeA, 4]);
  assertEquals([at.sequence, GAUGE_COPY_BIT | GAUGE_WHOLE_BIT, GAUGE_FLIP], [0, 3, 4]);
});

Deno.test("histogram cells hold two copies after their head", () => {
  assertEquals([HISTOGRAM_COPIES64 * 8, HISTOGRAM_LAST32 * 4], [
    HISTOGRAM_CELL.bytes,
    HISTOGRAM_CELL.at.lastBucket,
  ]);
  for (const buckets of [1, 2, 13, 500]) {
    assertEquals(histogramCellBytes(buckets), HISTOGRAM_CELL.bytes + 2 * 8 * histogramCopy64(buckets));
  }
});

Deno.test("a page's word is found by masking any element of the page", () => {
  const page32 = 3 * PAGE_BYTES / 4;
  for (const element of [page32, page32 + 1, page32 + PAGE_BYTES / 4 - 1]) {
    assertEquals(element & PAGE_MASK32, page32);
  }
});

Deno.test("directory records are padded to 8 bytes, so that the next one is aligned", () => {
  assertEquals([0, 1, 8, 9].map((payload) => recordBytes(payload) - DIRECTORY_RECORD.bytes), [0, 8, 8, 16]);
  assertEquals(DIRECTORY_RECORD.bytes % 8, 0);
  assertEquals(DIRECTORY_START % 8, 0);
});

Deno.test("a record's state and its generation share a word without touching each other", () => {
  const states = Object.values(RECORD_STATE);
  assertEquals(new Set(states).size, states.length);
  for (const state of states) assertEquals(state & RECORD_STATE_MASK, state);
  assert(RECORD_GENERATION > RECORD_STATE_MASK);
  assertEquals(RECORD_GENERATION & RECORD_STATE_MASK, 0);
});

Deno.test("the header's words of different writers lie two cache lines apart", () => {
  const byLine = new Map<number, Set<string>>();
  for (const { offset, writer, field } of SLAB_HEADER.fields) {
    if (field.startsWith("reserved")) continue;
    const line = Math.floor(offset / 128);
    byLine.set(line, (byLine.get(line) ?? new Set()).add(writer.split(";")[0]));
  }
  for (const writers of byLine.values()) assertEquals(writers.size, 1, [...writers].join());
  const elements = Object.values(HEADER32);
  assertEquals(new Set(elements).size, elements.length);
});

Deno.test("the control block's ticket is a whole 64-bit word", () => {
  assertEquals(TICKET64 * 8, CONTROL_BLOCK.at.ticket);
});
