import { assertEquals, assertThrows } from "@std/assert";
import { BlockPool } from "../../../../src/llm/engine/block_pool.ts";

/** A pool whose blocks are all taken, and the list of what was evicted. */
function takenPool(size: number) {
  const evicted: [block: number, hash: number, reuses: number][] = [];
  const pool = new BlockPool(size, (block, hash, reuses) => evicted.push([block, hash, reuses]));
  return { pool, evicted, blocks: Array.from({ length: size }, () => pool.take()) };
}

Deno.test("BlockPool takes the block that was not used for longest, and forgets its content then", () => {
  const { pool, evicted, blocks: [a, b, c] } = takenPool(3);
  pool.name(a, 11);
  pool.name(b, 22);
  for (const block of [b, a, c]) pool.release(block);
  pool.reuse(b);
  assertEquals([pool.freeCount, pool.usedCount], [2, 1]);
  pool.release(b);
  assertEquals([pool.take(), pool.take(), pool.take()], [a, c, b]);
  assertEquals(evicted, [[a, 11, 0], [b, 22, 1]]);
  assertEquals([pool.find(11), pool.find(22)], [-1, -1]);
});

Deno.test("BlockPool finds the first of two blocks of one content, and lets no block change its name", () => {
  const { pool, blocks: [a, b] } = takenPool(2);
  pool.name(a, 11);
  pool.name(b, 11);
  pool.name(a, 33);
  assertEquals([pool.find(11), pool.find(22), pool.find(33)], [a, -1, -1]);
  // The second block had no name to lose, so it can still get one.
  pool.name(b, 22);
  assertEquals(pool.find(22), b);
});

Deno.test("BlockPool keeps a block for as long as somebody uses it", () => {
  const { pool, blocks: [a] } = takenPool(1);
  pool.name(a, 11);
  pool.reuse(a);
  pool.release(a);
  assertEquals([pool.isFree(a), pool.freeCount], [false, 0]);
  assertThrows(() => pool.take(), RangeError, "Cannot take a KV block: none is free");
  pool.release(a);
  assertEquals([pool.isFree(a), pool.freeCount, pool.find(11)], [true, 1, a]);
  assertThrows(() => pool.release(a), RangeError, `Cannot release KV block ${a}: nobody uses it`);
  assertEquals(pool.freeCount, 1);
});

Deno.test("BlockPool counts the reuses of a content, not those of the block's earlier ones", () => {
  const { pool, evicted, blocks: [a] } = takenPool(1);
  pool.name(a, 11);
  pool.reuse(a);
  pool.release(a);
  pool.release(a);
  pool.take();
  pool.name(a, 22);
  pool.release(a);
  pool.take();
  assertEquals(evicted, [[a, 11, 1], [a, 22, 0]]);
});

Deno.test("BlockPool takes a block out of the middle of those that are free", () => {
  const { pool, blocks } = takenPool(4);
  for (const block of blocks) pool.release(block);
  pool.reuse(blocks[1]);
  pool.reuse(blocks[3]);
  assertEquals([pool.take(), pool.take()], [blocks[0], blocks[2]]);
  assertThrows(() => pool.take(), RangeError);
});

Deno.test("BlockPool forgets the contents of its free blocks, and of no others", () => {
  const { pool, evicted, blocks: [a, b, c] } = takenPool(3);
  pool.name(a, 11);
  pool.name(b, 22);
  for (const block of [a, c]) pool.release(block);
  pool.forgetAll();
  assertEquals(evicted, [[a, 11, 0]]);
  assertEquals([pool.find(11), pool.find(22), pool.freeCount], [-1, b, 2]);
  pool.take();
  assertEquals(evicted.length, 1, "what is forgotten is not forgotten again");
});

Deno.test("BlockPool neither loses nor doubles a block, whatever its users do", () => {
  const pool = new BlockPool(5);
  const held: number[] = [];
  let state = 1;
  const below = (bound: number) => (state = state * 48271 % 2147483647) % bound;
  for (let i = 0; i < 5000; i++) {
    const known = pool.find(1 + below(8));
    if (below(3) === 0 && known >= 0) {
      pool.reuse(known);
      held.push(known);
    } else if (below(2) === 0 && pool.freeCount > 0) {
      const block = pool.take();
      assertEquals(held.includes(block), false, `step ${i}: block ${block} is in use`);
      pool.name(block, 1 + below(8));
      held.push(block);
    } else if (held.length > 0) pool.release(held.splice(below(held.length), 1)[0]);
    assertEquals(pool.usedCount, new Set(held).size, `step ${i}`);
    assertEquals(pool.usedCount + pool.freeCount, 5);
  }
});
