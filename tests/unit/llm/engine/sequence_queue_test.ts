import { assertEquals } from "@std/assert";
import { Sequence } from "../../../../src/llm/engine/sequence.ts";
import { SequenceQueue } from "../../../../src/llm/engine/sequence_queue.ts";

/** A queue of sequences with the ids from 1 on, and those sequences. */
function queueOf(size: number) {
  const queue = new SequenceQueue();
  const sequences = Array.from({ length: size }, (_, i) => sequenceOf(i + 1));
  for (const sequence of sequences) queue.push(sequence);
  return { queue, sequences };
}

function sequenceOf(id: number): Sequence {
  return new Sequence({ id, client: 0, promptTokens: [1], maxTokens: 1, seed: 1 }, {
    stream: { ended: false, next: () => 1 },
    queuedUs: 0,
  });
}

function idsOf(queue: SequenceQueue): number[] {
  return [...queue].map(({ request }) => request.id);
}

Deno.test("SequenceQueue keeps the order in which sequences came, those put back in front of them", () => {
  const { queue } = queueOf(2);
  queue.unshift(sequenceOf(9));
  assertEquals([idsOf(queue), queue.size, queue.first?.request.id], [[9, 1, 2], 3, 9]);
  const empty = new SequenceQueue();
  assertEquals([idsOf(empty), empty.size, empty.first], [[], 0, undefined]);
  empty.unshift(sequenceOf(5));
  empty.push(sequenceOf(6));
  assertEquals(idsOf(empty), [5, 6]);
});

Deno.test("SequenceQueue lets a sequence leave from anywhere", () => {
  for (const leaver of [0, 1, 2]) {
    const { queue, sequences } = queueOf(3);
    queue.remove(sequences[leaver]);
    const left = [1, 2, 3].filter((id) => id !== leaver + 1);
    assertEquals([idsOf(queue), queue.size], [left, 2]);
    assertEquals([sequences[leaver].next, sequences[leaver].previous], [undefined, undefined]);
    queue.push(sequences[leaver]);
    assertEquals(idsOf(queue), [...left, leaver + 1]);
    queue.unshift(sequenceOf(7));
    assertEquals(idsOf(queue), [7, ...left, leaver + 1]);
  }
});

Deno.test("SequenceQueue is as new when the last sequence has left", () => {
  const { queue, sequences: [only] } = queueOf(1);
  queue.remove(only);
  assertEquals([idsOf(queue), queue.first, queue.size], [[], undefined, 0]);
  queue.push(only);
  assertEquals(idsOf(queue), [1]);
});
