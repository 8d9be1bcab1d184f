import { assertEquals } from "@std/assert";
import { WorkerWatch } from "../../../src/collect/worker_watch.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { createReports, reportSlabs } from "../../../src/server/admin_reports.ts";
import { Fleet } from "../../_support/fleet.ts";

function setup() {
  const clock = { now: 0 };
  const fleet = new Fleet();
  const { collector, main: registry } = fleet;
  const watch = new WorkerWatch(collector, { now: () => clock.now });
  const second = fleet.start(1);
  const first = fleet.start(0);
  for (const { source } of [first, second]) watch.add(source);
  new Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["a"], registry: first.registry }).inc({
    a: 1,
  });
  return { clock, fleet, watch, first, second, parts: { collector, watch, registry } };
}

async function dataOf(response: Response | Promise<Response>) {
  const { status, data } = await (await response).json();
  assertEquals(status, "success");
  return data;
}

Deno.test("reportSlabs() gives main's slab, then the workers' by slot, with what they are doing", () => {
  const { clock, fleet, first, second, parts } = setup();
  first.registry.beat();
  clock.now = 1500;
  const [main, zero, one, ...more] = reportSlabs(parts);
  assertEquals([main.slot, main.worker, main.heartbeatAgeSeconds], [-1, "main", undefined]);
  assertEquals([zero.slot, zero.worker, zero.heartbeatAgeSeconds], [0, "live", 0]);
  assertEquals([one.slot, one.worker, one.heartbeatAgeSeconds], [1, "starting", 1.5]);
  assertEquals(zero.families.map(({ name, total }) => [name, total]), [["jobs_total", 1]]);
  assertEquals(more, []);
  fleet.collector.retire(second.source);
  assertEquals(reportSlabs(parts).length, 2);
});

Deno.test("reportSlabs() works where nobody watches", () => {
  const { fleet } = setup();
  const reports = reportSlabs({ collector: fleet.collector, registry: fleet.main });
  assertEquals(reports.map(({ worker }) => worker), ["main", "unwatched", "unwatched"]);
});

Deno.test("createReports() answers with slabs, families and what scrapes cost", async () => {
  const { parts } = setup();
  const costs = { count: 1, secondsTotal: 2, bytesTotal: 3, last: undefined };
  const routes = createReports({ ...parts, scrapes: () => costs });
  const request = new Request("http://localhost/");
  const { slabs, scrapes } = await dataOf(routes["/api/v1/slabs"](request));
  assertEquals(slabs.map(({ slot }: { slot: number }) => slot), [-1, 0, 1]);
  assertEquals(scrapes, { count: 1, secondsTotal: 2, bytesTotal: 3 });
  assertEquals(await dataOf(routes["/api/v1/families"](request)), [
    { name: "jobs_total", type: "counter", help: "Jobs.", labelNames: ["a"], series: 1, samples: 1 },
  ]);
});

Deno.test("createReports() waits for its turn among those who read the collector", async () => {
  const { parts } = setup();
  const routes = createReports(parts);
  for (const path of ["/api/v1/slabs", "/api/v1/families"]) {
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const busy = parts.collector.exclusively(() => gate.promise).then(() => order.push("scrape"));
    const report = dataOf(routes[path](new Request("http://localhost/"))).then(() => order.push("report"));
    await new Promise((resolve) => setTimeout(resolve));
    gate.resolve();
    await Promise.all([busy, report]);
    assertEquals(order, ["scrape", "report"], path);
  }
});
