import { assert, assertEquals } from "@std/assert";
import { CommitReader } from "../../../src/collect/commit_reader.ts";
import { RetryBudget } from "../../../src/collect/retry_budget.ts";
import { COMMIT32, COMMIT_SLOTS } from "../../../src/layout/commit_block.ts";
import { COUNTER_LOW_COPY_SHIFT, COUNTER_LOW_RANGE } from "../../../src/layout/counter_cell.ts";
import { Commit } from "../../../src/metric/commit.ts";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { commitBlock32 } from "../../../src/slab/commit.ts";
import { counterLow32, flipCounter, readCounter } from "../../../src/slab/counter_cell.ts";
import { openSlab } from "../../../src/slab/slab.ts";
import { Fleet } from "../../_support/fleet.ts";

/** Counters and a commit of all of them, in one worker. */
function setup(count: number) {
  const fleet = new Fleet();
  const worker = fleet.start(0, { bytes: 1 << 20 });
  const { registry, source, buffer } = worker;
  const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry });
  const commit = new Commit({ registry });
  const all = () => {
    for (let k = 0; k < count; k++) commit.inc(counter.labels(k));
    commit.apply();
  };
  return { fleet, worker, registry, source, counter, commit, all, slab: openSlab(buffer) };
}

Deno.test("case 32: commits that are made while the cells are read are in the result as a whole", () => {
  for (const during of [1, 2, 5, 61, 62, 63, 64, 200]) {
    const { fleet, all, source, slab } = setup(20);
    all();
    fleet.scrape();
    // Between two looks at the directory, that is while a pass reads cells, the owner goes on.
    let left = during;
    const commits = new CommitReader(slab);
    const columns = () => source.columns().map(({ column }) => column);
    commits.read(new RetryBudget(), {
      parse: () => fleet.collector.poll(),
      columns: () => {
        const some = Math.min(left, 31);
        for (let k = 0; k < some; k++) all();
        left -= some;
        return columns();
      },
    }, { sharers: 1, owed: false });
    const [column] = columns();
    const values = new Set(column.values.subarray(0, column.count));
    assertEquals(values.size, 1, `${during} commits: ${[...values]}`);
  }
});

Deno.test("case 32: a series that a commit makes is there with the rest of it, or not at all", () => {
  const { fleet, counter, commit } = setup(0);
  counter.labels("old").inc(0.5);
  commit.inc(counter.labels("old")).apply();
  const blocks = fleet.collector.blocks()[Symbol.iterator]();
  // The first block was asked for, so what comes now is for the next scrape.
  const first = blocks.next().value!;
  assertEquals([...first.values], [1.5]);
  commit.inc(counter.labels("old")).inc(counter.labels("new")).apply();
  fleet.collector.poll();
  assertEquals(blocks.next().done, true);
  assertEquals([...fleet.scrape()], [['a_total{k="new"}', 1], ['a_total{k="old"}', 2.5]]);
});

Deno.test("case 32: a worker that ended in a commit leaves what was before it, also when its slab is folded", () => {
  const { fleet, worker, registry, counter, commit } = setup(0);
  const gauge = new Gauge({ name: "g", help: "G.", mode: "sum", registry });
  commit.inc(counter.labels("a"), 3).set(gauge, 7).apply();
  const stopped = new Error("the thread ends here");
  const update = gauge.ownChild();
  commit.inc(counter.labels("a"), 100).inc(update, 50);
  const real = Atomics.add;
  // The thread ends at the store that would end the commit, which the third flip would be.
  let flips = 0;
  Object.assign(Atomics, {
    add: (view: Int32Array, index: number, value: number) => {
      if (view.buffer === worker.buffer && ++flips > 5) throw stopped;
      return real(view, index, value);
    },
  });
  try {
    commit.apply();
  } catch (error) {
    assertEquals(error, stopped);
  } finally {
    Object.assign(Atomics, { add: real });
  }
  const before = [['a_total{k="a"}', 3], ["g", 7]];
  assertEquals([...fleet.scrape()], before);
  assertEquals(worker.source.fingerprint(), worker.source.fingerprint());
  assertEquals([...fleet.scrape()], before);
  fleet.end(worker);
  assertEquals([...fleet.scrape()], before);
});

