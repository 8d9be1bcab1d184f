/**
 * Where prom-client does what its documentation does not promise and nobody can want, ours does right. Each test shows
 * the original's behaviour too, so that it says so when the original changes.
 */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { getSampleValue } from "promslab/testing";
import { type AnyClient, CLIENTS } from "../../_support/clients.ts";

const { ours, successor } = CLIENTS;

/** The lines with values that a registry gives. */
async function linesOf(client: AnyClient, fill: (registers: AnyClient[]) => void): Promise<string[]> {
  const registry = new client.Registry();
  fill([registry]);
  return (await registry.metrics()).split("\n").filter((line: string) =>
    line !== "" && !line.startsWith("#")
  );
}

Deno.test("compat is better: separators in label values do not make two series one", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) => {
    const gauge = new client.Gauge({ name: "g", help: "h", labelNames: ["x", "y"], registers });
    gauge.set({ x: "p|q", y: "z" }, 1);
    gauge.set({ x: "p", y: "q|z" }, 2);
  };
  assertEquals((await linesOf(successor, fill(successor))).length, 1);
  assertEquals(await linesOf(ours, fill(ours)), ['g{x="p|q",y="z"} 1', 'g{x="p",y="q|z"} 2']);
});

Deno.test("compat is better: a counter refuses NaN", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) =>
    new client.Counter({ name: "c", help: "h", registers }).inc(NaN);
  assertEquals(await linesOf(successor, fill(successor)), ["c Nan"]);
  assertThrows(() => fill(ours)([]), TypeError, "Value is not a valid number: NaN");
});

Deno.test("compat is better: a labels object that changes later changes nothing", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) => {
    const counter = new client.Counter({ name: "c", help: "h", labelNames: ["x"], registers });
    const labels = { x: "1" };
    counter.inc(labels);
    labels.x = "2";
    counter.inc(labels);
  };
  assertEquals(await linesOf(successor, fill(successor)), ['c{x="2"} 1', 'c{x="2"} 1']);
  assertEquals(await linesOf(ours, fill(ours)), ['c{x="1"} 1', 'c{x="2"} 1']);
});

Deno.test("compat is better: a collect function that fails costs its own metric alone, and is counted", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) => {
    const collect = () => {
      throw new Error("no connection");
    };
    new client.Gauge({ name: "failing_collect", help: "h", registers, collect });
    new client.Gauge({ name: "fine", help: "h", registers }).set(2);
  };
  await assertRejects(() => linesOf(successor, fill(successor)), Error, "no connection");
  assertEquals(await linesOf(ours, fill(ours)), ["fine 2"]);
  const labels = { family: "failing_collect" };
  assertEquals(getSampleValue("promslab_collect_errors_total", { labels }), 1);
  const registry = new ours.Registry();
  fill(ours)([registry]);
  await assertRejects(() => registry.getSingleMetricAsString("failing_collect"), Error, "no connection");
});

Deno.test("compat is better: reset() keeps a histogram without labels", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) => {
    const histogram = new client.Histogram({ name: "h", help: "h", buckets: [1], registers });
    histogram.observe(1);
    histogram.reset();
  };
  assertEquals(await linesOf(successor, fill(successor)), []);
  assertEquals(await linesOf(ours, fill(ours)), [
    'h_bucket{le="1"} 0',
    'h_bucket{le="+Inf"} 0',
    "h_sum 0",
    "h_count 0",
  ]);
});

Deno.test("compat is better: buckets are sorted, each once, without Infinity", async () => {
  const fill = (client: AnyClient) => (registers: AnyClient[]) =>
    new client.Histogram({ name: "h", help: "h", buckets: [1, 0.5, 1, Infinity], registers }).observe(0.7);
  assertEquals((await linesOf(successor, fill(successor))).slice(0, 3), [
    'h_bucket{le="1"} 1',
    'h_bucket{le="0.5"} 1',
    'h_bucket{le="1"} 2',
  ]);
  assertEquals((await linesOf(ours, fill(ours))).slice(0, 3), [
    'h_bucket{le="0.5"} 0',
    'h_bucket{le="1"} 1',
    'h_bucket{le="+Inf"} 1',
  ]);
});

Deno.test("compat is better: OpenMetrics does not rename the metric", async () => {
  const run = async (client: AnyClient) => {
    const registry = new client.Registry(client.openMetricsContentType);
    const counter = new client.Counter({ name: "c_total", help: "h", registers: [registry] });
    const single = await registry.getSingleMetricAsString("c_total");
    await registry.metrics();
    return { single, name: counter.name };
  };
  assertEquals((await run(successor)).name, "c");
  assertStringIncludes((await run(successor)).single, "c_total_total 0");
  assertEquals(await run(ours), { single: "# HELP c h\n# TYPE c counter\nc_total 0", name: "c_total" });
});

Deno.test("compat is better: a child of a counter with exemplars counts in its own series", async () => {
  const run = async (client: AnyClient) => {
    const registry = new client.Registry(client.openMetricsContentType);
    const options = { name: "c_total", help: "h", labelNames: ["a"], enableExemplars: true };
    new client.Counter({ ...options, registers: [registry] }).labels("x").inc(2);
    return await registry.metrics();
  };
  assertMatch(await run(successor), /^c_total 1$/m);
  assertMatch(await run(ours), /^c_total\{a="x"\} 2$/m);
});

Deno.test("compat is better: a metric that is refused is not registered", () => {
  const nameTaken = (client: AnyClient) => {
    const registry = new client.Registry();
    try {
      new client.Histogram({ name: "h", help: "h", labelNames: ["le"], registers: [registry] });
    } catch {
      return registry.getSingleMetric("h") !== undefined;
    }
  };
  assertEquals([nameTaken(successor), nameTaken(ours)], [true, false]);
});

Deno.test("compat is better: what get() gives is a copy", async () => {
  const run = async (client: AnyClient) => {
    const gauge = new client.Gauge({ name: "g", help: "h", labelNames: ["a"], registers: [] });
    gauge.set({ a: "x" }, 1);
    const { values } = await gauge.get();
    values[0].value = 99;
    values[0].labels.a = "changed";
    return (await gauge.get()).values[0];
  };
  assertEquals(await run(successor), { value: 99, labels: { a: "changed" } });
  assertEquals(await run(ours), { value: 1, labels: { a: "x" } });
});
