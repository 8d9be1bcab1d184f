/**
 * A thread that was told to end and goes on: Deno does not end a busy thread that holds no Web Lock.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import type { SlabSource } from "../../src/collect/slab_source.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { type Samples, samplesOf } from "../_support/fleet.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { ScrapingClients } from "../_support/scraping_clients.ts";
import { Thread } from "../_support/threads.ts";
import { waitFor } from "../_support/wait_for.ts";

const GO = 0;
const END = 1;
const WAIT = 2;

type Started = Awaited<ReturnType<Stage["start"]>>;

/** The rounds of a thread that has ended or waits, each of which observed once; 0 as long as it goes on. */
function roundsOf({ word }: Started): number {
  return Atomics.load(word, 1);
}

/** A collector, a clock that the test moves, threads that it starts, and two clients that scrape all the while. */
class Stage {
  nowMs = 0;
  readonly collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  readonly watch = new WorkerWatch(this.collector, { now: () => this.nowMs });
  readonly #control = createControl();
  #epoch = 0;
  readonly #clients: ScrapingClients;
  before: Samples = new Map();

  private constructor(clients: ScrapingClients) {
    this.#clients = clients;
  }

  static async create(): Promise<Stage> {
    return new Stage(await ScrapingClients.start(2));
  }

  async start() {
    const slab = createSlab({ slot: 0, epoch: ++this.#epoch, bytes: 1 << 20 });
    const source = this.collector.addSlab(slab);
    this.watch.add(source);
    this.#clients.add(slab);
    const stop = new SharedArrayBuffer(8);
    const options: HotOptions = { slab, control: this.#control, stop };
    const thread = new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
    assertEquals(await thread.message(), "begun");
    return { slab, source, thread, word: new Int32Array(stop) };
  }

  /**
   * Waits until some threads have ended or stand still, as they were told, and the watch has folded their slabs; has the
   * clients do so too.
   *
   * @returns how many rounds the threads have done by their own account
   */
  async folds(started: readonly Started[], what: string): Promise<number> {
    await waitFor(() => started.every((thread) => roundsOf(thread) > 0), {
      what: "the threads to stand still",
    });
    await waitFor(() => {
      this.scrape();
      this.nowMs += 60_000;
      return started.every(({ source }) => !this.watch.workers.has(source));
    }, { what });
    for (const { slab } of started) this.#clients.retire(slab);
    await this.#clients.settled();
    return started.reduce((sum, thread) => sum + roundsOf(thread), 0);
  }

  /** Ends the clients, which must have the same totals as the test. */
  async end(): Promise<void> {
    for (const { last, scrapes } of await this.#clients.end()) {
      assertGreater(scrapes, 1);
      assertEquals(last.get("ones_count"), this.count());
    }
  }

  scrape(): Samples {
    this.watch.check();
    const samples = samplesOf(this.collector.blocks());
    for (const [name, value] of this.before) {
      if (name !== "steps") {
        assert(samples.get(name)! >= value, `${name} went from ${value} to ${samples.get(name)}`);
      }
    }
    assertEquals(samples.get("ones_sum"), samples.get("ones_count"));
    return this.before = samples;
  }

  count(): number {
    return this.scrape().get("ones_count")!;
  }

  /** Scrapes, waits until a thread has counted on, and scrapes again `afterMs` later by the test's clock. */
  async countsOn({ source }: { source: SlabSource }, afterMs = 0): Promise<void> {
    const before = this.count();
    const start = source.fingerprint();
    await waitFor(() => source.fingerprint() !== start, { what: "the thread to count on" });
    this.nowMs += afterMs;
    assertGreater(this.count(), before);
  }
}

Deno.test("case 6: a thread that goes on after terminate() is read on, beside its successor, and counted once", async () => {
  const stage = await Stage.create();
  const zombie = await stage.start();
  try {
    await stage.countsOn(zombie);
    await zombie.thread.worker.terminate();
    stage.watch.assumeEnded(zombie.source);
    await stage.countsOn(zombie);
    assertEquals(stage.watch.workers.get(zombie.source)?.state, "ended", "it counts on, so it is not folded");
    const successor = await stage.start();
    await stage.countsOn(successor);
    for (let minute = 0; minute < 5; minute++) await stage.countsOn(zombie, 60_000);
    assert(stage.watch.workers.has(zombie.source), "it never rested for the quarantine");
    Atomics.store(zombie.word, 0, END);
    const rounds = await stage.folds([zombie], "the zombie's slab to be folded");
    assertEquals(stage.watch.zombieWrites, 0);
    Atomics.store(successor.word, 0, END);
    await successor.thread.ended;
    assertEquals(stage.count(), rounds + roundsOf(successor));
    await stage.end();
  } finally {
    Atomics.store(zombie.word, 0, END);
  }
});

Deno.test("case 7: what a zombie writes after its slab was folded is lost but seen, and nothing goes down", async () => {
  const stage = await Stage.create();
  const zombie = await stage.start();
  try {
    await stage.countsOn(zombie);
    Atomics.store(zombie.word, 0, WAIT);
    await zombie.thread.worker.terminate();
    stage.watch.assumeEnded(zombie.source);
    const folded = await stage.folds([zombie], "the waiting zombie's slab to be folded");
    Atomics.store(zombie.word, 0, GO);
    await waitFor(() => {
      assertEquals(stage.count(), folded);
      stage.nowMs += 5_000;
      return stage.watch.zombieWrites > 0;
    }, { what: "the zombie's writes to be seen" });
    await stage.end();
  } finally {
    Atomics.store(zombie.word, 0, END);
  }
});

Deno.test("case 1, case 6: ten threads without a lock are killed at random points, go on, and end on a word", async () => {
  const stage = await Stage.create();
  const zombies: Started[] = [];
  try {
    for (let kill = 0; kill < 10; kill++) {
      const thread = await stage.start();
      zombies.push(thread);
      const until = performance.now() + Math.random() * 4;
      do stage.scrape(); while (performance.now() < until);
      await thread.thread.worker.terminate();
      stage.watch.assumeEnded(thread.source);
      await stage.countsOn(thread);
      // The one before ends now, so that there are two zombies at once, and not ten on two cores.
      const earlier = zombies.at(-2);
      if (earlier !== undefined) Atomics.store(earlier.word, 0, END);
      stage.scrape();
    }
    Atomics.store(zombies.at(-1)!.word, 0, END);
    assertEquals(await stage.folds(zombies, "all slabs to be folded"), stage.count());
    assertEquals(stage.watch.zombieWrites, 0);
    assertEquals(stage.collector.stats.badSlabs, 0);
    await stage.end();
  } finally {
    for (const { word } of zombies) Atomics.store(word, 0, END);
  }
});
