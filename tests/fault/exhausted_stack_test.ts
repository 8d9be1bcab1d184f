/**
 * Updates that are made where the stack ends, so that they fail at any of their calls.
 */
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { Commit } from "../../src/metric/commit.ts";
import { HistogramUpdate } from "../../src/metric/commit_updates.ts";
import { Counter } from "../../src/metric/counter.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { GaugeHistogram } from "../../src/metric/gauge_histogram.ts";
import { Histogram } from "../../src/metric/histogram.ts";
import type { ClassicChild } from "../../src/metric/histogram_child.ts";
import { StepHistogram } from "../../src/metric/step_histogram.ts";
import { commitParts } from "../../src/slab/commit.ts";
import { createStepRing } from "../../src/slab/step_ring.ts";
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

/** The buckets, count and sum of a histogram as a scrape shows them. */
function shownOf(fleet: Fleet, name: string): number[] {
  const samples = fleet.scrape();
  const buckets = ["1", "2", "4", "+Inf"].map((le) => samples.get(`${name}_bucket{le="${le}"}`)!);
  return [...buckets, samples.get(`${name}_sum`) ?? samples.get(`${name}_gsum`)!];
}

/** What comes after an update that failed. */
const NEXT: readonly [observe: (seconds: Histogram, commit: Commit) => void, adds: readonly number[]][] = [
  [(seconds) => seconds.observe(0.5), [1, 1, 1, 1, 0.5]],
  [(seconds) => [9, 3, 1.5].forEach((value) => seconds.observe(value)), [0, 1, 2, 3, 13.5]],
  [(seconds, commit) => commit.observe(seconds, 4).apply(), [0, 0, 1, 1, 4]],
  [(seconds, commit) => commit.observe(seconds, 4).observe(seconds, 1).apply(), [1, 1, 2, 2, 5]],
];

Deno.test("case 11: a commit whose later part fails leaves the histogram that it moved whole", () => {
  for (const [observe, adds] of NEXT) {
    const fleet = new Fleet();
    const { registry } = fleet.start(0);
    const commit = new Commit({ registry });
    const seconds = new Histogram({ name: "seconds", help: "S.", buckets: [1, 2, 4], registry });
    seconds.observe(1);
    const update = new HistogramUpdate();
    for (let times = 1; times <= 3; times++) {
      update.begin(seconds.ownChild() as ClassicChild);
      for (const value of [2, 3, 2]) update.add(value);
      update.locate();
      const failing = {
        cell32: update.cell32 + 512,
        move() {
          throw new RangeError("Maximum call stack size exceeded");
        },
      };
      assertThrows(() => commitParts(update.slab, registry.commitBlock(), [update, failing]), RangeError);
      const before = shownOf(fleet, "seconds");
      observe(seconds, commit);
      assertEquals(shownOf(fleet, "seconds"), before.map((shown, k) => shown + adds[k]));
    }
  }
});

Deno.test("case 11: several observations that fail for want of stack leave the histogram whole", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  const commit = new Commit({ registry });
  const seconds = new Histogram({ name: "seconds", help: "S.", buckets: [1, 2, 4], registry });
  const newest = new Gauge({ name: "newest", help: "N.", mode: "mostrecent", registry });
  const ages = new GaugeHistogram({ name: "ages", help: "A.", buckets: [1, 2, 4], registry });
  for (const [observe, adds] of NEXT) {
    let value = 0;
    exhaust(() => {
      ages.set(value % 2 === 0 ? [0.5, 3, 3] : [1.5]);
      commit.observe(seconds, 1).observe(seconds, 2).observe(seconds, 3).set(newest, ++value).apply();
    });
    commit.discard();
    const [before, agesBefore] = [shownOf(fleet, "seconds"), shownOf(fleet, "ages")];
    observe(seconds, commit);
    ages.observe(4);
    assertEquals(shownOf(fleet, "seconds"), before.map((shown, k) => shown + adds[k]));
    assertEquals(shownOf(fleet, "ages"), agesBefore.map((shown, k) => shown + [0, 0, 1, 1, 4][k]));
  }
});

Deno.test("case 11: contributions to steps that fail for want of stack leave no step behind when they are made again", () => {
  const fleet = new Fleet();
  const ring = createStepRing(64);
  const contributors = [0, 1].map((contributor) => {
    const { registry } = fleet.start(contributor);
    const tokens = new StepHistogram({ name: "tokens", help: "T.", buckets: [2, 4], registry });
    return tokens.own().join(ring, contributor);
  });
  let step = 0;
  const contribute = () => {
    for (const one of contributors) one.contribute({ step, participants: 0b11, value: 2 });
    step++;
  };
  assertGreater(exhaust(contribute), 0);
  const check = () => {
    for (const one of contributors) assertEquals(one.flush(), 0);
    const samples = fleet.scrape();
    assertEquals([samples.get("tokens_count"), samples.get("tokens_sum")], [step, 4 * step]);
  };
  contribute();
  check();
  // Each slot serves the steps that come round to it.
  for (let k = 0; k < 3 * 64; k++) contribute();
  check();
});
