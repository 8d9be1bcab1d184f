import { assertEquals } from "@std/assert";
import { toSpans } from "../../../src/exposition/native_spans.ts";

function spansOf(counts: Record<number, number>): [spans: number[][], counts: readonly number[]] {
  const keys = Object.keys(counts).map(Number).sort((a, b) => a - b);
  const { spans, counts: spanned } = toSpans(
    Int32Array.from(keys),
    Float64Array.from(keys, (key) => counts[key]),
  );
  return [spans.map(({ offset, length }) => [offset, length]), spanned];
}

Deno.test("toSpans() gives nothing for no buckets", () => {
  assertEquals(spansOf({}), [[], []]);
});

Deno.test("toSpans() begins at the first index, also below zero", () => {
  assertEquals(spansOf({ [-8]: 5 }), [[[-8, 1]], [5]]);
  assertEquals(spansOf({ 0: 5, 1: 6 }), [[[0, 2]], [5, 6]]);
});

Deno.test("toSpans() fills gaps of up to two buckets with zeros, and spans the wider ones", () => {
  assertEquals(spansOf({ 3: 1, 5: 2, 8: 3, 12: 4 }), [[[3, 6], [3, 1]], [1, 0, 2, 0, 0, 3, 4]]);
});

Deno.test("toSpans() gives client_golang's spans for observations from 0.5 to infinity", () => {
  // 0.5, 1, 2, 4, 1e300 and +Inf at schema 3.
  assertEquals(
    spansOf({ [-8]: 1, 0: 1, 8: 1, 16: 1, 7973: 1, 8193: 1 }),
    [[[-8, 1], [7, 1], [7, 1], [7, 1], [7956, 1], [219, 1]], [1, 1, 1, 1, 1, 1]],
  );
});
