import { assertEquals, assertThrows } from "@std/assert";
import { DIRECTORY_RECORD } from "../../../src/layout/directory_record.ts";
import { DIRECTORY_START, HEADER32 } from "../../../src/layout/slab_header.ts";
import { COUNTER_SHAPE } from "../../../src/slab/cell_shape.ts";
import { DirectoryReader, type DirectoryRecord, RECORD_KIND } from "../../../src/slab/directory.ts";
import { createSlab, openSlab, type Slab, SlabError } from "../../../src/slab/slab.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

const field = DIRECTORY_RECORD.at;

/** A slab with one family and two series. */
function filledSlab(): { slab: Slab; writer: SlabWriter; cells: number[] } {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  const writer = new SlabWriter(slab);
  writer.appendFamily("{}", { ...COUNTER_SHAPE, payload: Uint8Array.of(9) });
  const cells = [1, 2].map((byte) =>
    writer.appendSeries({ familyId: 0, payload: Uint8Array.of(byte), ...COUNTER_SHAPE })
  );
  return { slab, writer, cells };
}

function readAll(reader: DirectoryReader): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  reader.read((record) => records.push(record));
  return records;
}

Deno.test("DirectoryReader hands over each record once, in order", () => {
  const { slab, writer, cells } = filledSlab();
  const reader = new DirectoryReader(slab);
  const before = Date.now() / 1000;
  const records = readAll(reader);
  assertEquals(records.map((record) => record.kind), [
    RECORD_KIND.FAMILY,
    RECORD_KIND.SERIES,
    RECORD_KIND.SERIES,
  ]);
  assertEquals(records.map((record) => record.cellOffset), [0, ...cells]);
  assertEquals(records.map((record) => [...record.payload]), [[123, 125], [1], [2]]);
  assertEquals(records.every((record) => Math.abs(record.created - before) < 60), true);
  assertEquals(readAll(reader), []);
  writer.appendSeries({ familyId: 0, payload: Uint8Array.of(3), ...COUNTER_SHAPE });
  assertEquals(readAll(reader).map((record) => [...record.payload]), [[3]]);
});

Deno.test("case 56: DirectoryReader does not see a record before its end is published", () => {
  const { slab, writer } = filledSlab();
  const end = slab.i32[HEADER32.directoryEnd];
  writer.appendSeries({ familyId: 0, payload: Uint8Array.of(3), ...COUNTER_SHAPE });
  const newEnd = slab.i32[HEADER32.directoryEnd];
  slab.i32[HEADER32.directoryEnd] = end;
  const reader = new DirectoryReader(slab);
  assertEquals(readAll(reader).length, 3);
  slab.i32[HEADER32.directoryEnd] = newEnd;
  assertEquals(readAll(reader).length, 1);
});

Deno.test("case 55: DirectoryReader refuses an end that goes back, beyond the slab, or astray", () => {
  for (const end of [0, DIRECTORY_START - 8, -8, 65536 + 8, DIRECTORY_START + 36]) {
    const { slab } = filledSlab();
    const reader = new DirectoryReader(slab);
    slab.i32[HEADER32.directoryEnd] = end;
    assertThrows(() => readAll(reader), SlabError, "Cannot read directory");
  }
});

Deno.test("case 55: DirectoryReader hands over what precedes a damaged record", () => {
  const damages: [at: number, value: number][] = [
    [field.payloadBytes, -1],
    [field.payloadBytes, 100_000],
    [field.payloadBytes, 2 ** 31 - 1],
    [field.cellOffset, -8],
    [field.cellOffset, 65536],
    [field.cellOffset, 1001],
  ];
  for (const [at, value] of damages) {
    const { slab } = filledSlab();
    const second = DIRECTORY_START + DIRECTORY_RECORD.bytes + 8;
    slab.i32[(second + at) / 4] = value;
    const records: DirectoryRecord[] = [];
    assertThrows(
      () => new DirectoryReader(slab).read((record) => records.push(record)),
      SlabError,
      `Cannot read directory record at ${second}`,
    );
    assertEquals(records.length, 1);
  }
});

Deno.test("DirectoryReader copies payloads out of the shared memory", () => {
  const { slab } = filledSlab();
  const [family] = readAll(new DirectoryReader(slab));
  slab.u8.fill(0, DIRECTORY_START);
  assertEquals([...family.payload], [123, 125]);
});
