import { assertEquals } from "@std/assert";
import { OtlpSink } from "../../../src/push/otlp_sink.ts";
import { CUMULATIVE } from "../../../src/push/otlp_types.ts";
import { everyFeature } from "../../_support/every_feature.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

Deno.test("OtlpSink makes of each type what OpenTelemetry's rules for Prometheus say", () => {
  const sink = new OtlpSink(1000);
  for (const samples of everyFeature(1000)) sink.samples(samples);
  const [{ resource, scopeMetrics: [{ metrics }] }] = sink.finish({ "service.name": "s" }).resourceMetrics;
  assertEquals(resource.attributes, [{ key: "service.name", value: { stringValue: "s" } }]);
  const kinds = metrics.map(({ name, description: _, unit, ...rest }) => {
    const [[kind, data]] = Object.entries(rest);
    const { isMonotonic, aggregationTemporality } = data as Record<string, unknown>;
    return [name, kind, unit, aggregationTemporality === CUMULATIVE, isMonotonic].join(" ").trim();
  });
  assertEquals(kinds, [
    "build_info sum  true false",
    "feature sum  true false",
    "items_total sum  true true",
    "latency_seconds histogram s true",
    "size_bytes exponentialHistogram By true",
    "temperature_celsius gauge Cel false",
    "turnaround_seconds summary s false",
  ]);
});

Deno.test("OtlpSink puts the blocks of a family together, and leaves out a family without series", () => {
  const sink = new OtlpSink(1000);
  const family = new TestFamily({ name: "a_total", type: "counter", labelNames: ["x"] }, [["1"], ["2"]]);
  sink.samples(family.samples([1, 2], { last: false }));
  sink.samples(family.samples([3, 4], { first: false }));
  sink.samples(new TestFamily({ name: "b", type: "gauge", labelNames: ["x"] }, []).samples([]));
  const { metrics } = sink.finish({}).resourceMetrics[0].scopeMetrics[0];
  assertEquals(metrics.map(({ sum }) => sum?.dataPoints.map(({ asDouble }) => asDouble)), [[1, 2, 3, 4]]);
});
