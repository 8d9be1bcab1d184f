/**
 * A worker that observes random numbers of several distributions in a summary, and then says so.
 */
import { parentPort, workerData } from "node:worker_threads";
import { defaultRegistry, Summary } from "../../mod.ts";
import { DISTRIBUTIONS, drawFrom } from "../_support/distributions.ts";

/** What the worker is told. */
export interface SummaryOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  readonly slot: number;
  /** How many numbers of each distribution are observed. */
  readonly observations: number;
  readonly quantiles: readonly number[];
  readonly relativeError: number;
}

const { slab, control, slot, observations, quantiles, relativeError }: SummaryOptions = workerData;
defaultRegistry.attach({ slab, control });
const took = new Summary({
  name: "took",
  help: "Random numbers.",
  labelNames: ["distribution"],
  quantiles,
  relativeError,
});
for (const name of Object.keys(DISTRIBUTIONS)) {
  const child = took.labels(name);
  for (const value of drawFrom(name, slot, observations)) child.observe(value);
}
defaultRegistry.publish();
parentPort!.postMessage("done");
