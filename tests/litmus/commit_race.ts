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
import { gap } from "./_gap.ts";
import { type Act, type Actor, NO_OUTCOME, NOT_YET, type Race } from "./_race.ts";

/** How many commits are made for each reading: some before it, some under it. */
const COMMITS_A_READING = 4;

/** Updates a counter, a gauge and a histogram in each round. */
function writer(apply: (commit: Commit) => void): Actor {
  return (memory) => {
    const registry = new Registry();
    registry.attach({ slab: memory, control: createControl() });
    // Before the metrics, so that whoever knows these knows of commits too.
    const commit = new Commit({ registry });
    const counter = new Counter({ name: "a_total", help: "A.", registry });
    const gauge = new Gauge({ name: "b", help: "B.", registry });
    const ones = new Histogram({ name: "c", help: "C.", buckets: [0.5, 1], registry });
    let readings = 0;
    let left = 0;
    return (_round, peer) => {
      // A reader that meets a commit at every try would come to no end.
      if (peer.done() !== readings) left = COMMITS_A_READING;
      readings = peer.done();
      if (left-- <= 0) return NOT_YET;
      commit.inc(counter).inc(gauge).observe(ones, 1);
      apply(commit);
      return NO_OUTCOME;
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
    gap();
    gauge.inc();
    ones.observe(1);
    return NO_OUTCOME;
  };
}

/** The values of a family that is not known. */
const NOTHING = new Float64Array(4);

function reader(memory: SharedArrayBuffer): Act {
  const collector = new Collector(new Registry({ slabBytes: 4 * PAGE_BYTES }));
  const source = collector.addSlab(memory);
  const parse = () => collector.poll();
  const budget = new RetryBudget(() => 0);
  return (_round, peer) => {
    const before = peer.done();
    parse();
    source.read(budget, parse);
    const known = source.columns().map(({ column: { values } }) => values);
    // What the reader does not know yet has counted nothing.
    const [counter, gauge, ones] = [0, 1, 2].map((i) => known[i]?.[0] === undefined ? NOTHING : known[i]);
    const count = counter[0] || 0;
    // A bucket for values up to 0.5, then one up to 1, +Inf, and the sum.
    if (ones[1] !== ones[3] || (ones[0] || 0) !== 0) return 3;
    if (count !== gauge[0] || count !== ones[1]) return 3;
    if (count > peer.begun()) return 4;
    if (known.length < 3) return 0;
    if (count < before) return 4;
    return count === before ? 1 : 2;
  };
}

const race: Omit<Race, "name"> = {
  outcomes: [
    ["no commits yet", "ACCEPTABLE"],
    ["whole commits, none of them new", "ACCEPTABLE"],
    ["whole commits, and new ones", "ACCEPTABLE"],
    ["a part of a commit", "FORBIDDEN"],
    ["more or fewer updates than were made", "FORBIDDEN"],
  ],
  memory: () => createSlab({ bytes: 16 * PAGE_BYTES }),
  lapRounds: 1e6,
  actors: [writer((commit) => commit.apply()), reader],
};

export const races: readonly Race[] = [
  { ...race, name: "the updates of a commit are seen together" },
  { ...race, name: "updates without a commit", broken: true, actors: [scattered, reader] },
];
