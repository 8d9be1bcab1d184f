import { assertEquals } from "@std/assert";
import { startTimer } from "../../../src/metric/timer.ts";
import { withClock } from "../../_support/monotonic_clock.ts";

Deno.test("startTimer() hands the elapsed seconds on at each end, and what is said besides", () =>
  withClock((pass) => {
    const recorded: [number, unknown][] = [];
    const end = startTimer((seconds, options) => recorded.push([seconds, options]));
    pass(750);
    assertEquals(end(), 0.75);
    pass(1000);
    assertEquals(end({ exemplar: { trace_id: "a" } }), 1.75);
    assertEquals(recorded, [[0.75, undefined], [1.75, { exemplar: { trace_id: "a" } }]]);
  }));
