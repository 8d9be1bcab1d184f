/**
 * Sixteen threads count while scrapes go on: totals are exact in the end, and never go down on the way.
 *
 * `PROMSLAB_STRESS_UPDATES` says how many updates each thread makes; default 1000000.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import { scrapesOf, ScrapingClients } from "../_support/scraping_clients.ts";
import { Thread, turn } from "../_support/threads.ts";
import type { BusyOptions } from "./_busy_worker.ts";

const UPDATES = Number(process.env.PROMSLAB_STRESS_UPDATES ?? 1_000_000);
const WORKERS = 16;
/** Threads that scrape beside the main one. */
const CLIENTS = 2;

test("case 30, case 40: totals of 16 threads are exact and never go down, over the wrap of the low word", {
  timeout: 1_800_000,
}, async () => {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const control = createControl();
  const clients = await ScrapingClients.start(CLIENTS);
  const start = (slot: number) => 2 ** 31 - UPDATES / 2 - slot;
  const threads = Array.from({ length: WORKERS }, (_, slot) => {
    const slab = createSlab({ slot, bytes: 1 << 20 });
    const source = collector.addSlab(slab);
    clients.add(slab);
    const options: BusyOptions = { slab, control, updates: UPDATES, start: start(slot) };
    const thread = new Thread(new URL("./_busy_worker.ts", import.meta.url), options);
    return { slab, source, thread };
  });
  let running = WORKERS;
  const done = threads.map(async ({ slab, source, thread }, slot) => {
    assert.equal(await thread.message(), "begun");
    assert.equal(await thread.message(), "done");
    await thread.worker.terminate();
    // Half of them retire while the others go on.
    if (slot % 2 === 0) {
      collector.retire(source);
      clients.retire(slab);
    }
    running--;
  });
  let before: Samples = new Map();
  let scrapes = 0;
  const scrape = () => {
    const samples = samplesOf(collector.blocks());
    for (const [name, value] of before) {
      if (name === "latest") continue;
      assert.ok(samples.get(name)! >= value, `${name} went from ${value} to ${samples.get(name)}`);
    }
    assert.equal(samples.get("ones_sum"), samples.get("ones_count"));
    before = samples;
    scrapes++;
  };
  while (running > 0) {
    scrape();
    await turn();
  }
  await Promise.all(done);
  scrape();
  const scraped = await clients.end();
  for (const { last } of scraped) assert.deepEqual(last, before);

  const tenth = Math.ceil(UPDATES / 10);
  const starts = Array.from({ length: WORKERS }, (_, slot) => start(slot)).reduce((sum, each) => sum + each);
  assert.equal(before.get("plain_total"), starts + WORKERS * UPDATES);
  assert.equal(before.get("ones_count"), WORKERS * UPDATES);
  assert.equal(before.get("ones_sum"), WORKERS * UPDATES);
  assert.equal(before.get("halves_total"), WORKERS * tenth / 2);
  assert.equal(before.get("mixed_count"), WORKERS * tenth);
  const labelled = Array.from({ length: 7 }, (_, k) => before.get(`labelled_total{k="${k}",s="x"}`)!);
  assert.equal(labelled.reduce((sum, each) => sum + each), WORKERS * tenth);
  console.log(
    `${WORKERS} threads x ${UPDATES} updates, ${scrapes} and ${scrapesOf(scraped)} scrapes on the way`,
  );
});
