import { assert, assertEquals } from "@std/assert";
import { COUNTER_ALIGNMENT } from "../../../src/layout/counter_cell.ts";
import { planCell } from "../../../src/metric/cell_plan.ts";
import { COUNTER_SHAPE, GAUGE_SHAPE, histogramShape } from "../../../src/slab/cell_shape.ts";
import { EXEMPLAR_CELL32 } from "../../../src/slab/exemplar_cell.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

Deno.test("planCell() gives each kind its cell", () => {
  const shapeOf = (type: Parameters<typeof descriptorOf>[0]["type"], buckets: number[] = []) =>
    planCell(descriptorOf({ name: "a", type, buckets })).shape;
  assertEquals(shapeOf("counter"), COUNTER_SHAPE);
  for (const type of ["gauge", "info", "stateset"] as const) assertEquals(shapeOf(type), GAUGE_SHAPE);
  for (const type of ["histogram", "gaugehistogram"] as const) {
    assertEquals(shapeOf(type, [1, 2]), histogramShape(3));
  }
});

Deno.test("planCell() puts exemplars after the value: one of a counter, one for each bucket", () => {
  const counter = planCell(descriptorOf({ name: "a", type: "counter", exemplars: true }));
  assertEquals([counter.exemplarSlots, counter.exemplars32 * 4], [1, COUNTER_SHAPE.cellBytes]);
  const { cellBytes } = counter.shape;
  assert(cellBytes >= COUNTER_SHAPE.cellBytes + 4 * EXEMPLAR_CELL32);
  assertEquals(cellBytes % COUNTER_ALIGNMENT, 0, "the next counter's low words are found by its place");
  const histogram = planCell(
    descriptorOf({ name: "a", type: "histogram", buckets: [1, 2], exemplars: true }),
  );
  assertEquals(histogram.exemplarSlots, 3);
  assertEquals(histogram.shape.cellBytes, histogramShape(3).cellBytes + 3 * 4 * EXEMPLAR_CELL32);
});
