import { assertEquals, assertStrictEquals } from "@std/assert";
import { ByteWriter } from "../../../src/exposition/byte_writer.ts";
import { ProtobufFields } from "../../../src/exposition/check/protobuf_reader.ts";
import { ProtobufWriter } from "../../../src/exposition/protobuf_writer.ts";

function written(write: (out: ProtobufWriter) => void): number[] {
  const out = new ProtobufWriter(new ByteWriter(1));
  write(out);
  return [...out.bytes.toBytes()];
}

Deno.test("ProtobufWriter writes the examples of the format's documentation", () => {
  assertEquals(written((out) => out.uint(1, 150)), [0x08, 0x96, 0x01]);
  assertEquals(written((out) => out.string(2, "testing")), [
    0x12,
    7,
    ...new TextEncoder().encode("testing"),
  ]);
});

Deno.test("ProtobufWriter writes tags of two bytes from field 16 on", () => {
  assertEquals(written((out) => out.uint(15, 1)), [0x78, 1]);
  assertEquals(written((out) => out.uint(16, 1)), [0x80, 0x01, 1]);
});

Deno.test("ProtobufWriter writes integers of up to 2^64 whole", () => {
  for (const value of [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, 2 ** 63]) {
    const bytes = written((out) => out.uint(1, value));
    assertEquals(new ProtobufFields(Uint8Array.from(bytes)).uint(1), value);
  }
  assertEquals(written((out) => out.varint(2 ** 63)), [...Array.from({ length: 9 }, () => 0x80), 1]);
});

Deno.test("ProtobufWriter writes signed integers zigzag, whole up to 2^53", () => {
  assertEquals([0, -1, 1, -2, 63, -64].map((value) => written((out) => out.sint(1, value))[1]), [
    0,
    1,
    2,
    3,
    126,
    127,
  ]);
  for (const value of [64, -65, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 2 ** 53 - 1, 1 - 2 ** 53]) {
    const bytes = written((out) => out.sint(1, value));
    assertEquals(new ProtobufFields(Uint8Array.from(bytes)).sint(1), value);
  }
});

Deno.test("ProtobufWriter writes doubles bit by bit, from the lowest byte", () => {
  assertEquals(written((out) => out.double(1, -0)), [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80]);
  for (const value of [Math.PI, NaN, -Infinity, Number.MIN_VALUE]) {
    const bytes = written((out) => out.double(1, value));
    assertEquals(new ProtobufFields(Uint8Array.from(bytes)).double(1), value);
  }
});

Deno.test("ProtobufWriter puts a message's length before it, however many bytes the length takes", () => {
  for (const byteCount of [0, 127, 128, 16_383, 16_384]) {
    const out = new ProtobufWriter(new ByteWriter(1));
    const start = out.begin(1);
    for (let i = 0; i < byteCount; i++) out.bytes.byte(i % 251);
    out.end(start);
    out.uint(2, 5);
    const fields = new ProtobufFields(out.bytes.toBytes());
    assertEquals(fields.uint(2), 5, "what follows stands behind the message");
    const expected = Uint8Array.from({ length: byteCount }, (_, i) => i % 251);
    const lengthBytes = byteCount < 128 ? 1 : byteCount < 16_384 ? 2 : 3;
    assertEquals(out.bytes.toBytes().subarray(1 + lengthBytes, 1 + lengthBytes + byteCount), expected);
  }
});

Deno.test("ProtobufWriter makes room in the messages around one that is long", () => {
  const out = new ProtobufWriter(new ByteWriter(1));
  const outer = out.begin(1);
  out.uint(1, 1);
  const inner = out.begin(2);
  out.string(1, "ü".repeat(100));
  out.end(inner);
  out.uint(3, 3);
  out.end(outer);
  const message = new ProtobufFields(out.bytes.toBytes()).message(1);
  assertEquals([message?.uint(1), message?.message(2)?.string(1), message?.uint(3)], [
    1,
    "ü".repeat(100),
    3,
  ]);
});

Deno.test("ProtobufWriter goes on in other bytes", () => {
  const [first, second] = [new ByteWriter(), new ByteWriter()];
  const out = new ProtobufWriter(first);
  out.uint(1, 1);
  assertStrictEquals(out.target(second), out);
  out.uint(1, 2);
  assertEquals([[...first.toBytes()], [...second.toBytes()]], [[8, 1], [8, 2]]);
});
