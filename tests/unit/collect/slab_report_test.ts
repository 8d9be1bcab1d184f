import { assertEquals, assertGreater } from "@std/assert";
import { reportSlab, reportSource } from "../../../src/collect/slab_report.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { openSlab } from "../../../src/slab/slab.ts";
import { Fleet, SMALL_SLAB_BYTES } from "../../_support/fleet.ts";

function setup() {
  const fleet = new Fleet();
  const worker = fleet.start(3);
  const { registry } = worker;
  const jobs = new Counter({ name: "jobs_total", help: "h", labelNames: ["queue"], registry });
  const open = new Gauge({ name: "open_files", help: "h", registry });
  const waits = new Histogram({ name: "wait_seconds", help: "h", buckets: [1, 2], registry });
  return { fleet, worker, jobs, open, waits };
}

Deno.test("reportSource() tells a slab's own part of counters, gauges and histograms", () => {
  const { fleet, worker, jobs, open, waits } = setup();
  const other = fleet.start(4);
  new Counter({ name: "jobs_total", help: "h", labelNames: ["queue"], registry: other.registry })
    .inc({ queue: "a" }, 100);
  jobs.inc({ queue: "a" }, 5);
  jobs.inc({ queue: "b" }, 2.5);
  open.set(-3);
  for (const seconds of [0.5, 1.5, 9]) waits.observe(seconds);
  fleet.collector.poll();
  const { slot, epoch, families } = reportSource(worker.source);
  assertEquals([slot, epoch], [3, 1]);
  assertEquals(Object.fromEntries(families.map(({ name, total }) => [name, total])), {
    jobs_total: 7.5,
    open_files: -3,
    wait_seconds: 3,
  });
});

Deno.test("reportSlab() counts records, series and bytes", () => {
  const { fleet, worker, jobs } = setup();
  for (const queue of ["a", "b", "c"]) jobs.inc({ queue });
  const report = reportSlab(openSlab(worker.buffer));
  assertEquals(report.state, "live");
  assertEquals(report.totalBytes, SMALL_SLAB_BYTES);
  assertGreater(report.usedBytes, 4096);
  assertEquals(report.records.families, 3);
  assertEquals(report.records.series, report.families.reduce((sum, { series }) => sum + series, 0));
  const family = report.families.find(({ name }) => name === "jobs_total")!;
  assertEquals([family.type, family.series, family.dormant, family.reclaimed], ["counter", 3, 0, 0]);
  assertGreater(family.cellBytes, 0);
  assertEquals(family.total, undefined);
  jobs.remove({ queue: "b" });
  fleet.collector.poll();
  worker.registry.beat();
  const after = reportSlab(openSlab(worker.buffer)).families.find(({ name }) => name === "jobs_total")!;
  assertEquals(after.series, 2);
  assertEquals(after.series + after.dormant + after.reclaimed, 3);
});

Deno.test("reportSlab() tells what was dropped and that the owner is gone", () => {
  const fleet = new Fleet();
  const { registry, buffer } = fleet.start(0);
  const labelNames = ["n"] as const;
  const counter = new Counter({ name: "jobs_total", help: "h", labelNames, maxSeries: 2, registry });
  for (let n = 0; n < 5; n++) counter.inc({ n });
  registry.close();
  const { droppedSeries, state } = reportSlab(openSlab(buffer));
  assertEquals([droppedSeries, state], [3, "closed"]);
});
