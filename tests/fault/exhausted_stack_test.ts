/**
 * Updates that are made where the stack ends, so that they fail at any of their calls.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { Counter } from "../../src/metric/counter.ts";
import { Commit } from "../../src/metric/commit.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { Histogram } from "../../src/metric/histogram.ts";
import { Fleet } from "../_support/fleet.ts";

/** Calls an update deeper and deeper until the stack is exhausted, with frames of many sizes. Returns the failures. */
function exhaust(update: () => void): number {
  let failures = 0;
  const dive = (...padding: number[]): void => {
    try {
      update();
    } catch (error) {
      assert(error instanceof RangeError);
      failures++;
      throw error;
    }
    dive(...padding);
  };
  for (let size = 0; size < 40; size++) {
    try {
      dive(...new Array<number>(size).fill(0));
    } catch (error) {
      assert(error instanceof RangeError);
    }
  }
  return failures;
}

Deno.test("case 11: an observation that fails for want of stack leaves the histogram whole, and the next one counts", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const ones = new Histogram({ name: "ones", help: "O.", buckets: [0.5, 1, 2], registry });
  const mixed = new Histogram({ name: "mixed", help: "M.", buckets: [1, 2, 3], registry }).ownChild();
  const halves = new Counter({ name: "halves_total", help: "H.", registry });
  const level = new Gauge({ name: "level", help: "L.", registry });
  let calls = 0;
  const failures = exhaust(() => {
    ones.observe(1);
    mixed.observe(++calls % 4 + 0.5);
    halves.inc(0.5);
    level.inc(1);
  });
  assertGreater(failures, 0);
  const check = () => {
    const samples = fleet.scrape();
    assertEquals(samples.get("ones_sum"), samples.get("ones_count"));
    assertEquals(samples.get('ones_bucket{le="0.5"}'), 0);
    assertEquals(samples.get("halves_total")! * 2 % 1, 0);
    return samples;
  };
  const before = check();
  for (let k = 0; k < 4; k++) {
    ones.observe(1);
    mixed.observe(k + 0.5);
    halves.inc(0.5);
    level.inc(1);
  }
  const after = check();
  assertEquals(after.get("ones_count"), before.get("ones_count")! + 4);
  assertEquals(after.get("mixed_sum"), before.get("mixed_sum")! + 8);
  for (const le of ["1", "2", "3", "+Inf"]) {
    const bucket = `mixed_bucket{le="${le}"}`;
    assertEquals(after.get(bucket), before.get(bucket)! + (le === "+Inf" ? 4 : Number(le)));
  }
  assertEquals(after.get("halves_total"), before.get("halves_total")! + 2);
  assertEquals(after.get("level"), before.get("level")! + 4);
});

Deno.test("case 11: a commit that fails for want of stack does not hide those that follow", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const counter = new Counter({ name: "a_total", help: "A.", registry });
  const ones = new Histogram({ name: "ones", help: "O.", buckets: [0.5, 1, 2], registry });
  const commit = new Commit({ registry });
  assertGreater(exhaust(() => commit.inc(counter).observe(ones, 1).apply()), 0);
  commit.discard();
  const before = fleet.scrape();
  assertEquals(before.get("ones_sum"), before.get("ones_count"));
  for (let k = 1; k <= 3; k++) {
    commit.inc(counter).observe(ones, 1).apply();
    const after = fleet.scrape();
    assertEquals(after.get("a_total"), before.get("a_total")! + k);
    assertEquals(after.get("ones_count"), before.get("ones_count")! + k);
    assertEquals(after.get("ones_sum"), after.get("ones_count"));
  }
});
