/**
 * Several threads scrape the same slabs at once, by collectors of their own, while the workers are in a hot loop and half
 * of them commit. `PROMSLAB_STRESS_SCRAPES` says how many scrapes the main thread makes; default 1000.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { checkScrape } from "../_support/check_scrape.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { ScrapingClients } from "../_support/scraping_clients.ts";
import { Thread, turn } from "../_support/threads.ts";

const SCRAPES = Number(process.env.PROMSLAB_STRESS_SCRAPES ?? 1000);
const WORKERS = 4;
const SCRAPERS = 3;

test("case 31, case 32: four threads scrape four hot workers at once, and every scrape is whole", {
  timeout: 1_800_000,
}, async () => {
  const control = createControl();
  const stop = new SharedArrayBuffer(4);
  const slabs = Array.from({ length: WORKERS }, (_, slot) => createSlab({ slot, bytes: 1 << 20 }));
  const workers = slabs.map((slab, slot) => {
    const options: HotOptions = { slab, control, stop, commits: slot % 2 === 0 };
    return new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
  });
  await Promise.all(workers.map((worker) => worker.message()));
  const clients = await ScrapingClients.start(SCRAPERS, { pauseMs: 0 });
  for (const slab of slabs) clients.add(slab);
  const collector = new Collector(new Registry({ slabBytes: 1 << 18 }));
  for (const slab of slabs) collector.addSlab(slab);
  let before: Samples = new Map();
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    const samples = samplesOf(collector.blocks());
    checkScrape(samples, before);
    before = samples;
    if (scrape % 20 === 0) await turn();
  }
  const scraped = await clients.end();
  for (const { scrapes } of scraped) assert.ok(scrapes > 1);
  Atomics.store(new Int32Array(stop), 0, 1);
  await Promise.all(workers.map((worker) => worker.ended));
  console.log(
    `main ${SCRAPES} scrapes, others ${scraped.map(({ scrapes }) => scrapes).join(", ")}; ` +
      `${before.get("ones_count")} observations, ${before.get("together_a_total")} commits`,
  );
});
