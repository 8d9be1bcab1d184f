import { assertEquals } from "@std/assert";
import { strideOf } from "../../../src/model/samples.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

Deno.test("strideOf() counts the numbers of one series", () => {
  const of = (parts: Omit<Parameters<typeof descriptorOf>[0], "name">) =>
    strideOf(descriptorOf({ name: "a", ...parts }));
  assertEquals(["counter", "gauge", "info", "unknown"].map((type) => of({ type: type as "gauge" })), [
    1,
    1,
    1,
    1,
  ]);
  assertEquals(of({ type: "histogram", buckets: [1, 2] }), 4);
  assertEquals(of({ type: "gaugehistogram", buckets: [1] }), 3);
  assertEquals(of({ type: "summary", quantiles: [0.5, 0.9, 0.99] }), 5);
  assertEquals(of({ type: "stateset", states: ["a", "b"] }), 2);
});
