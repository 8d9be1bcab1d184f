import { assertEquals, assertThrows } from "@std/assert";
import { checkDefaultLabels, withDefaultLabels } from "../../../src/collect/default_labels.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";
import { Fleet } from "../../_support/fleet.ts";

Deno.test("checkDefaultLabels() makes text of values and refuses bad names", () => {
  assertEquals(checkDefaultLabels({ env: "prod", zone: 2 }), { env: "prod", zone: "2" });
  assertThrows(() => checkDefaultLabels({ "a-b": "x" }), RangeError, 'Cannot define label "a-b"');
  assertThrows(() => checkDefaultLabels({ a: null as unknown as string }), TypeError);
});

Deno.test("withDefaultLabels() leaves labels alone that the family has, or that its samples carry", () => {
  const defaultLabels = { env: "prod", le: "1", zone: "a", worker: "w" };
  const labelled = descriptorOf({
    name: "h",
    type: "histogram",
    labelNames: ["zone"],
    constLabels: { env: "dev" },
  });
  const labels = { defaultLabels, labelNames: ["zone", "worker"] };
  assertEquals(withDefaultLabels(labelled, labels), labelled);
  const plain = descriptorOf({ name: "env", type: "stateset" });
  assertEquals(withDefaultLabels(plain, { defaultLabels, labelNames: [] }).constLabels, {
    le: "1",
    zone: "a",
    worker: "w",
  });
});

Deno.test("a collector's default labels are on every family, from whatever worker", () => {
  const fleet = new Fleet({ defaultLabels: { env: "prod" } });
  new Gauge({ name: "a", help: "A.", registry: fleet.main }).set(1);
  for (const slot of [0, 1]) {
    new Counter({
      name: "b_total",
      help: "B.",
      constLabels: { env: "own" },
      registry: fleet.start(slot).registry,
    })
      .inc();
  }
  const seen = [...fleet.collector.blocks()].map(({ descriptor, values }) => [
    descriptor.name,
    descriptor.constLabels,
    values[0],
  ]);
  assertEquals(seen, [["a", { env: "prod" }, 1], ["b_total", { env: "own" }, 2]]);
});
