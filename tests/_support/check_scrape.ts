/**
 * What holds in every scrape of workers in a hot loop.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Samples } from "./fleet.ts";

/** Gauges of the test workers: all else never goes down. */
const GAUGES = new Set(["steps", "latest", "live"]);

const STEP = 2 ** 31 + 1;

/**
 * Checks one scrape of workers that run `hot_worker.ts`, or another one whose histogram `ones` only observes 1.
 *
 * @param before the scrape before it, by the same collector
 * @throws {Error} If sums, counts and buckets disagree, a commit is there in part, or a total went down
 */
export function checkScrape(samples: Samples, before: Samples): void {
  const of = (name: string) => samples.get(name) ?? 0;
  const count = of("ones_count");
  assert.equal(of("ones_sum"), count);
  assert.deepEqual([of('ones_bucket{le="0.5"}'), of('ones_bucket{le="1"}')], [0, count]);
  assert.equal(of("carries_total") % STEP, 0, `${of("carries_total")} was never stored`);
  assert.equal(of("halves_total") * 2 % 1, 0);
  checkTogether(of);
  for (const [name, value] of before) {
    if (!GAUGES.has(name)) assert.ok(of(name) >= value, `${name} went from ${value} to ${of(name)}`);
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
