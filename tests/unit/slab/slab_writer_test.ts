import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { COUNTER_PAGE, PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { DIRECTORY_RECORD, recordBytes } from "../../../src/layout/directory_record.ts";
import { DIRECTORY_START, HEADER32, SLAB_STATE } from "../../../src/layout/slab_header.ts";
import { COUNTER_SHAPE, GAUGE_SHAPE, histogramShape } from "../../../src/slab/cell_shape.ts";
import { DirectoryReader, type DirectoryRecord } from "../../../src/slab/directory.ts";
import { createSlab, openSlab, type Slab } from "../../../src/slab/slab.ts";
import { fenceSlab } from "../../../src/slab/slab_status.ts";
import { acquire, publish, SlabWriter } from "../../../src/slab/slab_writer.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3);

function newWriter(bytes = 16 * PAGE_BYTES): { slab: Slab; writer: SlabWriter } {
  const slab = openSlab(createSlab({ bytes }));
  return { slab, writer: new SlabWriter(slab) };
}

function recordsOf(slab: Slab): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  new DirectoryReader(slab).read((record) => records.push(record));
  return records;
}

Deno.test("SlabWriter takes a slab over and closes it", () => {
  const { slab, writer } = newWriter();
  assertEquals(slab.i32[HEADER32.state], SLAB_STATE.LIVE);
  writer.close();
  assertEquals(slab.i32[HEADER32.state], SLAB_STATE.CLOSED);
  assertEquals(slab.i32[HEADER32.published], 1);
});

Deno.test("SlabWriter.appendFamily() numbers families from 0 and sets their fallback cell aside", () => {
  const { slab, writer } = newWriter();
  const first = writer.appendFamily('{"a":1}', { ...COUNTER_SHAPE, payload: PAYLOAD });
  const second = writer.appendFamily('{"b":2}', { ...GAUGE_SHAPE, payload: PAYLOAD });
  assertEquals([first?.familyId, second?.familyId], [0, 1]);
  assertNotEquals(first?.fallbackCell, second?.fallbackCell);
  const texts = recordsOf(slab).map((record) => new TextDecoder().decode(record.payload));
  assertEquals(texts, ['{"a":1}', '{"b":2}'], "the fallback series are not announced yet");
  assertEquals(slab.i32[HEADER32.seriesCount], 0);
});

Deno.test("SlabWriter.appendFallback() announces the fallback series, in a full slab too", () => {
  const { slab, writer } = newWriter(4 * PAGE_BYTES);
  const family = writer.appendFamily("{}", { ...COUNTER_SHAPE, payload: PAYLOAD });
  assert(family);
  let taken = 0;
  while (writer.appendSeries({ familyId: 0, payload: PAYLOAD, ...COUNTER_SHAPE }) !== 0) taken++;
  assert(taken > 100, `${taken} series`);
  writer.appendFallback({ familyId: 0, cellOffset: family.fallbackCell, payload: PAYLOAD });
  const last = recordsOf(slab).at(-1);
  assertEquals(last?.cellOffset, family.fallbackCell);
  assertEquals(slab.i32[HEADER32.seriesCount], taken + 1);
  assert(slab.i32[HEADER32.directoryEnd] <= slab.i32[HEADER32.cellsStart]);
});

Deno.test("case 53: SlabWriter refuses what does not fit and leaves the slab as it was", () => {
  const { slab, writer } = newWriter(4 * PAGE_BYTES);
  writer.appendFamily("{}", { ...COUNTER_SHAPE, payload: PAYLOAD });
  const end = slab.i32[HEADER32.directoryEnd];
  const huge = new Uint8Array(4 * PAGE_BYTES);
  assertEquals(writer.appendSeries({ familyId: 0, payload: huge, ...COUNTER_SHAPE }), 0);
  assertEquals(
    writer.appendFamily("x".repeat(huge.length), { ...COUNTER_SHAPE, payload: PAYLOAD }),
    undefined,
  );
  assertEquals(writer.appendSeries({ familyId: 0, payload: PAYLOAD, ...histogramShape(2000) }), 0);
  assertEquals(slab.i32[HEADER32.directoryEnd], end);
  assertNotEquals(writer.appendSeries({ familyId: 0, payload: PAYLOAD, ...COUNTER_SHAPE }), 0);
});

Deno.test("SlabWriter.appendSeries() hands out zeroed cells that never overlap", () => {
  const { slab, writer } = newWriter(64 * PAGE_BYTES);
  const shapes = [COUNTER_SHAPE, GAUGE_SHAPE, histogramShape(12), histogramShape(700)];
  const used = new Uint8Array(slab.buffer.byteLength);
  for (let i = 0; i < 300; i++) {
    const shape = shapes[i % 40 === 3 ? 3 : i % 3];
    const at = writer.appendSeries({ familyId: 0, payload: PAYLOAD, ...shape });
    if (at === 0) break;
    assertEquals(at % 8, 0);
    if (shape.arena === "counter") assert(at % PAGE_BYTES >= COUNTER_PAGE.bytes, "the page's head is free");
    for (let byte = at; byte < at + shape.cellBytes; byte++) {
      assertEquals(slab.u8[byte], 0, "zeroed");
      assertEquals(used[byte]++, 0, "overlap");
    }
  }
  const cellsStart = slab.i32[HEADER32.cellsStart];
  assert(used.every((count, at) => count === 0 || at >= cellsStart));
  assert(slab.i32[HEADER32.directoryEnd] <= cellsStart);
});

Deno.test("SlabWriter publishes each record by the end of the directory", () => {
  const { slab, writer } = newWriter();
  writer.appendFamily("{}", { ...GAUGE_SHAPE, payload: PAYLOAD });
  let end = DIRECTORY_START + recordBytes(2);
  assertEquals(slab.i32[HEADER32.directoryEnd], end);
  writer.appendSeries({ familyId: 0, payload: PAYLOAD, ...GAUGE_SHAPE });
  end += DIRECTORY_RECORD.bytes + 8;
  assertEquals(slab.i32[HEADER32.directoryEnd], end);
});

Deno.test("SlabWriter counts what it could not hold", () => {
  const { slab, writer } = newWriter();
  writer.countDroppedSeries();
  writer.countDroppedSeries();
  writer.countDroppedFamily();
  assertEquals([slab.i32[HEADER32.droppedSeries], slab.i32[HEADER32.droppedFamilies]], [2, 1]);
});

Deno.test("SlabWriter.beat() counts up and says whether the slab is fenced", () => {
  const { slab, writer } = newWriter();
  assertEquals(writer.beat(), false);
  assertEquals([slab.i32[HEADER32.beat], slab.i32[HEADER32.published]], [1, 1]);
  fenceSlab(slab);
  assertEquals(writer.beat(), true);
});

Deno.test("publish() counts, acquire() leaves the count alone", () => {
  const { slab } = newWriter();
  publish(slab);
  acquire(slab);
  publish(slab);
  assertEquals(slab.i32[HEADER32.published], 2);
});
