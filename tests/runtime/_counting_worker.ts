/**
 * A worker that counts as much as it is told, with definitions at the top of the module, and then says so.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Counter, defaultRegistry, Gauge, Histogram } from "../../mod.ts";

defaultRegistry.attach(workerData);
const jobs = new Counter({ name: "jobs_total", help: "Jobs done.", labelNames: ["kind"] });
const work = new Counter({ name: "work_total", help: "Work done." });
const busy = new Gauge({ name: "busy", help: "Workers at work." });
const spent = new Histogram({ name: "spent_seconds", help: "Time spent.", buckets: [0.5, 1, 2] });

busy.set(1);
const odd = jobs.labels({ kind: "odd" });
for (let i = 0; i < workerData.rounds; i++) {
  if (i % 2 === 1) odd.inc();
  else jobs.inc({ kind: "even" });
  work.inc(0.25);
  spent.observe(1);
}
defaultRegistry.publish();
defaultRegistry.close();
parentPort!.postMessage("done");
