import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { ChunkPacker } from "../../../src/exposition/chunk_list.ts";
import type { LentBytes } from "../../../src/exposition/slotted_body.ts";

/** A piece that counts its releases. */
class Piece implements LentBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  releaseCount = 0;

  constructor(byteCount: number, value: number) {
    this.bytes = new Uint8Array(byteCount).fill(value);
  }

  release(): void {
    this.releaseCount++;
  }
}

Deno.test("ChunkPacker hands on large pieces as they are, between joined small ones", () => {
  const large = new Piece(40_000, 9);
  const { chunks } = new ChunkPacker().pack([
    new Piece(2, 1),
    new Piece(0, 0),
    new Piece(1, 2),
    large,
    new Piece(1, 3),
  ]);
  assertEquals(chunks.length, 3);
  assertEquals(chunks[0], Uint8Array.of(1, 1, 2));
  assertStrictEquals(chunks[1], large.bytes);
  assertEquals(chunks[2], Uint8Array.of(3));
});

Deno.test("ChunkPacker closes a joined chunk when it is large enough", () => {
  const { chunks } = new ChunkPacker().pack(Array.from({ length: 50 }, () => new Piece(2000, 1)));
  assertEquals(chunks.map(({ length }) => length), [34_000, 34_000, 32_000]);
});

Deno.test("ChunkPacker hands out a joined chunk again while its pieces are the same", () => {
  const packer = new ChunkPacker();
  const [a, b, c] = [new Piece(1, 1), new Piece(1, 2), new Piece(1, 3)];
  const { chunks: [first] } = packer.pack([a, b]);
  assertStrictEquals(packer.pack([a, b]).chunks[0], first);
  const { chunks: [changed] } = packer.pack([a, c]);
  assertNotStrictEquals(changed, first);
  assertEquals([first, changed], [Uint8Array.of(1, 2), Uint8Array.of(1, 3)]);
  assertEquals(packer.pack([a, c, b]).chunks, [Uint8Array.of(1, 3, 2)]);
  assertEquals(packer.pack([]).chunks, []);
});

Deno.test("ChunkPacker gives back what it copied, and names what it handed on", () => {
  const small = new Piece(1, 1);
  const large = new Piece(40_000, 2);
  const { lent } = new ChunkPacker().pack([small, large]);
  assertEquals(lent, [large]);
  assertEquals([small.releaseCount, large.releaseCount], [1, 0]);
});
