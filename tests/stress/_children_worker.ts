/**
 * A worker that observes in ten thousand children of a histogram without a pause, every other time in the same one.
 */
import { parentPort, workerData } from "node:worker_threads";
import { defaultRegistry, Histogram } from "../../mod.ts";

/** What the worker is told. */
export interface ChildrenOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** One word: the worker waits while it is 0, observes while it is 1, and ends at 2. */
  readonly stage: SharedArrayBuffer;
  readonly children: number;
}

const { slab, control, stage, children }: ChildrenOptions = workerData;
defaultRegistry.attach({ slab, control });
const ones = new Histogram({
  name: "ones",
  help: "Ones.",
  labelNames: ["k"],
  buckets: [0.5, 1, 2],
  maxSeries: children,
});
const bound = Array.from({ length: children }, (_, k) => ones.labels(String(k)));
for (const child of bound) child.observe(1);
const word = new Int32Array(stage);
parentPort!.postMessage("begun");
while (Atomics.load(word, 0) === 0) Atomics.wait(word, 0, 0);
let rounds = 0;
for (; Atomics.load(word, 0) === 1; rounds++) {
  bound[0].observe(1);
  bound[rounds % children].observe(1);
}
defaultRegistry.publish();
parentPort!.postMessage(children + 2 * rounds);
