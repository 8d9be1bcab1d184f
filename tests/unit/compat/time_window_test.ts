import { assertEquals } from "@std/assert";
import { TimeWindow } from "../../../src/compat/time_window.ts";

/** Runs a test with a clock that it moves itself. */
function withClock(test: (tick: (seconds: number) => void) => void): void {
  const real = Date.now;
  let nowMs = 1_000_000;
  Date.now = () => nowMs;
  try {
    test((seconds) => nowMs += 1000 * seconds);
  } finally {
    Date.now = real;
  }
}

Deno.test("TimeWindow forgets what is older than its length, step by step", () => {
  withClock((tick) => {
    const window = new TimeWindow(10, 2);
    window.push(1);
    tick(6);
    window.push(2);
    assertEquals([window.count, window.quantile(0)], [2, 1]);
    tick(5);
    assertEquals([window.count, window.quantile(0)], [1, 2]);
    tick(6);
    assertEquals([window.count, window.quantile(0)], [0, undefined]);
  });
});

Deno.test("TimeWindow is empty after a long pause", () => {
  withClock((tick) => {
    const window = new TimeWindow(10, 5);
    window.push(1);
    tick(1e9);
    assertEquals(window.count, 0);
    window.push(3);
    assertEquals(window.quantile(0.5), 3);
    tick(7);
    assertEquals(window.count, 1, "a value stays for the length of the window less one step");
  });
});

Deno.test("TimeWindow without a length never forgets", () => {
  withClock((tick) => {
    for (const window of [new TimeWindow(), new TimeWindow(10), new TimeWindow(undefined, 5)]) {
      window.push(1);
      tick(1e9);
      assertEquals(window.count, 1);
    }
  });
});
