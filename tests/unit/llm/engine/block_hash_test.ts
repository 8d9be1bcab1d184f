import { assertEquals, assertNotEquals } from "@std/assert";
import { blockHash, rootHash } from "../../../../src/llm/engine/block_hash.ts";

Deno.test("blockHash() tells blocks apart by content, by what is before them, by adapter and by salt", () => {
  const tokens = Array.from({ length: 32 }, (_, i) => i);
  const roots = [rootHash(-1, 0), rootHash(0, 0), rootHash(-1, 1)];
  const hashes = roots.map((root) => blockHash(root, tokens, { start: 0, size: 16 }));
  hashes.push(
    blockHash(hashes[0], tokens, { start: 16, size: 16 }),
    blockHash(roots[0], tokens, { start: 16, size: 16 }),
  );
  assertEquals(new Set(hashes).size, 5);
  assertEquals(blockHash(roots[0], tokens.slice(), { start: 0, size: 16 }), hashes[0]);
  const many = new Set<number>();
  for (let token = 0; token < 50_000; token++) many.add(blockHash(roots[0], [token], { start: 0, size: 1 }));
  assertEquals(many.size, 50_000);
});

Deno.test("blockHash() reads the tokens of its own range only, and depends on their order", () => {
  const hash = (tokens: number[]) => blockHash(1, tokens, { start: 1, size: 2 });
  assertEquals(hash([9, 1, 2, 9]), hash([8, 1, 2, 8]));
  assertNotEquals(hash([9, 1, 2]), hash([9, 2, 1]));
});

Deno.test("blockHash() is an integer that a double holds, and never 0, which means no content", () => {
  for (let token = 0; token < 5000; token++) {
    const hash = blockHash(rootHash(token, token), [token, 0], { start: 0, size: 2 });
    assertEquals(Number.isSafeInteger(hash) && hash > 0, true, String(token));
  }
});
