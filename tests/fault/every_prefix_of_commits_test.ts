/**
 * case 32: a writer that ends after any store of a commit leaves all updates of it, or none.
 */
import { assertGreater } from "@std/assert";
import { Commit } from "../../src/metric/commit.ts";
import { Counter } from "../../src/metric/counter.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { Histogram } from "../../src/metric/histogram.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { checkEveryPrefix } from "../_support/every_prefix.ts";
import { registererOf, scrapeSlab } from "../_support/traced_metrics.ts";

/** Metrics of each kind, and a commit that updates them. */
function metricsOf(slab: Slab) {
  const registry = registererOf(slab);
  return {
    counter: new Counter({ name: "c_total", help: "C.", labelNames: ["k"], registry }),
    gauge: new Gauge({ name: "g", help: "G.", registry }),
    latest: new Gauge({ name: "l", help: "L.", mode: "latest", registry }),
    seconds: new Histogram({ name: "h", help: "H.", buckets: [1, 2], registry }),
    commit: new Commit({ registry }),
  };
}

function checkCommits(start: (metrics: ReturnType<typeof metricsOf>) => void): void {
  let metrics: ReturnType<typeof metricsOf>;
  let round = 0;
  const stores = checkEveryPrefix({
    prepare: (slab) => {
      metrics = metricsOf(slab);
      round = 0;
      const { counter, commit } = metrics;
      for (const k of ["a", "b"]) counter.labels(k);
      start(metrics);
      commit.discard();
    },
    write: () => {
      const { counter, gauge, latest, seconds, commit } = metrics;
      commit.discard();
      commit.inc(counter.labels("a")).inc(counter.labels("b"), 0.5).inc(gauge, 3).set(
        latest,
        7 + round,
        ++round,
      );
      for (const value of [0.5, 1.5, 1.75, 9]) commit.observe(seconds, value);
      commit.apply();
    },
    read: scrapeSlab,
    // The object is done with what it has applied in part.
    loses: true,
  });
  assertGreater(stores, 40);
}

Deno.test("case 32: every prefix of a commit leaves all series as before, or all as after", () => {
  checkCommits(() => {});
  checkCommits(({ counter, gauge, latest, seconds }) => {
    counter.inc({ k: "a" }, 2 ** 31 - 1);
    counter.inc({ k: "b" }, 0.25);
    gauge.set(-1);
    latest.set(5, 0);
    for (const value of [0.5, 3, 3]) seconds.observe(value);
  });
});

Deno.test("case 32: every prefix of a commit after another leaves the whole of the first", () => {
  for (const commits of [1, 2, 63, 64, 65]) {
    checkCommits(({ counter, gauge, seconds, commit }) => {
      for (let k = 0; k < commits; k++) {
        commit.inc(counter.labels("b"), 2).inc(gauge).observe(seconds, 1.5).observe(seconds, 0.5);
        commit.apply();
        counter.inc({ k: "b" });
        seconds.observe(k % 3);
      }
    });
  }
});
