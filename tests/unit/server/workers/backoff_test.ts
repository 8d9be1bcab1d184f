import { assertEquals } from "@std/assert";
import { Backoff } from "../../../../src/server/workers/backoff.ts";

Deno.test("Backoff.next() replaces at once after a single failure, then waits longer each time up to the limit", () => {
  const backoff = new Backoff({ firstMs: 100, longestMs: 500, settledMs: 10_000 });
  const waits = Array.from({ length: 6 }, () => backoff.next(50));
  assertEquals(waits, [0, 100, 200, 400, 500, 500]);
});

Deno.test("Backoff is looping from the fifth failure in a row until it is settled, with the longest wait", () => {
  const backoff = new Backoff({ firstMs: 1, longestMs: 700, settledMs: 10_000 });
  const waits = Array.from({ length: 4 }, () => backoff.next(9_999));
  assertEquals([waits, backoff.isLooping], [[0, 1, 2, 4], false]);
  assertEquals([backoff.next(9_999), backoff.isLooping], [700, true]);
  assertEquals([backoff.next(0), backoff.isLooping], [700, true]);
  backoff.settle();
  assertEquals(backoff.isLooping, false);
  assertEquals([backoff.next(0), backoff.next(0)], [0, 1]);
  for (let k = 0; k < 5; k++) backoff.next(0);
  assertEquals([backoff.next(10_000), backoff.isLooping], [0, false], "it lived long enough");
});

Deno.test("Backoff.next() begins anew after a worker that lived long enough", () => {
  const backoff = new Backoff({ firstMs: 100, settledMs: 10_000 });
  backoff.next(1);
  backoff.next(1);
  assertEquals(backoff.next(9_999), 200);
  assertEquals(backoff.next(10_000), 0);
  assertEquals(backoff.next(1), 100);
});
