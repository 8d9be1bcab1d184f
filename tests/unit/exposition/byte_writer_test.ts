import { assertEquals, assertGreaterOrEqual, assertStrictEquals } from "@std/assert";
import { ByteWriter } from "../../../src/exposition/byte_writer.ts";

Deno.test("ByteWriter grows as needed and keeps what is written", () => {
  const writer = new ByteWriter(1);
  const expected: number[] = [];
  for (let i = 0; i < 1000; i++) {
    writer.byte(i % 256);
    expected.push(i % 256);
  }
  writer.append(Uint8Array.from(expected));
  assertEquals([...writer.toBytes()], [...expected, ...expected]);
});

Deno.test("ByteWriter writes text in UTF-8, three bytes for each code unit at most", () => {
  for (const text of ["", "a", "ü", "€€€", "a\u{1f600}"]) {
    const writer = new ByteWriter(0);
    writer.text(text);
    assertEquals(writer.toBytes(), new TextEncoder().encode(text), text);
  }
});

Deno.test("ByteWriter puts a replacement character in the place of half a pair", () => {
  const writer = new ByteWriter(0);
  writer.text("a\ud83d");
  writer.byte(0x62);
  assertEquals(new TextDecoder().decode(writer.toBytes()), "a\ufffdb");
});

Deno.test("ByteWriter keeps its memory while what comes has room", () => {
  const writer = new ByteWriter(8);
  const { bytes } = writer;
  writer.reserve(8);
  writer.append(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  assertStrictEquals(writer.bytes, bytes);
  writer.reserve(1);
  // Twice the memory, so that many small pieces do not copy all of it each time.
  assertGreaterOrEqual(writer.bytes.length, 16);
  assertEquals(writer.length, 8);
});

Deno.test("ByteWriter gives a copy that later writing does not touch", () => {
  const writer = new ByteWriter(8);
  writer.byte(1);
  const bytes = writer.toBytes();
  writer.length = 0;
  writer.byte(2);
  assertEquals([bytes.length, bytes[0], bytes.buffer.byteLength], [1, 1, 1]);
});
