import { assert, assertEquals, assertThrows } from "@std/assert";
import { createFrameRing, FrameReader, FrameWriter } from "../../../src/slab/frame_ring.ts";

function drained(reader: FrameReader): number[][] {
  const frames: number[][] = [];
  reader.drain((frame) => frames.push([...frame]));
  return frames;
}

Deno.test("FrameWriter and FrameReader pass frames in order, over the ring's end too", () => {
  const ring = createFrameRing(64);
  const writer = new FrameWriter(ring);
  const reader = new FrameReader(ring);
  for (let round = 0; round < 200; round++) {
    const frames = Array.from(
      { length: round % 4 },
      (_, i) => Array.from({ length: (round * 7 + i) % 16 }, () => round - i),
    );
    for (const frame of frames) assert(writer.write(Int32Array.from(frame)));
    assertEquals(reader.hasFrame, frames.length > 0);
    assertEquals(drained(reader), frames);
  }
});

Deno.test("FrameWriter refuses a frame for which there is no room, and takes it when there is", () => {
  const ring = createFrameRing(64);
  const writer = new FrameWriter(ring);
  const reader = new FrameReader(ring);
  assert(writer.write(new Int32Array(40)));
  assert(!writer.write(new Int32Array(30)));
  assertEquals(drained(reader).length, 1);
  assert(writer.write(new Int32Array(30).fill(5)));
  assertEquals(drained(reader), [Array(30).fill(5)]);
  assertThrows(() => writer.write(new Int32Array(64)), RangeError, "the ring holds 63");
});

Deno.test("FrameReader counts a frame as read when its use has ended, and sees what comes meanwhile", () => {
  const ring = createFrameRing(64);
  const writer = new FrameWriter(ring);
  writer.write(Int32Array.of(1));
  writer.write(Int32Array.of(2));
  const killed = new FrameReader(ring);
  assertThrows(
    () =>
      killed.drain(([word]) => {
        if (word === 2) throw new Error("killed");
      }),
    Error,
    "killed",
  );
  const heir = new FrameReader(ring);
  const seen: number[] = [];
  heir.drain(([word]) => {
    seen.push(word);
    if (word < 5) writer.write(Int32Array.of(word + 1));
  });
  assertEquals(seen, [2, 3, 4, 5]);
});

Deno.test("FrameWriter goes on where the one before it ended", () => {
  const ring = createFrameRing(64);
  new FrameWriter(ring).write(Int32Array.of(1));
  new FrameWriter(ring).write(Int32Array.of(2));
  assertEquals(drained(new FrameReader(ring)), [[1], [2]]);
});

Deno.test("createFrameRing() wants a power of two", () => {
  for (const words of [0, 63, 100, 2 ** 27, NaN]) {
    assertThrows(() => createFrameRing(words), RangeError, "power of two");
  }
});

Deno.test("FrameWriter.reserve() gives room in one piece, also where the ring ends, and commit() publishes it", () => {
  const ring = createFrameRing(64);
  const writer = new FrameWriter(ring);
  const reader = new FrameReader(ring);
  for (let round = 0; round < 300; round++) {
    const frames = [round % 21, round * 5 % 9].map((length, i) => Array<number>(length).fill(round + i));
    for (const frame of frames) {
      const words = writer.reserve(frame.length);
      assert(words !== undefined, `no room for ${frame.length} words in round ${round}`);
      assertEquals(words.length, frame.length);
      words.set(frame);
      writer.commit();
    }
    assert(writer.write(Int32Array.of(-1, round)));
    assertEquals(drained(reader), [...frames, [-1, round]]);
  }
});

Deno.test("FrameWriter.reserve() refuses when there is no room, and forgets what is not committed", () => {
  const ring = createFrameRing(64);
  const writer = new FrameWriter(ring);
  const reader = new FrameReader(ring);
  writer.reserve(20)!.fill(1);
  writer.reserve(31)!.fill(2);
  writer.commit();
  assertEquals(writer.reserve(31) === undefined, false);
  writer.commit();
  assertEquals(writer.reserve(1), undefined);
  assertEquals(drained(reader).map((frame) => frame.length), [31, 31]);
  assertThrows(() => writer.reserve(32), RangeError, "the limit is 31");
});