/** The owner's side of commits of one counter, which each add 1, step by step. */
function stepsOfOwner(slab: ReturnType<typeof openSlab>, cell32: number) {
  const { i32 } = slab;
  const block32 = commitBlock32(slab);
  return {
    begin() {
      const slot32 = block32 + COMMIT32.slots + (i32[block32] >>> 1 & (COMMIT_SLOTS - 1)) * COMMIT32.slotSize;
      i32[slot32 + COMMIT32.cells] = cell32;
      i32[slot32 + COMMIT32.cells + 1] = i32[cell32];
      i32[slot32 + COMMIT32.cellCount] = 1;
      Atomics.add(i32, block32, 1);
    },
    /** Does the first half of the counter's move: the low word of the copy that is not shown. */
    beginMove() {
      const copy = i32[cell32] & 1 ^ 1;
      i32[counterLow32(cell32) + (copy << COUNTER_LOW_COPY_SHIFT)] = (readCounter(slab, cell32) + 1) %
        COUNTER_LOW_RANGE;
    },
    end() {
      flipCounter(slab, cell32, 1);
      Atomics.add(i32, block32, 1);
    },
  };
}

Deno.test("case 32: a reader whose time is over serves nothing of a commit that it could not read whole", () => {
  const tries = 128;
  const { fleet, registry, source, slab } = setup(0);
  const total = new Counter({ name: "b_total", help: "B.", registry });
  const first = 4 * COUNTER_LOW_RANGE - tries - 2;
  total.inc(first);
  new Commit({ registry }).inc(total, 0).apply();
  fleet.collector.poll();
  const column = source.columns().find(({ family }) => family.descriptor.name === "b_total")!.column;
  const owner = stepsOfOwner(slab, column.cellOf(0));
  owner.begin();
  let tried = 0;
  const budget = new RetryBudget(() => tried < tries ? 0 : 1e6);
  new CommitReader(slab).read(budget, {
    // In each try one commit ends and the next one begins; in the last one, it has half moved the counter.
    parse: () => {
      tried++;
      owner.end();
      owner.begin();
      if (tried === tries) owner.beginMove();
    },
    columns: () => [column],
  }, { sharers: 1, owed: true });
  assertEquals(tried, tries);
  const [served] = column.values;
  const now = readCounter(slab, column.cellOf(0));
  assert(served >= first && served <= now, `${served} is not from ${first} to ${now}`);
});

Deno.test("a worker that commits counts as ever beside its commits", () => {
  const { fleet, source, counter, all } = setup(3);
  counter.inc({ k: 0 }, 5);
  assertEquals(fleet.scrape().get('a_total{k="0"}'), 5);

  all();
  counter.inc({ k: 0 }, 2 ** 31);
  counter.inc({ k: 1 }, 0.25);
  assertEquals([...fleet.scrape().values()], [2 ** 31 + 6, 1.25, 1]);
  assertEquals(source.columns().map(({ column }) => column.readByCommits), [true]);
  counter.remove("1");
  assertEquals([...fleet.scrape().values()], [2 ** 31 + 6, 1]);
});

Deno.test("case 34: workers that all commit too fast share one half second of a scrape, and the last one has its part", () => {
  const slots = 16;
  for (const lastTries of [Infinity, 600]) {
    const clock = { ms: 0 };
    const fleet = new Fleet({ now: () => clock.ms });
    const tries: Map<ArrayBufferLike, number> = new Map();
    const blocks: Map<ArrayBufferLike, number> = new Map();
    for (let slot = 0; slot < slots; slot++) {
      const { registry, buffer } = fleet.start(slot);
      const counter = new Counter({ name: "a_total", help: "A.", registry });
      new Commit({ registry }).inc(counter).apply();
      tries.set(buffer, 0);
      blocks.set(buffer, commitBlock32(openSlab(buffer)));
    }
    const last = [...tries.keys()].at(-1)!;
    const real = Atomics.add;
    // Before each look at what was read, its owner has made a commit, but that the last one ends to after a while.
    Object.assign(Atomics, {
      add: (view: Int32Array, index: number, value: number) => {
        if (value !== 0 || index !== blocks.get(view.buffer)) return real(view, index, value);
        tries.set(view.buffer, tries.get(view.buffer)! + 1);
        clock.ms += 0.034;
        if (view.buffer === last && tries.get(last)! > lastTries) return real(view, index, 0);
        real(view, index, 2);
        return real(view, index, 0);
      },
    });
    try {
      assertEquals([...fleet.scrape()], [["a_total", slots]]);
    } finally {
      Object.assign(Atomics, { add: real });
    }
    const slabs = lastTries === Infinity ? slots : slots - 1;
    assertEquals(fleet.collector.stats.staleChildren, slabs);
    assert(clock.ms > 500 && clock.ms < 525, `${clock.ms} ms`);
    for (const count of [...tries.values()].slice(0, slabs)) {
      // Each has a sixteenth of 20 ms, then of half a second.
      assert(count > 900 && count < 1050, `${[...tries.values()]} tries`);
    }
  }
});
