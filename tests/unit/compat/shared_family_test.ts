import { assertEquals, assertStrictEquals } from "@std/assert";
import { Series } from "../../../src/compat/series_store.ts";
import { SharedFamily, type SharedMetric } from "../../../src/compat/shared_family.ts";
import { appendValues } from "../../../src/compat/slab_json.ts";
import type { Value } from "../../../src/compat/values.ts";
import { Collector } from "../../../src/collect/collector.ts";
import type { FamilySamples } from "../../../src/model/samples.ts";

const collector = new Collector();
const OPTIONS = { constLabels: {}, order: 0, processWide: false };

/** A metric with the series of these labels. Its values are left at what a new cell holds. */
class Metric implements SharedMetric<Series> {
  readonly name: string;
  readonly type: SharedMetric<Series>["type"];
  readonly labelNames: readonly string[];
  readonly help = "h";
  readonly aggregator = "sum";
  readonly enableExemplars = false;
  readonly store = { all: new Set<Series>() };
  readonly given: Series[] = [];
  shared: SharedFamily | undefined;

  constructor(
    name: string,
    type: SharedMetric<Series>["type"],
    labelNames: readonly string[] = [],
    ...labels: Record<string, unknown>[]
  ) {
    this.name = name;
    this.type = type;
    this.labelNames = labelNames;
    for (const one of labels) this.add(one);
  }

  add(labels: Record<string, unknown>): Series {
    const series = new Series(labels);
    this.store.all.add(series);
    return series;
  }

  share(series: Series): void {
    this.given.push(series);
  }
}

/** The blocks of a family of the thread's slab. */
function blocksOf(name: string): FamilySamples[] {
  return [...collector.blocks()].filter(({ descriptor }) => descriptor.name === name);
}

/** The label sets in the slab, as they stand there. */
function labelsIn(name: string): unknown[] {
  const values: Value[] = [];
  for (const block of blocksOf(name)) appendValues(values, block);
  return values.map(({ labels }) => labels);
}

Deno.test("SharedFamily gives each series of its metric a cell, and says so to the metric", () => {
  const metric = new Metric("sf1", "gauge", ["a"], { a: "x" }, { a: "y" });
  const shared = new SharedFamily(metric, OPTIONS);
  assertStrictEquals(metric.shared, shared);
  const cells = [...metric.store.all].map(({ cell32 }) => cell32);
  assertEquals([cells.every((cell32) => cell32 >= 0), new Set(cells).size], [true, 2]);
  assertEquals(metric.given, [...metric.store.all]);
  assertEquals(labelsIn("sf1"), [{ a: "x" }, { a: "y" }]);
  shared.release();
});

Deno.test("SharedFamily lets a series that has a cell keep it, and takes values that read alike for one", () => {
  const metric = new Metric("sf2", "counter", ["a"], { a: 1 });
  const shared = new SharedFamily(metric, OPTIONS);
  const [series] = metric.store.all;
  const { cell32 } = series;
  shared.adopt(series);
  assertEquals([series.cell32, metric.given.length], [cell32, 1]);
  const again = metric.add({ a: "1" });
  shared.adopt(again);
  assertEquals(again.cell32, cell32);
  const without = metric.add({});
  shared.adopt(without);
  assertEquals(labelsIn("sf2"), [{}, { a: "1" }]);
  shared.release();
});

Deno.test("SharedFamily gives the series of a metric without labels the family's own cell", () => {
  const metric = new Metric("sf3", "gauge", [], {});
  const shared = new SharedFamily(metric, OPTIONS);
  assertEquals([[...metric.store.all][0].cell32 >= 0, labelsIn("sf3")], [true, [{}]]);
  shared.release();
});

Deno.test("SharedFamily takes a counter's series out at once", () => {
  const metric = new Metric("sf4", "counter", ["a"], { a: "x" }, { a: "y" });
  const shared = new SharedFamily(metric, OPTIONS);
  const [x] = metric.store.all;
  shared.remove([x]);
  assertEquals([x.cell32, labelsIn("sf4")], [-1, [{ a: "y" }]]);
  shared.remove([x]);
  assertEquals(labelsIn("sf4"), [{ a: "y" }], "what has no cell has nothing to lose");
  shared.release();
});

