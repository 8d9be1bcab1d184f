/**
 * A writer that stands still in the middle of an update, for as long as it likes: a core that it waits for, a debugger.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { Collector, Commit, Counter, createSlab, Gauge, Histogram, Registry } from "../../mod.ts";
import { openSlab } from "../../src/slab/slab.ts";
import { samplesOf } from "../_support/fleet.ts";
import { registererOf } from "../_support/traced_metrics.ts";
import { TracedSlab } from "../_support/traced_slab.ts";

/** The bound for a scrape after a kill; a writer that stands still is no other case. */
const SCRAPE_MS_MAX = 50;

/** Has a writer stop after so many stores of its second round of updates, with a thousand series beside. */
function standingStill(limit: number): { buffer: SharedArrayBuffer; stores: number } {
  const buffer = createSlab({ bytes: 1 << 20 });
  const traced = new TracedSlab(openSlab(buffer));
  let update = () => {};
  traced.run(() => {
    const registry = registererOf(traced.slab);
    const others = new Counter({ name: "others_total", help: "O.", labelNames: ["k"], registry });
    for (let k = 0; k < 1000; k++) others.inc({ k }, 0.5);
    const counter = new Counter({ name: "a_total", help: "A.", registry });
    const gauge = new Gauge({ name: "b", help: "B.", registry });
    const ones = new Histogram({ name: "c", help: "C.", buckets: [0.5, 1], registry });
    const commit = new Commit({ registry });
    update = () => {
      others.inc({ k: 500 }, 0.5);
      commit.inc(counter).inc(gauge).observe(ones, 1).apply();
      ones.observe(1);
    };
    update();
  });
  return { buffer, stores: traced.run(() => update(), limit) };
}

Deno.test("case 33: a writer that stands still after any of its stores keeps no scrape waiting", () => {
  const { stores } = standingStill(Infinity);
  assert(stores > 20);
  let stale = 0;
  for (let limit = 0; limit <= stores; limit++) {
    const { buffer } = standingStill(limit);
    const collector = new Collector(new Registry({ slabBytes: 1 << 16 }));
    collector.addSlab(buffer);
    let leastMs = Infinity;
    for (let scrape = 0; scrape < 3; scrape++) {
      const start = performance.now();
      const blocks = [...collector.blocks()].map((block) => ({ ...block, values: block.values.slice() }));
      leastMs = Math.min(leastMs, performance.now() - start);
      const samples = samplesOf(blocks);
      assertEquals(samples.size, 1000 + 2 + 5);
      const commits = samples.get("a_total")!;
      assertEquals(samples.get("b"), commits);
      const observed = samples.get("c_count")!;
      assertEquals(samples.get("c_sum"), observed);
      // Each round observes once in the commit and once after it.
      assert(observed === 2 * commits || observed === 2 * commits - 1, `${observed} of ${commits} rounds`);
    }
    stale += collector.stats.staleChildren;
    // The best of three, as a busy machine is no defect.
    assertLess(leastMs, SCRAPE_MS_MAX, `after ${limit} of ${stores} stores`);
  }
  assertEquals(stale, 0, "each was read at the first try: nobody has to wait for the writer");
});
