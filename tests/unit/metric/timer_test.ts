import { assert, assertEquals } from "@std/assert";
import { startTimer } from "../../../src/metric/timer.ts";

Deno.test("startTimer() hands the elapsed seconds on at each end, and what is said besides", () => {
  const recorded: [number, unknown][] = [];
  const end = startTimer((seconds, options) => recorded.push([seconds, options]));
  const first = end();
  const second = end({ exemplar: { trace_id: "a" } });
  assert(0 <= first && first <= second && second < 60);
  assertEquals(recorded, [[first, undefined], [second, { exemplar: { trace_id: "a" } }]]);
});
