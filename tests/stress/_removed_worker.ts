/**
 * A worker whose series others remove while it counts: two families by label, and a counter that nobody touches.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Counter, defaultRegistry, Histogram } from "../../mod.ts";

/** What the worker is told. */
export interface RemovedOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** The slab in which removals are announced. */
  readonly log: SharedArrayBuffer;
  /** One word: the worker counts on while it is 0, and waits while it is 1. At 2 it makes its last rounds. */
  readonly stage: SharedArrayBuffer;
  readonly lastRounds: number;
}

/** How many label values there are. */
export const VALUES = 50;

/** Rounds between two heartbeats, at which a worker acts on what was removed. */
const ROUNDS_A_BEAT = 100;

if (parentPort !== null) run(workerData);

function run({ slab, control, log, stage, lastRounds }: RemovedOptions): void {
  defaultRegistry.attach({ slab, control, log });
  const kept = new Counter({ name: "kept_total", help: "Never removed." });
  const hits = new Counter({ name: "hits_total", help: "Removed.", labelNames: ["k"] });
  const ones = new Histogram({ name: "ones", help: "Removed.", labelNames: ["k"], buckets: [0.5, 1, 2] });
  const held = ones.labels("0");
  const word = new Int32Array(stage);
  const round = (i: number) => {
    if (i % ROUNDS_A_BEAT === 0) defaultRegistry.beat();
    kept.inc();
    hits.inc({ k: i % VALUES });
    if (i % VALUES === 0) held.observe(1);
    else ones.observe({ k: i % VALUES }, 1);
  };
  parentPort!.postMessage("begun");
  for (let i = 1; Atomics.load(word, 0) === 0; i++) round(i);
  parentPort!.postMessage("stands");
  while (Atomics.load(word, 0) === 1) Atomics.wait(word, 0, 1);
  for (let i = 0; i < lastRounds; i++) round(i);
  parentPort!.postMessage("done");
}
