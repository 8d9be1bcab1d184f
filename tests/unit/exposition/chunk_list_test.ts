import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { ChunkPacker } from "../../../src/exposition/chunk_list.ts";

function bytes(byteCount: number, value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(byteCount).fill(value);
}

Deno.test("ChunkPacker hands on large pieces as they are, between joined small ones", () => {
  const large = bytes(40_000, 9);
  const chunks = new ChunkPacker().pack([bytes(2, 1), bytes(0, 0), bytes(1, 2), large, bytes(1, 3)]);
  assertEquals(chunks.length, 3);
  assertEquals(chunks[0], Uint8Array.of(1, 1, 2));
  assertStrictEquals(chunks[1], large);
  assertEquals(chunks[2], Uint8Array.of(3));
});

Deno.test("ChunkPacker closes a joined chunk when it is large enough", () => {
  const chunks = new ChunkPacker().pack(Array.from({ length: 50 }, () => bytes(2000, 1)));
  assertEquals(chunks.map(({ length }) => length), [34_000, 34_000, 32_000]);
});

Deno.test("ChunkPacker hands out a joined chunk again while its pieces are the same", () => {
  const packer = new ChunkPacker();
  const [a, b, c] = [bytes(1, 1), bytes(1, 2), bytes(1, 3)];
  const [first] = packer.pack([a, b]);
  assertStrictEquals(packer.pack([a, b])[0], first);
  const [changed] = packer.pack([a, c]);
  assertNotStrictEquals(changed, first);
  assertEquals([first, changed], [Uint8Array.of(1, 2), Uint8Array.of(1, 3)]);
  assertEquals(packer.pack([a, c, b]), [Uint8Array.of(1, 3, 2)]);
  assertEquals(packer.pack([]), []);
});
