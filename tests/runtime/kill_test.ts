/**
 * case 1, case 32: workers in a hot loop are ended at random points, and every scrape that follows is whole.
 *
 * `PROMSLAB_KILLS` says how many; default 10, the full count is 500. In Deno each worker holds a Web Lock, without which
 * `terminate()` does not end it.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import type { SlabSource } from "../../src/collect/slab_source.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { Thread, turn } from "../_support/threads.ts";

const KILLS = Number(process.env.PROMSLAB_KILLS ?? 10);

/** A scrape of two workers reads some thousand cells; the bound is for the time that no kill may cost. */
const SCRAPE_MS_MAX = 50;

const REST_MS = 50;

const STEP = 2 ** 31 + 1;

interface Locks {
  request(name: string, work: () => void): Promise<void>;
}

test(
  "case 1, case 4, case 32: whatever a kill interrupts, scrapes are consistent, complete and never go down",
  {
    timeout: 1_800_000,
  },
  async () => {
    const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
    const control = createControl();
    const stop = new SharedArrayBuffer(4);
    let before: Samples = new Map();
    const durationsMs: number[] = [];
    const scrape = () => {
      const start = performance.now();
      const blocks = [...collector.blocks()].map((block) => ({ ...block, values: block.values.slice() }));
      durationsMs.push(performance.now() - start);
      const samples = samplesOf(blocks);
      check(samples, before);
      before = samples;
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const slab = createSlab({ slot: 0, epoch: kill + 1, bytes: 1 << 20 });
      const source = collector.addSlab(slab);
      const lock = `promslab test ${process.pid} ${kill}`;
      // Half of them commit: their slabs are read in another way.
      const options: HotOptions = { slab, control, stop, lock, commits: kill % 2 === 1 };
      const thread = new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
      assert.equal(await thread.message(), "begun");
      const until = performance.now() + Math.random() * 4;
      do scrape(); while (performance.now() < until);
      await thread.worker.terminate();
      await lockIsFree(lock);
      scrape();
      await rests(source);
      scrape();
      const atEnd = before;
      // Each ended worker left one step half done at most.
      const gap = before.get("ints_total")! - before.get("ones_count")!;
      assert.ok(gap >= 0 && gap <= kill + 1, `${gap} increments without their observation`);
      await turn();
      scrape();
      assert.deepEqual(before, atEnd, "the thread writes no more");
      collector.retire(source);
      scrape();
      assert.deepEqual(before, atEnd, "nothing is lost or doubled when the slab is folded");
    }
    durationsMs.sort((a, b) => a - b);
    const worst = durationsMs.at(-1)!;
    console.log(
      `${KILLS} kills, ${before.get("ones_count")} observations, ${durationsMs.length} scrapes: ` +
        `p99 ${durationsMs[Math.floor(0.99 * durationsMs.length)].toFixed(2)} ms, worst ${
          worst.toFixed(2)
        } ms; ` +
        `${collector.stats.staleChildren} children served with an earlier value`,
    );
    assert.deepEqual(collector.stats.badSlabs, 0);
    assert.ok(durationsMs[Math.floor(0.9 * durationsMs.length)] < SCRAPE_MS_MAX);
  },
);

function check(samples: Samples, before: Samples): void {
  const of = (name: string) => samples.get(name) ?? 0;
  const count = of("ones_count");
  assert.equal(of("ones_sum"), count);
  assert.deepEqual([of('ones_bucket{le="0.5"}'), of('ones_bucket{le="1"}')], [0, count]);
  checkTogether(of);
  assert.equal(of("carries_total") % STEP, 0, `${of("carries_total")} was never stored`);
  assert.equal(of("halves_total") * 2 % 1, 0);
  for (const [name, value] of before) {
    if (name !== "steps") assert.ok(of(name) >= value, `${name} went from ${value} to ${of(name)}`);
  }
}

/** case 32: what one commit updates is there together, whatever interrupts it. */
function checkTogether(of: (name: string) => number): void {
  const commits = of("together_a_total");
  assert.deepEqual(
    ["b_total", "sum", "ones_count", "ones_sum", "twos_count", "twos_sum"].map((name) =>
      of(`together_${name}`)
    ),
    [1.5 * commits, commits, commits, commits, 2 * commits, 3 * commits],
  );
}

/**
 * Waits until a slab has not changed for a while: Deno frees a thread's lock a little before the thread really stands
 * still, microseconds as a rule, milliseconds where it waits for a core.
 */
async function rests(source: SlabSource): Promise<void> {
  let [seen, since] = [source.fingerprint(), performance.now()];
  while (performance.now() - since < REST_MS) {
    await turn();
    const now = source.fingerprint();
    if (now !== seen) [seen, since] = [now, performance.now()];
  }
}

/** Waits until the thread that held the lock is gone; where there are no locks, `terminate()` says that. */
async function lockIsFree(name: string): Promise<void> {
  const { locks } = navigator as unknown as { locks?: Locks };
  await locks?.request(name, () => {});
}
