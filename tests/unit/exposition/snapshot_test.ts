import { assertEquals } from "@std/assert";
import { Collector, Counter, createSlab, Gauge, Histogram, Registry, snapshot } from "promslab";
import { SnapshotSink } from "../../../src/exposition/snapshot_sink.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

Deno.test("snapshot() gives the values of all workers, sorted by name and labels", async () => {
  const collector = new Collector(new Registry());
  for (const slot of [0, 1]) {
    const slab = createSlab({ slot });
    const registry = new Registry();
    registry.attach({ slab });
    const requests = new Counter({ name: "b_requests_total", help: "R.", labelNames: ["route"], registry });
    requests.inc({ route: "/z" }, 1 + slot);
    requests.inc({ route: "/a" }, 10.5);
    new Gauge({ name: "a_depth", help: "D.", registry, constLabels: { app: "x" } }).set(5);
    const seconds = new Histogram({ name: "c_seconds", help: "S.", buckets: [1, 10], registry });
    seconds.observe(0.5);
    seconds.observe(5);
    seconds.observe(50);
    collector.addSlab(slab);
  }
  assertEquals(await snapshot(collector), [
    { kind: "gauge", name: "a_depth", labels: { app: "x" }, value: 10 },
    { kind: "counter", name: "b_requests", labels: { route: "/a" }, value: 21 },
    { kind: "counter", name: "b_requests", labels: { route: "/z" }, value: 3 },
    {
      kind: "histogram",
      name: "c_seconds",
      labels: {},
      count: 6,
      sum: 111,
      buckets: [{ le: 1, count: 2 }, { le: 10, count: 4 }, { le: Infinity, count: 6 }],
      gauge: false,
    },
  ]);
});

Deno.test("snapshot() narrows by prefix, names and labels", async () => {
  const registry = new Registry();
  const a = new Counter({ name: "vllm:a_total", help: "A.", labelNames: ["model", "code"], registry });
  a.inc({ model: "x", code: 200 });
  a.inc({ model: "y", code: 200 }, 2);
  a.inc({ model: "y", code: "" }, 4);
  new Gauge({ name: "other", help: "O.", registry });
  const collector = new Collector(registry);
  const names = async (query: Parameters<typeof snapshot>[1]) =>
    (await snapshot(collector, query)).map((series) =>
      [series.name, ...Object.values(series.labels)].join(" ")
    );
  assertEquals(await names({ prefix: "vllm:" }), ["vllm:a 200 x", "vllm:a y", "vllm:a 200 y"]);
  assertEquals(await names({ names: ["other"] }), ["other"]);
  assertEquals((await names({ names: ["vllm:a"] })).length, 3, "a counter's name without _total");
  assertEquals((await names({ names: ["vllm:a_total"] })).length, 3, "a counter's name with _total");
  assertEquals(await names({ prefix: "vllm:", names: ["other"] }), []);
  assertEquals(await names({ labels: { model: "y", code: 200 } }), ["vllm:a 200 y"]);
  assertEquals(await names({ labels: { model: "y", code: "" } }), ["vllm:a y"]);
});

Deno.test("snapshot() runs the collect callbacks first", async () => {
  const registry = new Registry();
  new Gauge({ name: "a", help: "A.", registry, collect: (gauge) => gauge.set(9) });
  const [a] = await snapshot(new Collector(registry), { names: ["a"] });
  assertEquals(a, { kind: "gauge", name: "a", labels: {}, value: 9 });
});

Deno.test("SnapshotSink turns positions into a vector, padded with zeros", () => {
  const name = "vllm:spec_decode_num_accepted_tokens_per_pos_total";
  const family = new TestFamily({ name, type: "counter", labelNames: ["model", "position"] }, [
    ["m", "0"],
    ["m", "10"],
    ["m", "3"],
    ["n", "0"],
  ]);
  const sink = new SnapshotSink();
  sink.samples(family.samples([7, 1, 4, 2]));
  assertEquals(sink.finish(), [
    {
      kind: "vector",
      name: "vllm:spec_decode_num_accepted_tokens_per_pos",
      labels: { model: "m" },
      values: [7, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1],
    },
    {
      kind: "vector",
      name: "vllm:spec_decode_num_accepted_tokens_per_pos",
      labels: { model: "n" },
      values: [2],
    },
  ]);
});

Deno.test("SnapshotSink knows summaries, infos, statesets, gauge histograms and unknown types", () => {
  const sink = new SnapshotSink();
  sink.samples(new TestFamily({ name: "s", type: "summary", quantiles: [0.5, 0.9] }).samples([1, 2, 30, 4]));
  sink.samples(new TestFamily({ name: "i", type: "info", labelNames: ["v"] }, [["2"]]).samples([1]));
  sink.samples(new TestFamily({ name: "t", type: "stateset", states: ["on", "off"] }).samples([0, 1]));
  sink.samples(new TestFamily({ name: "g", type: "gaugehistogram", buckets: [1] }).samples([1, 3, -2]));
  sink.samples(new TestFamily({ name: "u", type: "unknown" }).samples([NaN]));
  assertEquals(sink.finish(), [
    {
      kind: "summary",
      name: "s",
      labels: {},
      count: 4,
      sum: 30,
      quantiles: [{ quantile: 0.5, value: 1 }, { quantile: 0.9, value: 2 }],
    },
    { kind: "info", name: "i", labels: { v: "2" } },
    { kind: "stateset", name: "t", labels: {}, states: { on: false, off: true } },
    {
      kind: "histogram",
      name: "g",
      labels: {},
      count: 3,
      sum: -2,
      buckets: [{ le: 1, count: 1 }, { le: Infinity, count: 3 }],
      gauge: true,
    },
    { kind: "gauge", name: "u", labels: {}, value: NaN },
  ]);
});
