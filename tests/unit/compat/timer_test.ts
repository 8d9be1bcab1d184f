import { assertEquals } from "@std/assert";
import client from "promslab/compat";
import { withClock } from "../../_support/monotonic_clock.ts";

const KINDS = { Gauge: "t", Histogram: "t_sum", Summary: "t_sum" } as const;

for (const [kind, sample] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
  Deno.test(`startTimer() of a ${kind} records seconds, of the labels of its start and its end together`, () =>
    withClock(async (pass) => {
      const register = new client.Registry();
      const labelNames = ["a", "b"] as const;
      const metric = new client[kind]({ name: "t", help: "T.", labelNames, registers: [register] });
      const end = metric.startTimer({ a: "start" });
      const ofChild = metric.labels({ a: "child" }).startTimer();
      pass(1500);
      assertEquals([end({ b: "end" }), ofChild({ b: "end" })], [1.5, 1.5]);
      metric.startTimer({ a: "first", b: "first" })({ a: "last" });
      pass(500);
      const lines = (await register.metrics()).split("\n").filter((line) => line.startsWith(`${sample}{`));
      assertEquals(lines.filter((line) => !line.includes("quantile")), [
        `${sample}{a="start",b="end"} 1.5`,
        `${sample}{a="child",b="end"} 1.5`,
        `${sample}{a="last",b="first"} 0`,
      ]);
    }));
}

Deno.test("startTimer() of a histogram takes exemplars at its start and its end", () =>
  withClock(async (pass) => {
    const register = new client.Registry(client.openMetricsContentType);
    const registers = [register];
    const seconds = new client.Histogram({
      name: "t",
      help: "T.",
      buckets: [1],
      enableExemplars: true,
      registers,
    });
    const end = seconds.startTimer({}, { trace: "1", span: "1" });
    pass(250);
    end({}, { span: "2" });
    const { values } = await seconds.get();
    const exemplar = (values[0] as unknown as { exemplar: { labelSet: unknown; value: number } }).exemplar;
    assertEquals([exemplar.labelSet, exemplar.value], [{ trace: "1", span: "2" }, 0.25]);
  }));
