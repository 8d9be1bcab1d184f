import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import { Fleet } from "../../_support/fleet.ts";
import { withClock } from "../../_support/monotonic_clock.ts";

const KINDS = {
  gauge: { Metric: Gauge, sample: "a", adds: false },
  histogram: { Metric: Histogram, sample: "a_sum", adds: true },
  summary: { Metric: Summary, sample: "a_sum", adds: true },
} as const;

for (const [kind, { Metric, sample, adds }] of Object.entries(KINDS)) {
  Deno.test(`TimedMetric: startTimer() and time() of a ${kind} record seconds`, () =>
    withClock(async (pass) => {
      const fleet = new Fleet();
      const metric = new Metric({ name: "a", help: "A.", registry: fleet.main });
      let recorded = 0;
      const check = (seconds: number) => {
        recorded = adds ? recorded + seconds : seconds;
        assertEquals(fleet.scrape().get(sample), recorded);
      };
      const end = metric.startTimer();
      pass(1500);
      assertEquals(end(), 1.5);
      check(1.5);
      pass(250);
      assertEquals(end(), 1.75);
      check(1.75);
      assertEquals(metric.time(() => (pass(125), "result")), "result");
      check(0.125);
      assertThrows(
        () =>
          metric.time(() => {
            pass(62.5);
            throw new RangeError("on purpose");
          }),
        RangeError,
        "on purpose",
      );
      check(0.0625);
      const work = async () => {
        await Promise.resolve();
        pass(2000);
        return "later";
      };
      assertEquals(await metric.time(work), "later");
      check(2);
      await assertRejects(() => metric.time(() => work().then(() => Promise.reject(new Error("no")))), Error);
      check(2);
    }));

  Deno.test(`TimedMetric: startTimer() and time() of a ${kind} with labels record seconds of one series`, () =>
    withClock((pass) => {
      const fleet = new Fleet();
      const labelNames = ["to"] as const;
      const metric = new Metric({ name: "a", help: "A.", labelNames, registry: fleet.main });
      const ends = [metric.startTimer({ to: "x" }), metric.labels("y").startTimer()];
      pass(500);
      ends.forEach((end) => end());
      metric.time({ to: "z" }, () => pass(250));
      metric.labels("v").time(() => pass(125));
      const samples = fleet.scrape();
      const found = ["x", "y", "z", "v"].map((to) => samples.get(`${sample}{to="${to}"}`));
      assertEquals(found, [0.5, 0.5, 0.25, 0.125]);
      assertThrows(() => metric.startTimer(), TypeError, 'Cannot update "a" without labels');
      assertThrows(() => metric.time(() => pass(1)), TypeError, 'Cannot update "a" without labels');
      assertThrows(() => metric.startTimer({ too: "x" } as never), TypeError, 'unknown label "too"');
    }));
}
