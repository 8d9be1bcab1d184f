import { assertEquals } from "@std/assert";
import { Collector, Counter, createSlab, Gauge, Histogram, Registry, snapshot } from "promslab";

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
