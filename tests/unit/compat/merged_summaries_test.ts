import { assertEquals } from "@std/assert";
import type { MetricJson } from "../../../src/compat/aggregators.ts";
import { mergeSummaries } from "../../../src/compat/merged_summaries.ts";
import type { SharedDescriptor } from "../../../src/compat/shared_family.ts";
import { planCell } from "../../../src/metric/cell_plan.ts";
import { addToSketch } from "../../../src/slab/sketch.ts";
import { addToTotals } from "../../../src/slab/summary_cell.ts";
import { defineDescriptor } from "../../../src/model/define.ts";
import { Fleet } from "../../_support/fleet.ts";

/** A summary of each thread as `getMetricsAsJSON()` gives it, its percentile being what the thread says. */
function json(aggregator: string, median: number): MetricJson {
  return {
    name: "s",
    help: "S.",
    type: "summary",
    aggregator,
    values: [{ labels: { quantile: 0.5 }, value: median }],
  };
}

/** Two workers whose summaries together have the values 1 to 5, and one family of ours that has the same name. */
function twoWorkers(compat: boolean): Fleet {
  const fleet = new Fleet();
  const own = defineDescriptor("summary", { name: "s", help: "S.", quantiles: [0.5], windowSeconds: 0 });
  const shared: SharedDescriptor = { ...own, compat: { aggregator: "sum", order: 0, processWide: false } };
  for (const [slot, values] of [[1, 2], [3, 4, 5]].entries()) {
    const { registry } = fleet.start(slot);
    const plan = planCell(own);
    const family = registry.defineUnlisted(compat ? shared : own, plan.shape);
    for (const value of values) {
      addToSketch(family.slab, family.ownCell, plan.sketch!, value, 0);
      addToTotals(family.slab, family.ownCell, value);
    }
  }
  return fleet;
}

Deno.test("mergeSummaries() tells percentiles from what all threads observed, in place of the first", () => {
  const { collector } = twoWorkers(true);
  const other: MetricJson = { name: "g", help: "G.", type: "gauge", values: [] };
  const [first, second] = mergeSummaries([[json("sum", 1.5), other], [json("sum", 4)]], collector);
  assertEquals(second, []);
  assertEquals(first[1], other);
  const values = first[0].values.map((
    { labels, metricName, value },
  ) => [metricName, labels, Math.round(value)]);
  assertEquals(values, [[undefined, { quantile: 0.5 }, 3], ["s_sum", {}, 15], ["s_count", {}, 5]]);
});

Deno.test("mergeSummaries() leaves what another aggregator is for, and what is no summary of this interface", () => {
  const averaged = [[json("average", 1.5)], [json("average", 4)]];
  assertEquals(mergeSummaries(averaged, twoWorkers(true).collector), averaged);
  const private_ = [[json("sum", 1.5)]];
  assertEquals(mergeSummaries(private_, twoWorkers(false).collector), private_);
});
