/**
 * A thread that updates metrics which other threads update too.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { Counter, defaultRegistry, Gauge, Histogram } from "../../mod.ts";

/** What the thread is told. */
export interface GuidelineOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly rounds: number;
}

const { slab, control, rounds }: GuidelineOptions = workerData;
defaultRegistry.attach({ slab, control });
const jobs = new Counter({ name: "jobs_total", help: "Jobs." });
const waiting = new Gauge({ name: "waiting", help: "Jobs that wait." });
const took = new Histogram({ name: "took_seconds", help: "How long jobs took.", buckets: [1, 10] });
for (let round = 0; round < rounds; round++) {
  jobs.inc();
  waiting.inc();
  took.observe(2);
}
defaultRegistry.publish();
parentPort!.postMessage("done");
