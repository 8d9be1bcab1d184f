import { assertEquals, assertThrows } from "@std/assert";
import { FrameQueue, FrameTooLongError } from "../../../../src/llm/replica/frame_queue.ts";
import { createFrameRing, FrameReader } from "../../../../src/slab/frame_ring.ts";

/** A queue into a ring that has room for two frames of 20 words, and what comes out of it. */
function queueOf() {
  const ring = createFrameRing(64);
  const queue = new FrameQueue(ring);
  const reader = new FrameReader(ring);
  return {
    queue,
    push: (value: number) => queue.push(new Int32Array(20).fill(value)),
    drained(): number[] {
      const frames: number[] = [];
      reader.drain((frame) => frames.push(frame[0]));
      return frames;
    },
  };
}

Deno.test("FrameQueue writes at once while there is room, and keeps the rest in order", () => {
  const { queue, push, drained } = queueOf();
  for (let value = 1; value <= 5; value++) push(value);
  const written = 5 - queue.pendingCount;
  assertEquals(written >= 2 && written < 5, true);
  assertEquals(queue.flush(), false, "there is still no room");
  const found = drained();
  while (queue.pendingCount > 0) {
    assertEquals(queue.flush(), true);
    found.push(...drained());
  }
  assertEquals([found, queue.flush()], [[1, 2, 3, 4, 5], false]);
});

Deno.test("FrameQueue refuses a frame that will never fit, also while others wait", () => {
  const { queue, push, drained } = queueOf();
  const refused = () => assertThrows(() => queue.push(new Int32Array(64)), FrameTooLongError, "64 words");
  refused();
  for (let value = 1; value <= 4; value++) push(value);
  const { pendingCount } = queue;
  assertEquals(pendingCount > 0, true);
  refused();
  assertEquals(queue.pendingCount, pendingCount);
  const found: number[] = [];
  do found.push(...drained()); while (queue.flush());
  assertEquals(found, [1, 2, 3, 4]);
  queue.push(new Int32Array(63).fill(5));
  assertEquals(drained(), [5], "the longest that fits");
});

Deno.test("FrameQueue lets no frame overtake those that wait, though it would fit", () => {
  const { queue, push, drained } = queueOf();
  for (let value = 1; value <= 4; value++) push(value);
  const waiting = queue.pendingCount;
  const before = drained();
  queue.push(Int32Array.of(9));
  assertEquals([queue.pendingCount, drained()], [waiting + 1, []]);
  const after: number[] = [];
  while (queue.flush()) after.push(...drained());
  assertEquals([...before, ...after], [1, 2, 3, 4, 9]);
});

Deno.test("FrameQueue copies a frame that waits, and only as much of it as was meant", () => {
  const ring = createFrameRing(64);
  const queue = new FrameQueue(ring);
  const scratch = new Int32Array(40);
  for (let value = 1; value <= 4; value++) {
    scratch.fill(value);
    queue.push(scratch, 20);
  }
  assertEquals(queue.pendingCount > 0, true);
  scratch.fill(9);
  const frames: [value: number, length: number][] = [];
  const reader = new FrameReader(ring);
  do reader.drain((frame) => frames.push([frame[0], frame.length])); while (queue.flush());
  assertEquals(frames, [[1, 20], [2, 20], [3, 20], [4, 20]]);
});
