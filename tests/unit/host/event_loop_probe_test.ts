import { assertGreaterOrEqual, assertLess, assertLessOrEqual } from "@std/assert";
import { measureImmediate, watchUtilization } from "../../../src/host/event_loop_probe.ts";
import { waitFor } from "../../_support/wait_for.ts";

/** Keeps this thread busy. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("measureImmediate() tells how long the event loop took to come to it", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  measureImmediate(resolve);
  block(60);
  const seconds = await promise;
  assertGreaterOrEqual(seconds, 0.055);
  assertLess(seconds, 10);
});

Deno.test("watchUtilization() tells that a thread was busy, and of how many intervals", async () => {
  const told: [utilization: number, intervals: number][] = [];
  watchUtilization(20, (...one) => void told.push(one));
  block(100);
  const [utilization, intervals] = await waitFor(() => told[0], { what: "the first interval" });
  assertGreaterOrEqual(utilization, 0);
  assertLessOrEqual(utilization, 1);
  assertGreaterOrEqual(intervals, 4, "the interval came late by what the thread was blocked");
});
