import { assertEquals } from "@std/assert";
import { snapshotName, SnapshotSink } from "../../../src/exposition/snapshot_sink.ts";
import type { SnapshotQuery } from "../../../src/exposition/snapshot_types.ts";
import { TestFamily } from "../../_support/sample_blocks.ts";

const REQUESTS = new TestFamily(
  { name: "requests_total", type: "counter", labelNames: ["route"], constLabels: { zone: "eu" } },
  [[""], ["/a"], ["/b"]],
).samples([1, 2, 3]);

/** The values that a query finds in {@linkcode REQUESTS}. */
function valuesFor(query: SnapshotQuery): unknown[] {
  const sink = new SnapshotSink(query);
  sink.samples(REQUESTS);
  return sink.finish().map((series) => series.kind === "counter" ? series.value : series);
}

Deno.test("SnapshotSink calls a counter by its name without _total, and no other family", () => {
  assertEquals(snapshotName({ name: "a_total", type: "counter" }), "a");
  assertEquals(snapshotName({ name: "a_total_b", type: "counter" }), "a_total_b");
  assertEquals(snapshotName({ name: "a_total", type: "gauge" }), "a_total");
});

Deno.test("SnapshotSink finds a counter by either name, and by how its full name begins", () => {
  const all = [1, 2, 3];
  assertEquals(valuesFor({ names: ["requests"] }), all);
  assertEquals(valuesFor({ names: ["other", "requests_total"] }), all);
  assertEquals(valuesFor({ prefix: "requests_t" }), all);
  assertEquals(valuesFor({ prefix: "requests_t", names: ["other"] }), []);
  assertEquals(valuesFor({ names: [] }), []);
});

Deno.test("SnapshotSink compares labels, constant ones too, and takes an absent label for an empty one", () => {
  assertEquals(valuesFor({ labels: { route: "/b" } }), [3]);
  assertEquals(valuesFor({ labels: { route: "/b", zone: "us" } }), []);
  assertEquals(valuesFor({ labels: { zone: "eu" } }), [1, 2, 3]);
  assertEquals(valuesFor({ labels: { route: "" } }), [1]);
  assertEquals(valuesFor({ labels: { nowhere: "" } }), [1, 2, 3]);
});

Deno.test("SnapshotSink sorts the labels of a series by name and leaves empty ones out", () => {
  const family = new TestFamily(
    { name: "g", type: "gauge", labelNames: ["z", "m"], constLabels: { a: "1", k: "" } },
    [["", "2"], ["3", "2"]],
  );
  const sink = new SnapshotSink();
  sink.samples(family.samples([0, 0]));
  assertEquals(sink.finish().map(({ labels }) => Object.entries(labels)), [
    [["a", "1"], ["m", "2"]],
    [["a", "1"], ["m", "2"], ["z", "3"]],
  ]);
});

Deno.test("SnapshotSink keeps what it found when the collector uses its arrays again", () => {
  const family = new TestFamily({ name: "h", type: "histogram", buckets: [1] });
  const samples = family.samples([1, 2, 3]);
  const sink = new SnapshotSink();
  sink.samples(samples);
  samples.values.fill(9);
  assertEquals(sink.finish(), [{
    kind: "histogram",
    name: "h",
    labels: {},
    count: 2,
    sum: 3,
    buckets: [{ le: 1, count: 1 }, { le: Infinity, count: 2 }],
    gauge: false,
  }]);
});

Deno.test("SnapshotSink leaves out of a vector what is no position, and makes vectors of counters only", () => {
  const positions = ["1", "-1", "1.5", "first", ""].map((position) => [position]);
  const query = { vectors: { v_total: "at", g: "at" } };
  const sink = new SnapshotSink(query);
  sink.samples(new TestFamily({ name: "g", type: "gauge", labelNames: ["at"] }, [["1"]]).samples([8]));
  sink.samples(
    new TestFamily({ name: "v_total", type: "counter", labelNames: ["at"] }, positions).samples([
      4,
      5,
      6,
      7,
      8,
    ]),
  );
  assertEquals(sink.finish(), [
    { kind: "gauge", name: "g", labels: { at: "1" }, value: 8 },
    { kind: "vector", name: "v", labels: {}, values: [0, 4] },
  ]);
});

Deno.test("SnapshotSink puts the blocks of a family into one vector", () => {
  const [low, high] = [["0"], ["1"]].map((position) =>
    new TestFamily({ name: "v_total", type: "counter", labelNames: ["at"] }, [position])
  );
  const sink = new SnapshotSink({ vectors: { v_total: "at" } });
  sink.samples(low.samples([1], { last: false }));
  sink.samples(high.samples([2], { first: false }));
  assertEquals(sink.finish(), [{ kind: "vector", name: "v", labels: {}, values: [1, 2] }]);
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
