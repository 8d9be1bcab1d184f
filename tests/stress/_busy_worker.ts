/**
 * A worker that counts and observes as fast as it can, and then says so.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Counter, defaultRegistry, Gauge, Histogram } from "../../mod.ts";

/** What the worker is told. */
export interface BusyOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** One word: the worker goes on while it is 0. Without it the worker stops after `updates`. */
  readonly stop?: SharedArrayBuffer;
  readonly updates: number;
  /** What the plain counter starts with. */
  readonly start: number;
}

const { slab, control, stop, updates, start }: BusyOptions = workerData;
defaultRegistry.attach({ slab, control });
const plain = new Counter({ name: "plain_total", help: "Integers." });
const halves = new Counter({ name: "halves_total", help: "Halves." });
const labelled = new Counter({ name: "labelled_total", help: "By label.", labelNames: ["k", "s"] });
const ones = new Histogram({ name: "ones", help: "Ones.", buckets: [0.5, 1, 2] });
const mixed = new Histogram({ name: "mixed", help: "Values in all buckets.", buckets: [1, 2, 3] });
const latest = new Gauge({ name: "latest", help: "The last step.", mode: "mostrecent" });
const stopped = stop === undefined ? undefined : new Int32Array(stop);

plain.inc(start);
parentPort!.postMessage("begun");
for (let i = 0; stopped === undefined ? i < updates : Atomics.load(stopped, 0) === 0; i++) {
  plain.inc();
  ones.observe(1);
  if (i % 10 !== 0) continue;
  halves.inc(0.5);
  labelled.inc({ k: i % 7, s: "x" });
  mixed.observe(i % 4 + 0.5);
  latest.set(i);
}
defaultRegistry.publish();
parentPort!.postMessage("done");
