import { assert, assertEquals } from "@std/assert";
import { BytePool } from "../../../../../src/llm/pipeline/wire/byte_pool.ts";

Deno.test("take() gives what was given back, at the length that is asked for", () => {
  const pool = new BytePool();
  const first = pool.take(60_000);
  assertEquals([first.length, first.buffer.byteLength], [60_000, 65_536]);
  assert(pool.take(60_000).buffer !== first.buffer);
  pool.give(first);
  const again = pool.take(40_000);
  assertEquals([again.length, again.buffer === first.buffer], [40_000, true]);
});

Deno.test("give() keeps a bounded number of bytes, and nothing that take() did not make", () => {
  const pool = new BytePool();
  const many = Array.from({ length: 100 }, () => pool.take(65_536));
  for (const bytes of many) pool.give(bytes);
  const given = new Set(many.map(({ buffer }) => buffer));
  const kept = Array.from({ length: 100 }, () => pool.take(65_536)).filter(({ buffer }) => given.has(buffer));
  assertEquals(kept.length, 64);
  const own = new Uint8Array(5000);
  pool.give(own);
  assert(pool.take(5000).buffer !== own.buffer);
});
