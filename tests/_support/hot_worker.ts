/**
 * A worker that updates every kind of metric without a pause, until it is ended from outside or its stop word is set.
 *
 * @module
 */
import { parentPort, workerData } from "node:worker_threads";
import { Commit, Counter, defaultRegistry, Gauge, Histogram } from "../../mod.ts";

/** What the worker is told. */
export interface HotOptions {
  readonly slab: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /**
   * One word: the worker goes on while it is 0, ends at 1, and waits while it is 2. Where there is room for a second one
   * it has, once the worker waits or has ended, the rounds that it has done, each of which observes once.
   */
  readonly stop: SharedArrayBuffer;
  /** Name of the Web Lock to hold for life, where there are any: Deno then really ends the thread. */
  readonly lock?: string;
  /** Whether the worker also makes commits, each of five updates. */
  readonly commits?: boolean;
  /** After so many rounds the worker sets its stop word to 2 itself. Default: never. */
  readonly waitsAfter?: number;
  /** Has the worker make a series before it waits, and remove it; while it waits it beats. */
  readonly removal?: {
    /** The label value, its own: other workers have no such series. */
    readonly of: string;
    /** The slab of the thread that gathers, where it announces removals. */
    readonly log: SharedArrayBuffer;
  };
}

/** The part of Web Locks that is needed; Node has none. */
interface Locks {
  request(name: string, work: () => Promise<void>): Promise<void>;
}

const { slab, control, stop, lock, commits, waitsAfter, removal }: HotOptions = workerData;
if (lock !== undefined) await holdLock(lock);
defaultRegistry.attach({ slab, control, log: removal?.log });
// Before the metrics, so that whoever knows these knows of commits too.
const commit = commits ? new Commit() : undefined;
const ints = new Counter({ name: "ints_total", help: "Integers." });
const halves = new Counter({ name: "halves_total", help: "Halves." });
const carries = new Counter({ name: "carries_total", help: "Every sixteenth step, and each carries." });
const ones = new Histogram({ name: "ones", help: "Ones.", buckets: [0.5, 1, 2] });
const steps = new Gauge({ name: "steps", help: "The last step.", mode: "mostrecent" });
const series = new Counter({ name: "series_total", help: "New series all the time.", labelNames: ["k"] });
const together = {
  a: new Counter({ name: "together_a_total", help: "One in each commit." }),
  b: new Counter({ name: "together_b_total", help: "A half in each commit, and one in each." }),
  gauge: new Gauge({ name: "together_sum", help: "One in each commit.", mode: "sum" }),
  ones: new Histogram({ name: "together_ones", help: "One in each commit.", buckets: [0.5, 1, 2] }),
  twos: new Histogram({ name: "together_twos", help: "Two in each commit.", buckets: [0.5, 1, 2] }),
};
const word = new Int32Array(stop);
const tellRounds = (rounds: number) => {
  if (word.length > 1) Atomics.store(word, 1, rounds);
};

let i = 0;
parentPort!.postMessage("begun");
for (; Atomics.load(word, 0) !== 1; i++) {
  if (i === waitsAfter) {
    if (removal !== undefined) makeAndRemove(removal.of);
    Atomics.compareExchange(word, 0, 0, 2);
  }
  while (Atomics.load(word, 0) === 2) {
    tellRounds(i);
    if (removal !== undefined) defaultRegistry.beat();
    Atomics.wait(word, 0, 2, 10);
  }
  ints.inc();
  ones.observe(1);
  halves.inc(0.5);
  if (i % 16 === 0) carries.inc(2 ** 31 + 1);
  steps.set(i);
  if (commit !== undefined) {
    commit.inc(together.a).inc(together.b, 0.5).inc(together.b).inc(together.gauge);
    commit.observe(together.ones, 1).observe(together.twos, 1).observe(together.twos, 2).apply();
  }
  if (i % 64 === 0 && i < 64 * 500) series.inc({ k: `series ${i}` });
}
tellRounds(i);

function makeAndRemove(k: string): void {
  const removed = new Counter({ name: "removed_total", help: "Series that are removed.", labelNames: ["k"] });
  // At 0, because scrapes are checked for counters that decrease.
  removed.labels({ k });
  removed.remove({ k });
}

async function holdLock(name: string): Promise<void> {
  const { locks } = navigator as unknown as { locks?: Locks };
  if (locks === undefined) return;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
}
