/**
 * case 34: scrapes of ten thousand histogram children whose writers never pause are whole, and bounded in time.
 *
 * `PROMSLAB_STRESS_SCRAPES` says how many scrapes, at a tenth; default 1000, so 100.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { coreWaitMs } from "../_support/core_wait.ts";
import { Thread, turn } from "../_support/threads.ts";
import type { ChildrenOptions } from "./_children_worker.ts";

const SCRAPES = Math.ceil(Number(process.env.PROMSLAB_STRESS_SCRAPES ?? 1000) / 10);
const WORKERS = 2;
const CHILDREN = 10_000;

/** What a scrape may take for trying again, beside the reading itself; twice what it gives itself, for the machine. */
const RETRY_MS_MAX = 40;

/** How many times as long reading takes beside writers, who take the cache lines away. */
const CONTENDED_MAX = 5;

test("case 34: a scrape of ten thousand children of writers that never pause ends in its time", {
  timeout: 1_800_000,
}, async () => {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const control = createControl();
  const stage = new SharedArrayBuffer(4);
  const threads = Array.from({ length: WORKERS }, (_, slot) => {
    const slab = createSlab({ slot, bytes: 1 << 25 });
    collector.addSlab(slab);
    const options: ChildrenOptions = { slab, control, stage, children: CHILDREN };
    return new Thread(new URL("./_children_worker.ts", import.meta.url), options);
  });
  await Promise.all(threads.map((thread) => thread.message()));
  const idle = await scrapeOften(collector, SCRAPES);
  const word = new Int32Array(stage);
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
  const hot = await scrapeOften(collector, SCRAPES);
  Atomics.store(word, 0, 2);
  const observed = (await Promise.all(threads.map((thread) => thread.message())) as number[])
    .reduce((sum, each) => sum + each, 0);
  assert.equal(scrape(collector).count, observed, "all that was observed");
  await Promise.all(threads.map((thread) => thread.worker.terminate()));

  console.log(
    `${CHILDREN} children of ${WORKERS} writers, ${observed} observations: idle ${described(idle)}; ` +
      `hot ${described(hot)}; ${collector.stats.staleChildren} children served with an earlier value`,
  );
  const limitMs = CONTENDED_MAX * at(idle, 0.99) + RETRY_MS_MAX;
  assert.ok(at(hot, 0.99) < limitMs, `${described(hot)} of ${limitMs.toFixed(1)} ms`);
});

/** Scrapes again and again: milliseconds of each, without waits for a core, in order of size. */
async function scrapeOften(collector: Collector, times: number): Promise<number[]> {
  const durationsMs: number[] = [];
  let before = 0;
  for (let k = 0; k < times; k++) {
    const { count, ms } = scrape(collector);
    assert.ok(count >= before, `from ${before} to ${count} observations`);
    before = count;
    durationsMs.push(ms);
    if (k % 20 === 0) await turn();
  }
  return durationsMs.sort((a, b) => a - b);
}

/** One scrape: every child is whole; the observations of all, and how long it took without waits for a core. */
function scrape(collector: Collector): { count: number; ms: number } {
  const waited = coreWaitMs();
  const start = performance.now();
  let count = 0;
  let seen = 0;
  for (const { stride, values } of collector.blocks()) {
    for (let at = 0; at < values.length; at += stride) {
      const [half, one, two, all, sum] = values.subarray(at, at + stride);
      if (half !== 0 || one !== all || two !== all || sum !== all) {
        assert.fail(`a child of ${[half, one, two, all, sum]}`);
      }
      count += all;
      seen++;
    }
  }
  const ms = performance.now() - start - (coreWaitMs() - waited);
  assert.equal(seen, CHILDREN);
  return { count, ms };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))];
}

function described(sorted: readonly number[]): string {
  return `p50 ${at(sorted, 0.5).toFixed(2)} ms, p99 ${at(sorted, 0.99).toFixed(2)} ms`;
}
