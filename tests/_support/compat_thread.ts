/**
 * A thread that counts with our stand-in for prom-client, as it is told.
 *
 * @module
 */
import { parentPort } from "node:worker_threads";
import * as client from "../../src/compat/mod.ts";

const registry = new client.WorkerRegistry();
const jobs = new client.Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["kind"] });
const depth = new client.Gauge({ name: "depth", help: "Depth." });
const peak = new client.Gauge({ name: "peak", help: "Peak.", aggregator: "max" });
const mean = new client.Gauge({ name: "mean", help: "Mean.", aggregator: "average" });
const first = new client.Gauge({ name: "first", help: "First.", aggregator: "first" });
const omitted = new client.Gauge({ name: "omitted", help: "Omitted.", aggregator: "omit" });
const seconds = new client.Histogram({ name: "seconds", help: "Seconds.", buckets: [1, 10] });
const waits = new client.Summary({ name: "waits", help: "Waits.", percentiles: [0, 0.5, 1] });
new client.Gauge({
  name: "collected",
  help: "Collected.",
  collect() {
    this.set(4);
  },
});

parentPort!.on("message", async (message: { count?: number; spin?: number; leave?: true }) => {
  const { count = 0, spin = 0, leave } = message;
  jobs.inc({ kind: "a" }, count);
  for (const gauge of [depth, peak, mean, first, omitted]) gauge.set(count);
  seconds.observe(count);
  waits.observe(count);
  if (leave) await registry.shutdown();
  parentPort!.postMessage("done");
  const end = performance.now() + spin;
  while (performance.now() < end);
});
parentPort!.postMessage("ready");
