/**
 * The updates of a commit are seen together.
 *
 * @module
 */
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { Collector } from "../../src/collect/collector.ts";
import { RetryBudget } from "../../src/collect/retry_budget.ts";
import { Commit } from "../../src/metric/commit.ts";
import { Counter } from "../../src/metric/counter.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { Histogram } from "../../src/metric/histogram.ts";
import { Registry } from "../../src/registry/registry.ts";
import { createControl } from "../../src/slab/control.ts";
import { createSlab } from "../../src/slab/slab.ts";
import type { Act, Race } from "./_race.ts";

/** Updates a counter, a gauge and a histogram in each round. */
function writer(apply: (commit: Commit) => void): (memory: SharedArrayBuffer) => Act {
  return (memory) => {
    const registry = new Registry();
    registry.attach({ slab: memory, control: createControl() });
    const counter = new Counter({ name: "a_total", help: "A.", registry });
    const gauge = new Gauge({ name: "b", help: "B.", registry });
    const ones = new Histogram({ name: "c", help: "C.", buckets: [0.5, 1], registry });
    const commit = new Commit({ registry });
    return () => {
      commit.inc(counter).inc(gauge).observe(ones, 1);
      apply(commit);
      return -1;
    };
  };
}

/** Makes the updates one after the other, as if there were no commit. */
function scattered(memory: SharedArrayBuffer): Act {
  const registry = new Registry();
  registry.attach({ slab: memory, control: createControl() });
  const counter = new Counter({ name: "a_total", help: "A.", registry });
  const gauge = new Gauge({ name: "b", help: "B.", registry });
  const ones = new Histogram({ name: "c", help: "C.", buckets: [0.5, 1], registry });
  new Commit({ registry }).inc(counter, 0).apply();
  return () => {
    counter.inc();
    gauge.inc();
    ones.observe(1);
    return -1;
  };
}

function reader(memory: SharedArrayBuffer): Act {
  const collector = new Collector(new Registry({ slabBytes: 4 * PAGE_BYTES }));
  const source = collector.addSlab(memory);
  const parse = () => collector.poll();
  const budget = new RetryBudget(() => 0);
  return (round) => {
    parse();
    const values = source.columns().map(({ column }) => column);
    if (values.length < 3) return 0;
    source.read(budget, parse);
    const [counter, gauge, ones] = values.map(({ values }) => values);
    if (Number.isNaN(counter[0])) return 0;
    // A bucket for values up to 0.5, then one up to 1, +Inf, and the sum.
    if (ones[1] !== ones[3] || ones[0] !== 0) return 3;
    if (counter[0] !== gauge[0] || counter[0] !== ones[1]) return 3;
    if (counter[0] > round + 1) return 4;
    return counter[0] <= round ? 1 : 2;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["nothing there yet", "ACCEPTABLE"],
    ["none of the round's updates", "ACCEPTABLE"],
    ["all of the round's updates", "ACCEPTABLE"],
    ["a part of a commit", "FORBIDDEN"],
    ["more updates than were made", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 16 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [writer((commit) => commit.apply()), reader],
};

export const races: readonly Race[] = [
  { ...race, name: "the updates of a commit are seen together" },
  { ...race, name: "updates without a commit", broken: true, actors: [scattered, reader] },
];
