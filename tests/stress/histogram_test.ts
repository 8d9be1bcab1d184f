/**
 * case 27: three threads observe 1 without a pause, and in every scrape sum, count and buckets agree.
 *
 * `PROMSLAB_STRESS_SCRAPES` says how many scrapes; default 1000.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import { Thread, turn } from "../_support/threads.ts";
import type { BusyOptions } from "./_busy_worker.ts";

const SCRAPES = Number(process.env.PROMSLAB_STRESS_SCRAPES ?? 1000);
const WORKERS = 3;

test("case 27, case 29: sum, count and buckets agree in every scrape under three writers", {
  timeout: 1_800_000,
}, async () => {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const stop = new SharedArrayBuffer(4);
  const control = createControl();
  const threads = Array.from({ length: WORKERS }, (_, slot) => {
    const slab = createSlab({ slot, bytes: 1 << 20 });
    collector.addSlab(slab);
    const options: BusyOptions = { slab, control, stop, updates: 0, start: 0 };
    return new Thread(new URL("./_busy_worker.ts", import.meta.url), options);
  });
  await Promise.all(threads.map((thread) => thread.message()));
  const durationsMs: number[] = [];
  let before: Samples = new Map();
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    const start = performance.now();
    const blocks = [...collector.blocks()].map((block) => ({ ...block, values: block.values.slice() }));
    durationsMs.push(performance.now() - start);
    const samples = samplesOf(blocks);
    check(samples, before);
    before = samples;
    if (scrape % 20 === 0) await turn();
  }
  Atomics.store(new Int32Array(stop), 0, 1);
  await Promise.all(threads.map((thread) => thread.message()));
  check(samplesOf(collector.blocks()), before);
  await Promise.all(threads.map((thread) => thread.worker.terminate()));

  durationsMs.sort((a, b) => a - b);
  const at = (share: number) => durationsMs[Math.floor(share * (SCRAPES - 1))].toFixed(3);
  console.log(
    `${SCRAPES} scrapes under ${WORKERS} writers: ${before.get("ones_count")} observations; ` +
      `scrape p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms; ` +
      `${collector.stats.staleChildren} children served with an earlier value`,
  );
});

function check(samples: Samples, before: Samples): void {
  const of = (name: string) => samples.get(name)!;
  const count = of("ones_count");
  assert.equal(of("ones_sum"), count, "the sum of ones is their count");
  assert.deepEqual([of('ones_bucket{le="0.5"}'), of('ones_bucket{le="1"}')], [0, count]);
  assert.deepEqual([of('ones_bucket{le="2"}'), of('ones_bucket{le="+Inf"}')], [count, count]);
  const buckets = ["1", "2", "3", "+Inf"].map((bound) => of(`mixed_bucket{le="${bound}"}`));
  const each = buckets.map((value, k) => value - (buckets[k - 1] ?? 0));
  assert.ok(each.every((value) => value >= 0), `buckets rise: ${buckets}`);
  assert.equal(of("mixed_count"), buckets.at(-1));
  assert.equal(of("mixed_sum"), each.reduce((sum, value, k) => sum + value * (k + 0.5), 0));
  for (const [name, value] of before) {
    if (name === "latest") continue;
    assert.ok(of(name) >= value, `${name} went from ${value} to ${of(name)}`);
  }
}