Deno.test("SharedFamily keeps the cell of a gauge that is taken out and put in again at once", async () => {
  const metric = new Metric("sf5", "gauge", ["a"], { a: "x" }, { a: "y" });
  const shared = new SharedFamily(metric, OPTIONS);
  const [x, y] = metric.store.all;
  const { cell32 } = x;
  shared.remove([x, y]);
  const again = metric.add({ a: "x" });
  shared.adopt(again);
  assertEquals(again.cell32, cell32);
  await Promise.resolve();
  assertEquals(labelsIn("sf5"), [{ a: "x" }], "the other one has gone by now");
  shared.release();
});

Deno.test("SharedFamily uses the family again of a metric that is gone, for one of the same definition", () => {
  const familyOf = (...args: ConstructorParameters<typeof Metric>) => {
    const shared = new SharedFamily(new Metric(...args), OPTIONS);
    const [{ descriptor }] = blocksOf(args[0]);
    shared.release();
    return descriptor;
  };
  const first = familyOf("sf6", "counter", ["a"], { a: "x" });
  assertStrictEquals(familyOf("sf6", "counter", ["a"], { a: "y" }), first);
  assertEquals(labelsIn("sf6"), []);
});

Deno.test("SharedFamily that was released has no series, and leaves none a cell", () => {
  const metric = new Metric("sf7", "counter", ["a"], { a: "x" });
  const shared = new SharedFamily(metric, OPTIONS);
  shared.release();
  assertEquals([[...metric.store.all][0].cell32, metric.shared, labelsIn("sf7")], [-1, undefined, []]);
});

Deno.test("SharedFamily adds its registry's labels, but not over the metric's own", () => {
  const metric = new Metric("sf8", "counter", ["a"], { a: "x" });
  const shared = new SharedFamily(metric, { ...OPTIONS, constLabels: { a: "other", app: "shop" } });
  assertEquals(labelsIn("sf8"), [{ a: "x", app: "shop" }]);
  shared.release();
});

Deno.test("SharedFamily merges a gauge as its aggregator says, and by the greatest where all threads say the same", () => {
  const modeOf = (name: string, aggregator: SharedMetric<Series>["aggregator"], processWide = false) => {
    const metric = Object.assign(new Metric(name, "gauge", [], {}), { aggregator });
    const shared = new SharedFamily(metric, { ...OPTIONS, processWide });
    const [{ descriptor }] = blocksOf(name);
    shared.release();
    return descriptor.mode;
  };
  const modes = (["sum", "first", "min", "max", "average", "omit"] as const).map((one, i) =>
    modeOf(`sf9_${i}`, one)
  );
  assertEquals(modes, ["livesum", "livemax", "livemin", "livemax", "liveaverage", "livesum"]);
  assertEquals(modeOf("sf9_wide", "sum", true), "livemax");
});

Deno.test("SharedFamily describes a summary by the percentiles that are shares, and its window if it has one", () => {
  const describe = (name: string, parts: Partial<SharedMetric<Series>>) => {
    const metric = Object.assign(new Metric(name, "summary", [], {}), parts);
    const shared = new SharedFamily(metric, OPTIONS);
    const [{ descriptor: { quantiles, windowSeconds } }] = blocksOf(name);
    shared.release();
    return [quantiles, windowSeconds];
  };
  assertEquals(describe("sf10_a", { percentiles: [0.9, 0.5, 0.9, 50] }), [[0.5, 0.9], 0]);
  assertEquals(describe("sf10_b", { percentiles: [0.5], maxAgeSeconds: 60, ageBuckets: 5 }), [[0.5], 60]);
  assertEquals(describe("sf10_c", { percentiles: [0.5], maxAgeSeconds: 60 }), [[0.5], 0]);
});

Deno.test("SharedFamily shows an exemplar with its series, unless OpenMetrics would refuse it", () => {
  const metric = Object.assign(new Metric("sf11", "counter", ["a"], { a: "x" }, { a: "y" }), {
    enableExemplars: true,
  });
  const shared = new SharedFamily(metric, OPTIONS);
  const [x, y] = metric.store.all;
  shared.exemplify(x, 0, { labelSet: { id: 7 }, value: 2, timestamp: 1 });
  shared.exemplify(y, 0, { labelSet: { id: "z".repeat(200) }, value: 3, timestamp: 1 });
  shared.exemplify(new Series({ a: "w" }), 0, { labelSet: { id: 8 }, value: 4, timestamp: 1 });
  const [{ exemplars }] = blocksOf("sf11");
  assertEquals([...exemplars ?? []].map(([at, { labels, value }]) => [at, labels, value]), [[
    0,
    { id: "7" },
    2,
  ]]);
  shared.release();
});
