import { assertEquals } from "@std/assert";
import { Batch } from "../../../../src/llm/engine/batch.ts";
import { Sequence } from "../../../../src/llm/engine/sequence.ts";

function sequenceOf(
  promptLength: number,
  at: { generated?: number; computed: number; cached?: number },
): Sequence {
  const promptTokens = Array.from({ length: promptLength }, (_, i) => i);
  const sequence = new Sequence({ id: 1, client: 0, promptTokens, maxTokens: 9, seed: 1 }, {
    stream: { ended: false, next: () => 1 },
    queuedUs: 0,
  });
  for (let i = 0; i < (at.generated ?? 0); i++) sequence.tokens.push(1);
  sequence.computed = at.computed;
  sequence.cachedTokens = at.cached ?? 0;
  return sequence;
}

Deno.test("Batch tells sequences that get a further token from those whose prompt is computed", () => {
  const batch = new Batch();
  batch.add(sequenceOf(4, { generated: 2, computed: 5 }), 1);
  batch.add(sequenceOf(10, { computed: 0 }), 10);
  batch.add(sequenceOf(10, { computed: 4 }), 6);
  assertEquals([batch.decodes, batch.prefills, batch.prefillTokens, batch.counts], [1, 2, 16, [1, 10, 6]]);
  // The last token of a prompt is prefill, even if it is all that is left.
  batch.clear();
  batch.add(sequenceOf(4, { computed: 3 }), 1);
  assertEquals([batch.decodes, batch.prefills], [0, 1]);
});

Deno.test("Batch knows whether a prompt begins in this step, known tokens left aside", () => {
  const begins = (computed: number, cached: number) => {
    const batch = new Batch();
    batch.add(sequenceOf(10, { computed, cached }), 1);
    return batch.prefillStarts;
  };
  assertEquals([begins(0, 0), begins(4, 4), begins(5, 4)], [true, true, false]);
});

Deno.test("Batch keeps the greatest share of a prompt that is computed at once", () => {
  const batch = new Batch();
  batch.add(sequenceOf(10, { computed: 0 }), 5);
  batch.add(sequenceOf(10, { computed: 8, cached: 8 }), 2);
  batch.add(sequenceOf(100, { computed: 0 }), 20);
  assertEquals(batch.prefillShareMax, 1);
});

Deno.test("Batch leaves a gap for a sequence that was taken out, so that the others keep their places", () => {
  const batch = new Batch();
  const [first, second] = [sequenceOf(4, { computed: 0 }), sequenceOf(5, { computed: 0 })];
  batch.add(first, 4);
  batch.add(second, 5);
  batch.drop(first);
  batch.drop(first);
  assertEquals([batch.sequences[0], batch.sequences[1] === second, batch.counts], [undefined, true, [4, 5]]);
});

Deno.test("Batch is as new when it was cleared", () => {
  const batch = new Batch();
  batch.add(sequenceOf(10, { computed: 0 }), 10);
  batch.add(sequenceOf(4, { generated: 2, computed: 5 }), 1);
  batch.running = 2;
  batch.loadedTokens = 8;
  batch.clear();
  assertEquals(batch, new Batch());
});
