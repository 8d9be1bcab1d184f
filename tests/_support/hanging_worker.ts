/**
 * A worker that counts and beats, and stands still in one long call for as long as its word says.
 *
 * @module
 */
import process from "node:process";
import { workerData } from "node:worker_threads";
import { Counter, defaultRegistry, Gauge, Histogram } from "../../mod.ts";

const BEAT_MS = 50;

const { slab, control, word } = workerData as Record<"slab" | "control" | "word", SharedArrayBuffer>;
defaultRegistry.attach({ slab, control });
const ticks = new Counter({ name: "ticks_total", help: "Beats so far." });
const ones = new Histogram({ name: "ones", help: "Ones.", buckets: [0.5, 1] });
new Gauge({ name: "live", help: "Live." }).set(1);
const hang = new Int32Array(word);

setInterval(() => {
  ticks.inc();
  ones.observe(1);
  defaultRegistry.beat();
  // A handler that does not come back: no timer of this thread runs meanwhile.
  while (Atomics.load(hang, 0) === 1) Atomics.wait(hang, 0, 1, 1_000);
  if (Atomics.load(hang, 0) === 2) process.exit(0);
}, BEAT_MS);
