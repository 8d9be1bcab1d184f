/**
 * A thread that scrapes the slabs of others without a pause, by a collector of its own, and checks each scrape.
 */
import { parentPort, workerData } from "node:worker_threads";
import { Collector, Registry } from "../../mod.ts";
import { checkScrape } from "./_check_scrape.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";

/** What a scraping thread is told; the slabs are those of its start. */
export interface ScrapingOptions {
  readonly slabs: readonly SharedArrayBuffer[];
  /** One word: the thread goes on while it is 0. */
  readonly stop: SharedArrayBuffer;
}

const { slabs, stop }: ScrapingOptions = workerData;
const collector = new Collector(new Registry({ slabBytes: 1 << 18 }));
for (const slab of slabs) collector.addSlab(slab);
const word = new Int32Array(stop);
let before: Samples = new Map();
let scrapes = 0;
parentPort!.postMessage("begun");
while (Atomics.load(word, 0) === 0) {
  const samples = samplesOf(collector.blocks());
  checkScrape(samples, before);
  before = samples;
  scrapes++;
}
parentPort!.postMessage({ scrapes, observations: before.get("ones_count") });
