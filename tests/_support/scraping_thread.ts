/**
 * A thread that scrapes the slabs of others again and again, by a collector of its own, and checks each scrape.
 */
import { setImmediate, setTimeout } from "node:timers";
import { parentPort, workerData } from "node:worker_threads";
import { Collector, Registry } from "../../mod.ts";
import type { SlabSource } from "../../src/collect/slab_source.ts";
import { checkScrape } from "./check_scrape.ts";
import { collectGarbage } from "./collect_garbage.ts";
import { type Samples, samplesOf } from "./fleet.ts";

/** What a scraping thread is told at its start. */
export interface ScrapingOptions {
  /** Milliseconds between two scrapes; 0: one turn of the event loop. */
  readonly pauseMs: number;
}

/** What it is told later; a slab goes by the number that it was added with. */
export type ScrapingOrder =
  | { readonly add: number; readonly slab: SharedArrayBuffer }
  | { readonly retire: number }
  | { readonly answer: true }
  /** Collect garbage, then answer. */
  | { readonly collect: true }
  | { readonly end: true };

/** What it says in the end. */
export interface Scraped {
  readonly scrapes: number;
  readonly last: Samples;
}

const { pauseMs }: ScrapingOptions = workerData;
const collector = new Collector(new Registry({ slabBytes: 1 << 18 }));
const sources = new Map<number, SlabSource>();
let before: Samples = new Map();
let scrapes = 0;
let running = true;

function scrape(): void {
  const samples = samplesOf(collector.blocks());
  checkScrape(samples, before);
  before = samples;
  scrapes++;
}

function obey(order: ScrapingOrder): void {
  if ("add" in order) sources.set(order.add, collector.addSlab(order.slab));
  else if ("retire" in order) {
    collector.retire(sources.get(order.retire)!);
    sources.delete(order.retire);
  } else if ("answer" in order) parentPort!.postMessage("done");
  else if ("collect" in order) void collectGarbage().then(() => parentPort!.postMessage("done"));
  else {
    scrape();
    running = false;
    parentPort!.postMessage({ scrapes, last: before } satisfies Scraped);
  }
}

function scrapeOn(): void {
  if (!running) return;
  scrape();
  if (pauseMs > 0) setTimeout(scrapeOn, pauseMs);
  else setImmediate(scrapeOn);
}

parentPort!.on("message", obey);
parentPort!.postMessage("begun");
scrapeOn();
