/**
 * What holds in every scrape of workers in a hot loop.
 */
import assert from "node:assert/strict";
import type { Samples } from "../_support/fleet.ts";

/**
 * Checks one scrape of workers that run `hot_worker.ts`.
 *
 * @param before the scrape before it, by the same collector
 * @throws {Error} If sums, counts and buckets disagree, a commit is there in part, or a total went down
 */
export function checkScrape(samples: Samples, before: Samples): void {
  const of = (name: string) => samples.get(name) ?? 0;
  const count = of("ones_count");
  assert.equal(of("ones_sum"), count);
  assert.deepEqual([of('ones_bucket{le="0.5"}'), of('ones_bucket{le="1"}')], [0, count]);
  const commits = of("together_a_total");
  const together = ["b_total", "sum", "ones_count", "twos_count", "twos_sum"].map((name) =>
    of(`together_${name}`)
  );
  assert.deepEqual(together, [1.5 * commits, commits, commits, 2 * commits, 3 * commits]);
  for (const [name, value] of before) {
    if (name !== "steps") assert.ok(of(name) >= value, `${name} went from ${value} to ${of(name)}`);
  }
}
