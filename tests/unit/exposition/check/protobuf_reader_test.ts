import { assertEquals, assertThrows } from "@std/assert";
import { ProtobufFields, readDelimited } from "../../../../src/exposition/check/protobuf_reader.ts";

function fieldsOf(...bytes: number[]): ProtobufFields {
  return new ProtobufFields(Uint8Array.from(bytes));
}

Deno.test("ProtobufFields reads integers beyond 32 bits", () => {
  // The documentation's example: 150 in field 1. Then 2^53 - 1 in field 2.
  const fields = fieldsOf(0x08, 0x96, 0x01, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f);
  assertEquals([fields.uint(1), fields.uint(2)], [150, 2 ** 53 - 1]);
});

Deno.test("ProtobufFields reads the sign of a zigzag number from its lowest bit", () => {
  const signed = [0, 1, 2, 3].map((wire) => fieldsOf(0x08, wire).sint(1));
  assertEquals(signed, [0, -1, 1, -2]);
  // The smallest number of 64 bits.
  const ones = Array.from({ length: 9 }, () => 0xff);
  assertEquals(fieldsOf(0x08, ...ones, 0x01).sint(1), -(2 ** 63));
});

Deno.test("ProtobufFields gives a repeated number whether it is packed or not", () => {
  // Field 13, once as varints of their own, once as one run of bytes.
  assertEquals(fieldsOf(0x68, 2, 0x68, 1).sints(13), [1, -1]);
  assertEquals(fieldsOf(0x6a, 3, 2, 1, 4).sints(13), [1, -1, 2]);
  assertEquals(fieldsOf(0x6a, 1, 2, 0x68, 1).sints(13), [1, -1]);
  assertEquals(fieldsOf().sints(13), []);
});

Deno.test("ProtobufFields takes the last of several values, as every reader of the format does", () => {
  assertEquals(fieldsOf(0x08, 1, 0x10, 9, 0x08, 2).uint(1), 2);
});

Deno.test("ProtobufFields has nothing for a field that is not there, or is of another type", () => {
  const fields = fieldsOf(0x08, 1);
  assertEquals([fields.uint(2), fields.sint(2), fields.double(2), fields.message(2)], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([fields.string(2), fields.messages(2)], ["", []]);
  assertEquals([fields.double(1), fields.string(1), fields.message(1)], [undefined, "", undefined]);
});

Deno.test("ProtobufFields reads a double from bytes that begin anywhere", () => {
  const memory = Uint8Array.of(0xaa, 0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0xaa);
  assertEquals(new ProtobufFields(memory.subarray(1, 10)).double(1), 1.5);
});

Deno.test("ProtobufFields reads messages within messages", () => {
  const outer = fieldsOf(0x0a, 2, 0x08, 5, 0x0a, 2, 0x08, 6);
  assertEquals(outer.messages(1).map((inner) => inner.uint(1)), [5, 6]);
  assertEquals(outer.message(1)?.uint(1), 6);
});

Deno.test("ProtobufFields keeps a byte order mark and refuses what is not UTF-8", () => {
  assertEquals(fieldsOf(0x0a, 4, 0xef, 0xbb, 0xbf, 0x61).string(1), "\ufeffa");
  assertThrows(() => fieldsOf(0x0a, 1, 0xff).string(1), SyntaxError, "Cannot read field 1: it is not UTF-8");
});

Deno.test("ProtobufFields refuses bytes that are no message", () => {
  const cases: readonly [bytes: number[], message: string][] = [
    [[0x08], "Cannot read 1 bytes at byte 1: the message has 1"],
    [[0x09, 0, 0], "Cannot read 8 bytes at byte 1: the message has 3"],
    [[0x0a, 3, 0x61], "Cannot read 3 bytes at byte 2: the message has 3"],
    [[0x0b], "Cannot read the field at byte 1: its wire type is 3"],
    [[0x08, ...Array.from({ length: 11 }, () => 0x80)], "it has more than ten bytes"],
  ];
  for (const [bytes, message] of cases) assertThrows(() => fieldsOf(...bytes), SyntaxError, message);
});

Deno.test("readDelimited() splits a stream, empty messages among them", () => {
  const messages = readDelimited(Uint8Array.of(2, 0x08, 7, 0, 2, 0x08, 8));
  assertEquals(messages.map((message) => message.uint(1)), [7, undefined, 8]);
  assertThrows(() => readDelimited(Uint8Array.of(2, 0x08, 7, 2, 0x08)), SyntaxError, "Cannot read 2 bytes");
});
