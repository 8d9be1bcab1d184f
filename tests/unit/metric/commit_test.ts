import { assertEquals, assertThrows } from "@std/assert";
import { Commit } from "../../../src/metric/commit.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

function setup(start: (fleet: Fleet) => FleetWorker = (fleet) => fleet.start(0)) {
  const fleet = new Fleet();
  const { registry, source } = start(fleet);
  return {
    fleet,
    registry,
    source,
    jobs: new Counter({ name: "jobs_total", help: "J.", labelNames: ["k"], registry }),
    all: new Counter({ name: "all_total", help: "A.", registry }),
    depth: new Gauge({ name: "depth", help: "D.", registry }),
    seconds: new Histogram({ name: "seconds", help: "S.", buckets: [1, 2], registry }),
    commit: new Commit({ registry }),
  };
}

Deno.test("Commit: nothing counts before apply(), then all does, and the object may be used again", () => {
  const { fleet, jobs, all, depth, seconds, commit } = setup();
  for (let round = 1; round <= 3; round++) {
    const before = [...fleet.scrape()];
    commit.inc(jobs.labels("a"), 2).inc(all, 0.5).inc(depth, 3).dec(depth).observe(seconds, 1.5);
    assertEquals(commit.size, 4);
    assertEquals(
      [...fleet.scrape()].filter(([name]) => !name.startsWith("jobs")),
      before.filter(([name]) => !name.startsWith("jobs")),
    );
    commit.apply();
    assertEquals(commit.size, 0);
    commit.apply();
    assertEquals(Object.fromEntries(fleet.scrape()), {
      all_total: round / 2,
      depth: 2 * round,
      'jobs_total{k="a"}': 2 * round,
      'seconds_bucket{le="1"}': 0,
      'seconds_bucket{le="2"}': round,
      'seconds_bucket{le="+Inf"}': round,
      seconds_count: round,
      seconds_sum: 1.5 * round,
    });
  }
});

Deno.test("Commit: several updates of one series add up, a set gauge begins anew, observations all count", () => {
  const { fleet, all, depth, seconds, commit } = setup();
  seconds.observe(5);
  commit.inc(all).inc(all, 2).inc(depth, 9).set(depth, 1).inc(depth, 4);
  for (const value of [0.5, 1.5, 1.75, 9, 0.25]) commit.observe(seconds, value);
  commit.apply();
  all.inc();
  seconds.observe(0.5);
  seconds.observe(1.5);
  const samples = fleet.scrape();
  assertEquals([samples.get("all_total"), samples.get("depth")], [4, 5]);
  assertEquals(
    ["1", "2", "+Inf"].map((le) => samples.get(`seconds_bucket{le="${le}"}`)),
    [3, 6, 8],
  );
  assertEquals(samples.get("seconds_sum"), 5 + 0.5 + 1.5 + 1.75 + 9 + 0.25 + 0.5 + 1.5);
});

Deno.test("Commit: mostrecent and latest gauges take their stamps from the commit", () => {
  const { fleet, registry } = setup();
  const other = fleet.start(1);
  const define = (of: typeof registry) => ({
    recent: new Gauge({ name: "recent", help: "R.", mode: "mostrecent", registry: of }),
    latest: new Gauge({ name: "latest", help: "L.", mode: "latest", registry: of }),
    commit: new Commit({ registry: of }),
  });
  const [one, two] = [define(registry), define(other.registry)];
  one.commit.set(one.recent, 1).set(one.latest, 10, 8);
  two.commit.set(two.recent, 2).set(two.latest, 20, 7).apply();
  one.commit.apply();
  assertEquals([fleet.scrape().get("recent"), fleet.scrape().get("latest")], [1, 10]);
  assertThrows(() => one.commit.set(one.latest, 1), TypeError, "wants a version");
  assertThrows(() => one.commit.inc(one.recent), TypeError, "knows only set()");
});

Deno.test("Commit refuses what the metrics would refuse, and the other updates stay", () => {
  const { fleet, registry, all, depth, seconds, commit } = setup();
  commit.inc(all);
  assertThrows(
    () => commit.inc(all, -1),
    RangeError,
    'counter "all_total": wanted a number from 0, given -1',
  );
  assertThrows(() => commit.inc(all, NaN), RangeError);
  assertThrows(() => commit.set(depth, "1" as never), TypeError, 'gauge "depth"');
  assertThrows(() => commit.observe(seconds, NaN), RangeError, 'histogram "seconds"');
  const native = new Histogram({ name: "n", help: "N.", native: true, registry });
  assertThrows(() => commit.observe(native, 1), TypeError, "classic buckets");
  assertEquals(commit.size, 1);
  commit.apply();
  assertEquals(fleet.scrape().get("all_total"), 1);
});

Deno.test("Commit takes up to 31 series and can be discarded", () => {
  const { fleet, jobs, commit } = setup();
  for (let k = 0; k < 31; k++) commit.inc(jobs.labels(k));
  assertThrows(() => commit.inc(jobs.labels("one more")), RangeError, "more than 31 series");
  commit.inc(jobs.labels(7));
  commit.apply();
  assertEquals(fleet.scrape().get('jobs_total{k="7"}'), 2);
  assertEquals(fleet.scrape().get('jobs_total{k="30"}'), 1);
  commit.inc(jobs.labels(7)).discard();
  commit.apply();
  assertEquals(fleet.scrape().get('jobs_total{k="7"}'), 2);
});

Deno.test("Commit: a series that was removed in between is there again, from 0", () => {
  const { fleet, registry, jobs, commit } = setup();
  const child = jobs.labels("a");
  child.inc(5);
  commit.inc(child, 2);
  jobs.remove("a");
  fleet.scrape();
  registry.beat();
  commit.apply();
  assertEquals(fleet.scrape().get('jobs_total{k="a"}'), 2);
});

Deno.test("Commit: series that share the overflow series, and a slab without room, lose no update", () => {
  const { fleet, registry, commit } = setup();
  const few = new Counter({ name: "few_total", help: "F.", labelNames: ["k"], maxSeries: 1, registry });
  for (const k of ["a", "b", "c"]) commit.inc(few.labels(k));
  commit.apply();
  const samples = fleet.scrape();
  assertEquals([...samples.values()].filter((value) => value > 0).reduce((sum, value) => sum + value), 3);
  const full = setup((of) => of.start(0, { bytes: 16 * 1024 }));
  full.commit.inc(full.all).inc(full.jobs.labels("a"), 2).apply();
  assertEquals(full.fleet.scrape().get("all_total"), 1);
  assertEquals(
    full.source.status().droppedFamilies > 0,
    true,
    "that there is no room for commits is counted",
  );
});

Deno.test("Commit refuses a metric of another registry, and writes to none of its series", () => {
  const { fleet, all, commit } = setup();
  const other = fleet.start(1).registry;
  const foreign = new Counter({ name: "foreign_total", help: "F.", labelNames: ["k"], registry: other });
  const before = [...fleet.scrape()];
  commit.inc(all, 0);
  assertThrows(
    () => commit.inc(foreign.labels("a")),
    TypeError,
    'Cannot commit to "foreign_total": wanted a metric of the commit\'s own registry',
  );
  assertEquals(commit.size, 1);
  commit.apply();
  assertEquals([...fleet.scrape()].filter(([name]) => name !== 'foreign_total{k="a"}'), before);
});
