import { assertEquals, assertThrows } from "@std/assert";
import {
  areRemembered,
  cellsOfCommit,
  commitBlock32,
  commitParts,
  commitsBetween,
  commitSequence,
  commitsMoved,
} from "../../../src/slab/commit.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

function setup() {
  const slab = openSlab(createSlab({ bytes: 1 << 17 }));
  const writer = new SlabWriter(slab);
  assertEquals(commitBlock32(slab), 0);
  const block32 = writer.commitBlock();
  assertEquals(commitBlock32(slab), block32);
  assertEquals(writer.commitBlock(), block32, "made once");
  const part = (cell32: number, move = () => {}) => ({ cell32, move: () => (move(), slab.i32[cell32]++) });
  return { slab, block32, part };
}

Deno.test("commitParts() names the cells and what they were before any of them moves", () => {
  const { slab, block32, part } = setup();
  slab.i32[20_000] = 5;
  slab.i32[20_010] = 8;
  const named: [number, number][] = [];
  const look = () => {
    assertEquals(commitSequence(slab, block32), 1);
    cellsOfCommit(slab, { block32, commit: 0 }, (cell32, before) => named.push([cell32, before]));
  };
  commitParts(slab, block32, [part(20_000, look), part(20_010)]);
  assertEquals(named, [[20_000, 5], [20_010, 8]]);
  assertEquals(commitSequence(slab, block32), 2);
  assertEquals(commitsMoved(slab, block32, 0), 2);
  assertEquals(commitsMoved(slab, block32, 2), 0);
});

Deno.test("commitParts() ends the commit even if a part throws", () => {
  const { slab, block32, part } = setup();
  const fail = () => {
    throw new RangeError("the stack is exhausted");
  };
  const parts = [part(20_000), part(20_010, fail), part(20_020)];
  assertThrows(() => commitParts(slab, block32, parts), RangeError);
  assertEquals(commitSequence(slab, block32), 2);
  assertEquals([20_000, 20_010, 20_020].map((cell32) => slab.i32[cell32]), [1, 0, 0]);
});

Deno.test("commitsBetween() counts over the wrap of the sequence, one under way at the first included", () => {
  assertEquals(commitsBetween(0, 6), 3);
  assertEquals(commitsBetween(1, 6), 3);
  assertEquals(commitsBetween(2, 7), 2);
  assertEquals(commitsBetween(2 ** 32 - 2, 2), 2);
  assertEquals([areRemembered(62), areRemembered(63)], [true, false]);
});

Deno.test("commits go on over the wrap of the sequence", () => {
  const { slab, block32, part } = setup();
  for (const start of [-2, 2 ** 31 - 2]) {
    slab.i32[block32] = start;
    const before = commitSequence(slab, block32);
    commitParts(slab, block32, [part(20_000)]);
    assertEquals(commitsMoved(slab, block32, before), 2);
    const cells: number[] = [];
    cellsOfCommit(slab, { block32, commit: before >>> 1 }, (cell32) => cells.push(cell32));
    assertEquals(cells, [20_000]);
  }
});
