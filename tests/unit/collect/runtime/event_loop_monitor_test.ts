import { assertAlmostEquals, assertEquals } from "@std/assert";
import { EventLoopMonitor, LAG_INTERVAL_MS } from "../../../../src/collect/runtime/event_loop_monitor.ts";

/** A monitor whose timer fires when told, so many milliseconds late. */
function monitorByHand(): {
  monitor: EventLoopMonitor;
  late: (...ms: number[]) => void;
  lags: number[];
  stopped: () => boolean;
} {
  let nowMs = 1_000;
  let look: (() => void) | undefined;
  const lags: number[] = [];
  const monitor = new EventLoopMonitor({
    now: () => nowMs,
    onLag: (seconds) => lags.push(seconds),
    repeat: (_everyMs, action) => {
      look = action;
      return () => look = undefined;
    },
  });
  const late = (...all: number[]) => {
    for (const ms of all) {
      nowMs += LAG_INTERVAL_MS + ms;
      look?.();
    }
  };
  return { monitor, late, lags, stopped: () => look === undefined };
}

Deno.test("EventLoopMonitor.summary() describes how late the looks were", () => {
  const { monitor, late } = monitorByHand();
  assertEquals(monitor.summary(), undefined);
  late(0, 10, 20, 30, 40, 50, 60, 70, 80, 1000);
  const summary = monitor.summary()!;
  assertEquals([summary.last, summary.min, summary.max], [1, 0, 1]);
  assertAlmostEquals(summary.mean, 0.136, 1e-9);
  assertEquals([summary.p50, summary.p90, summary.p99], [0.04, 0.08, 1]);
  assertAlmostEquals(summary.stddev, 0.2890398, 1e-6);
});

Deno.test("EventLoopMonitor.summary() forgets what is older than a minute", () => {
  const { monitor, late } = monitorByHand();
  late(5000);
  for (let i = 0; i < 239; i++) late(0);
  assertEquals(monitor.summary()!.max, 5);
  late(0);
  assertEquals(monitor.summary()!.max, 0);
});

Deno.test("EventLoopMonitor() takes a timer that fires early as punctual", () => {
  const { late, lags } = monitorByHand();
  late(-3);
  assertEquals(lags, [0]);
});

Deno.test("EventLoopMonitor.skipNext() leaves out one look", () => {
  const { monitor, late, lags } = monitorByHand();
  monitor.skipNext();
  late(500, 7);
  assertEquals(lags, [0.007]);
});

Deno.test("EventLoopMonitor.stop() ends the timer", () => {
  const { monitor, stopped } = monitorByHand();
  monitor.stop();
  assertEquals(stopped(), true);
});
