/** Series whose owner keeps moving them, so that no scrape can read them whole. */
import { assert, assertEquals } from "@std/assert";
import { Commit } from "../../../src/metric/commit.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { Summary } from "../../../src/metric/summary.ts";
import type { Registry } from "../../../src/registry/registry.ts";
import { PAGE_MASK32 } from "../../../src/layout/cell_page.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

/** Runs while a worker moves the first series of its first family without end, as each validation of it sees. */
function whileHot<Result>({ source, buffer }: FleetWorker, run: () => Result): Result {
  const cell32 = source.columns()[0].column.cellOf(0);
  const real = Atomics.add;
  Object.assign(Atomics, {
    add: (view: Int32Array, index: number, value: number) => {
      const isHot = value === 0 && view.buffer === buffer &&
        (index === cell32 || index === (cell32 & PAGE_MASK32));
      return isHot ? real(view, index, 0) + 2 : real(view, index, value);
    },
  });
  try {
    return run();
  } finally {
    Object.assign(Atomics, { add: real });
  }
}

/** A fleet whose scrapes have no time. */
function hurriedFleet(): Fleet {
  let ms = 0;
  return new Fleet({ now: () => ms += 100 });
}

/** What makes series of each kind, and the sample that says how much each has counted. */
const KINDS: Record<string, { start(registry: Registry): (k: string) => void; sample(k: string): string }> = {
  counter: {
    start(registry) {
      const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry });
      return (k) => counter.inc({ k });
    },
    sample: (k) => `a_total{k="${k}"}`,
  },
  histogram: {
    start(registry) {
      const histogram = new Histogram({ name: "a", help: "A.", labelNames: ["k"], buckets: [1], registry });
      return (k) => histogram.observe({ k }, 0.5);
    },
    sample: (k) => `a_count{k="${k}"}`,
  },
  "native histogram": {
    start(registry) {
      const histogram = new Histogram({ name: "a", help: "A.", labelNames: ["k"], native: true, registry });
      return (k) => histogram.observe({ k }, 0.5);
    },
    sample: (k) => `a_count{k="${k}"}`,
  },
  summary: {
    start(registry) {
      const summary = new Summary({ name: "a", help: "A.", labelNames: ["k"], registry });
      return (k) => summary.observe({ k }, 0.5);
    },
    sample: (k) => `a_count{k="${k}"}`,
  },
  gauge: {
    start(registry) {
      const gauge = new Gauge({ name: "a", help: "A.", labelNames: ["k"], registry });
      return (k) => gauge.inc({ k });
    },
    sample: (k) => `a{k="${k}"}`,
  },
};

for (const [kind, { start, sample }] of Object.entries(KINDS)) {
  Deno.test(`case 34: a series that could never be read whole is left out and counted: ${kind}`, () => {
    const fleet = hurriedFleet();
    const worker = fleet.start(0);
    const move = start(worker.registry);
    for (const k of ["hot", "calm"]) move(k);
    fleet.collector.poll();
    const { stats } = fleet.collector;
    const scrape = () => {
      const samples = fleet.scrape();
      return [samples.get(sample("hot")), samples.get(sample("calm")), stats.staleChildren];
    };
    for (let pass = 1; pass < 4; pass++) {
      assertEquals(whileHot(worker, scrape), [undefined, 1, pass], "served as 0, it would be a false start");
    }
    move("hot");
    assertEquals(scrape(), [2, 1, 3]);
    move("hot");
    move("calm");
    assertEquals(whileHot(worker, scrape), [2, 2, 4], "the last value that is known is served");
    assertEquals(scrape(), [3, 2, 4]);
  });
}

Deno.test("case 34: of a series that one worker keeps moving, the other workers' parts are shown", () => {
  const fleet = hurriedFleet();
  const [one, two] = [fleet.start(0), fleet.start(1)];
  const moves = [one, two].map(({ registry }) => KINDS.counter.start(registry));
  for (const move of moves) for (let n = 0; n < 3; n++) move("x");
  fleet.collector.poll();
  assertEquals(whileHot(one, () => [...fleet.scrape().values()]), [3]);
  assertEquals([...fleet.scrape().values()], [6]);
  assertEquals([...fleet.scrape().values()], [6]);
});

Deno.test("case 34: a series that could never be read whole and is removed meanwhile does not come back", () => {
  const fleet = hurriedFleet();
  const worker = fleet.start(0);
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry: worker.registry });
  const child = counter.labels("x");
  child.inc();
  fleet.collector.poll();
  whileHot(worker, () => assertEquals([...fleet.scrape()], []));
  counter.remove("x");
  for (let pass = 0; pass < 2; pass++) assertEquals([...fleet.scrape()], []);
  child.inc(5);
  assertEquals([...fleet.scrape().values()], [5]);
});

Deno.test("a series that comes while a scrape of a worker that commits is under way is for the next one", () => {
  const fleet = new Fleet();
  const { registry } = fleet.start(0);
  new Gauge({ name: "a", help: "A.", registry });
  const counter = new Counter({ name: "b_total", help: "B.", labelNames: ["k"], registry });
  new Commit({ registry }).inc(counter.labels("old")).apply();
  const blocks = fleet.collector.blocks()[Symbol.iterator]();
  blocks.next();
  counter.inc({ k: "new" }, 7);
  fleet.collector.poll();
  const { block, values } = blocks.next().value!;
  assertEquals([block.series.flat(), [...values]], [["old"], [1]]);
  assertEquals([...fleet.scrape().values()], [0, 7, 1]);
  assert(fleet.collector.stats.staleChildren === 0);
});
