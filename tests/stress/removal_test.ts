/**
 * case 51: series are removed, cleared and reset while workers update them without a pause.
 *
 * `PROMSLAB_STRESS_SCRAPES` says how many scrapes there are at least; default 1000.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, Counter, createControl, createSlab, Histogram, Registry } from "../../mod.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import { Thread, turn } from "../_support/threads.ts";
import { type RemovedOptions, VALUES } from "./_removed_worker.ts";

const SCRAPES = Number(process.env.PROMSLAB_STRESS_SCRAPES ?? 1000);
const WORKERS = 3;
const LAST_ROUNDS = 1000 * VALUES;

test("case 51: series that are removed while others update them vanish and come back whole", {
  timeout: 1_800_000,
}, async () => {
  const registry = new Registry({ slabBytes: 1 << 24 });
  const collector = new Collector(registry);
  const control = createControl();
  const stage = new SharedArrayBuffer(4);
  const threads = Array.from({ length: WORKERS }, (_, slot) => {
    const slab = createSlab({ slot, bytes: 1 << 24 });
    collector.addSlab(slab);
    const log = registry.slab.buffer as SharedArrayBuffer;
    const options: RemovedOptions = { slab, control, log, stage, lastRounds: LAST_ROUNDS };
    return new Thread(new URL("./_removed_worker.ts", import.meta.url), options);
  });
  const hits = new Counter({ name: "hits_total", help: "Removed.", labelNames: ["k"], registry });
  const ones = new Histogram({
    name: "ones",
    help: "Removed.",
    labelNames: ["k"],
    buckets: [0.5, 1, 2],
    registry,
  });
  await Promise.all(threads.map((thread) => thread.message()));

  const removals = [
    () => hits.clear(),
    () => ones.clear(),
    () => ones.reset(),
    () => ones.remove("0"),
    () => hits.removeMatching({ k: "1" }),
  ];
  let kept = 0;
  let empty = 0;
  for (let scrape = 0; scrape < SCRAPES || (empty === 0 && scrape < 100 * SCRAPES); scrape++) {
    if (scrape % 7 === 0) removals[scrape / 7 % removals.length]();
    const samples = samplesOf(collector.blocks());
    check(samples);
    assert.ok(samples.get("kept_total")! >= kept, "what nobody removes never goes down");
    kept = samples.get("kept_total")!;
    if (!samples.has('ones_count{k="0"}')) empty++;
    if (scrape % 20 === 0) await turn();
  }
  assert.ok(empty > 0, "a removal takes its series out of a scrape");

  const word = new Int32Array(stage);
  Atomics.store(word, 0, 1);
  await Promise.all(threads.map((thread) => thread.message()));
  hits.clear();
  ones.clear();
  const cleared = samplesOf(collector.blocks());
  assert.deepEqual([...cleared.keys()], ["kept_total"], "all is gone at once");
  Atomics.store(word, 0, 2);
  Atomics.notify(word, 0);
  await Promise.all(threads.map((thread) => thread.message()));
  const last = samplesOf(collector.blocks());
  check(last);
  for (let k = 0; k < VALUES; k++) {
    const wanted = WORKERS * LAST_ROUNDS / VALUES;
    assert.equal(last.get(`hits_total{k="${k}"}`), wanted, `hits of ${k}`);
    assert.equal(last.get(`ones_count{k="${k}"}`), wanted, `observations of ${k}`);
  }
  await Promise.all(threads.map((thread) => thread.worker.terminate()));
  console.log(
    `${SCRAPES} scrapes, ${empty} of them without a series that was just removed, ${kept} rounds beside`,
  );
});

/** Every histogram that is there is there with all its samples, which agree. */
function check(samples: Samples): void {
  for (let k = 0; k < VALUES; k++) {
    const of = (suffix: string, more = "") => samples.get(`ones_${suffix}{k="${k}"${more}}`);
    const count = of("count");
    const all = [of("sum"), ...["1", "2", "+Inf"].map((bound) => of("bucket", `,le="${bound}"`))];
    assert.deepEqual(all, [count, count, count, count], `ones of ${k}`);
    assert.equal(of("bucket", ',le="0.5"'), count === undefined ? undefined : 0);
  }
}
