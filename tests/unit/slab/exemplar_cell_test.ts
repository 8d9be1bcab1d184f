import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import {
  EXEMPLAR_TEXT_BYTES,
  type ExemplarRecord,
  exemplarSequence,
  readExemplar,
  storeExemplar,
} from "../../../src/slab/exemplar_cell.ts";
import { createPrivateSlab, type Slab } from "../../../src/slab/slab.ts";

const CELL32 = PAGE_BYTES / 4;

function recordOf(n: number): ExemplarRecord {
  const text = new Uint8Array(EXEMPLAR_TEXT_BYTES).fill(n);
  return { value: n, timestamp: 1000 + n, text, textBytes: n % (EXEMPLAR_TEXT_BYTES + 1) };
}

function read(slab: Slab): ExemplarRecord {
  const record = recordOf(0);
  assert(readExemplar(slab, CELL32, record) !== 0);
  return { ...record, text: record.text.slice(0, record.textBytes) };
}

Deno.test("storeExemplar() replaces the exemplar as a whole", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  assertEquals(exemplarSequence(slab, CELL32), 0);
  for (const n of [1, EXEMPLAR_TEXT_BYTES, 3, 4, EXEMPLAR_TEXT_BYTES - 1]) {
    storeExemplar(slab, CELL32, recordOf(n));
    const wanted = recordOf(n);
    assertEquals(read(slab), { ...wanted, text: wanted.text.slice(0, n) });
  }
});

Deno.test("storeExemplar() stays within its cell", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  for (let n = 0; n < 4; n++) storeExemplar(slab, CELL32, recordOf(EXEMPLAR_TEXT_BYTES));
  assertEquals(slab.u8.subarray(CELL32 * 4 + 520, CELL32 * 4 + 1024), new Uint8Array(504));
});

Deno.test("an exemplar's sequence skips 0 when it wraps", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  slab.i32[CELL32] = -2;
  for (const [n, sequence] of [[5, -1], [6, 2], [7, 3]]) {
    storeExemplar(slab, CELL32, recordOf(n));
    assertEquals(exemplarSequence(slab, CELL32), sequence);
    assertEquals(read(slab).value, n);
  }
});

Deno.test("readExemplar() never trusts a length that is out of bounds", () => {
  const slab = createPrivateSlab(4 * PAGE_BYTES);
  storeExemplar(slab, CELL32, recordOf(9));
  slab.i32.fill(-1, CELL32 + 1, CELL32 + 130);
  const record = recordOf(0);
  readExemplar(slab, CELL32, record);
  assertEquals(record.textBytes, EXEMPLAR_TEXT_BYTES);
});
