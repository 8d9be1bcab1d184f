/**
 * case 5: however many workers have come and gone, memory, output and scrape time stay as they were.
 *
 * `PROMSLAB_CHURN` says how many threads end; default 40, the full count is 1000.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import type { SlabSource } from "../../src/collect/slab_source.ts";
import { checkScrape } from "../_support/check_scrape.ts";
import { collectGarbage } from "../_support/collect_garbage.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { residentMegabytes } from "../_support/resident_bytes.ts";
import { scrapesOf, ScrapingClients } from "../_support/scraping_clients.ts";
import { Thread } from "../_support/threads.ts";
import { Fleet, type Samples, samplesOf } from "../_support/fleet.ts";
import { waitFor } from "../_support/wait_for.ts";
import { Counter } from "../../src/metric/counter.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { Histogram } from "../../src/metric/histogram.ts";

const THREADS = Number(Deno.env.get("PROMSLAB_CHURN") ?? 40);
const SLOTS = 4;

/** How much more a scrape may cost, and its output be, than at the start. */
const GROWTH_MAX = 1.2;

/** One scrape as text by a new format, which has no line of an earlier one: its bytes and milliseconds. */
function scrapeAnew(collector: Collector): { bytes: number; ms: number } {
  const start = performance.now();
  const sink = createTextFormat().sink();
  collector.gather(sink);
  const chunks = sink.finish();
  const ms = performance.now() - start;
  return { bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0), ms };
}

/**
 * Compares what has seen many ends with what was left as it was after some, in turns, so that both have the same machine.
 * The least of many times is what the work takes when nothing else gets in between.
 */
function assertFlat(kept: Collector, churned: Collector): string {
  const least = { kept: Infinity, churned: Infinity };
  for (let k = 0; k < 300; k++) {
    least.kept = Math.min(least.kept, scrapeAnew(kept).ms);
    least.churned = Math.min(least.churned, scrapeAnew(churned).ms);
  }
  const bytes = { kept: scrapeAnew(kept).bytes, churned: scrapeAnew(churned).bytes };
  assertLess(least.churned, GROWTH_MAX * least.kept);
  // Larger numbers have more digits.
  assertLess(bytes.churned, GROWTH_MAX * bytes.kept);
  return `${bytes.kept} -> ${bytes.churned} bytes, ` +
    `${least.kept.toFixed(3)} -> ${least.churned.toFixed(3)} ms a scrape`;
}

/** A fleet whose four workers have ended and been replaced some times. */
class ChurnedFleet {
  readonly fleet = new Fleet();
  /** The slabs that anybody holds. */
  readonly slabs = { live: 0 };
  readonly #freed = new FinalizationRegistry<undefined>(() => this.slabs.live--);
  readonly #ends: (() => void)[] = [];
  #next = 0;

  constructor() {
    for (let slot = 0; slot < SLOTS; slot++) this.#start(slot);
  }

  churn(times: number): void {
    for (let k = 0; k < times; k++) {
      const slot = this.#next++ % SLOTS;
      this.#ends[slot]();
      this.#start(slot);
      if (k % 10 === 0) this.fleet.scrape();
    }
  }

  #start(slot: number): void {
    const worker = this.fleet.start(slot, { bytes: 1 << 20 });
    const { registry } = worker;
    this.slabs.live++;
    this.#freed.register(worker.buffer, undefined);
    const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry });
    const seconds = new Histogram({ name: "h", help: "H.", labelNames: ["k"], registry });
    const gauge = new Gauge({ name: "g", help: "G.", mode: "all", labelNames: ["k"], registry });
    counter.inc({ k: "gone" });
    counter.remove({ k: "gone" });
    for (let k = 0; k < 50; k++) {
      counter.inc({ k });
      seconds.observe({ k }, 0.3);
      gauge.set({ k }, slot);
    }
    this.#ends[slot] = () => {
      registry.beat();
      this.fleet.end(worker);
    };
  }
}

Deno.test("case 5: a thousand ended incarnations leave nothing but their totals", async () => {
  const [kept, churned] = [new ChurnedFleet(), new ChurnedFleet()];
  kept.churn(40);
  churned.churn(1040);
  const { collector } = churned.fleet;
  console.log(`1000 ends: ${assertFlat(kept.fleet.collector, collector)}`);
  assertEquals(collector.sources.size, SLOTS);
  assertEquals(churned.fleet.scrape().get('a_total{k="7"}'), 1040 + SLOTS);
  assertEquals(churned.fleet.scrape().get('a_total{k="gone"}'), undefined);
  await waitFor(async () => {
    await collectGarbage();
    return churned.slabs.live === SLOTS && kept.slabs.live === SLOTS;
  }, { what: "no slab to be held but those of the living" });
});

/** All of a slab's pages are touched, so that one which is kept is seen. */
const SLAB_MB = 4;
const PAGE_BYTES = 4096;

/**
 * More resident megabytes than at the start, besides those of the slabs that are held on purpose. WHY: what an allocator
 * keeps does not grow with the threads, a little for each may. If each thread left its slab's pages, that would be 4 MB a
 * thread: 160 after 40 threads.
 */
const RSS_MB_MORE_MAX = 60 + 0.04 * THREADS;

/** What a worker of the churn does before it waits for its end: enough for twenty series. */
const ROUNDS = 64 * 20;

/** A worker of a slot: ended, folded and replaced by another, again and again. */
interface Incarnation {
  readonly slab: SharedArrayBuffer;
  readonly thread: Thread;
  /** The worker goes on while it is 0, waits at 2, ends at 1. */
  readonly word: Int32Array;
  readonly sources: ReadonlyMap<Collector, SlabSource>;
}

function touch(slab: SharedArrayBuffer): void {
  const bytes = new Uint8Array(slab);
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) Atomics.store(bytes, at, Atomics.load(bytes, at));
}

/** Threads in four slots, the collectors that read them, and how many of their slabs the engine still holds. */
class ChurnedThreads {
  readonly slabs = { live: 0 };
  readonly #log: SharedArrayBuffer;
  readonly #collectors: Collector[];
  readonly #clients: ScrapingClients;
  readonly #control = createControl();
  readonly #slots: Incarnation[] = [];
  readonly #freed = new FinalizationRegistry<undefined>(() => this.slabs.live--);
  #epoch = 0;
  #before: Samples = new Map();
  scrapes = 0;

  constructor(collectors: Collector[], clients: ScrapingClients, log: SharedArrayBuffer) {
    this.#log = log;
    this.#collectors = collectors;
    this.#clients = clients;
  }

  /** From now on a collector learns of nothing any more: neither of ends nor of new slabs. */
  leaveAsItIs(collector: Collector): void {
    this.#collectors.splice(this.#collectors.indexOf(collector), 1);
  }

  async fill(): Promise<void> {
    for (let slot = 0; slot < SLOTS; slot++) this.#slots[slot] = await this.#start(slot);
  }

  /** Ends and replaces so many workers, one in each slot at a time. */
  async churn(times: number): Promise<void> {
    await Promise.all(this.#slots.map(async (_, slot) => {
      for (let k = slot; k < times; k += SLOTS) {
        await this.#end(this.#slots[slot]);
        this.#slots[slot] = await this.#start(slot);
        this.#scrape();
      }
    }));
  }

  async end(): Promise<void> {
    await Promise.all(this.#slots.splice(0).map((incarnation) => this.#end(incarnation)));
  }

  async #start(slot: number): Promise<Incarnation> {
    const epoch = ++this.#epoch;
    const slab = createSlab({ slot, epoch, bytes: SLAB_MB << 20 });
    touch(slab);
    this.slabs.live++;
    this.#freed.register(slab, undefined);
    const sources = new Map(this.#collectors.map((collector) => [collector, collector.addSlab(slab)]));
    this.#clients.add(slab);
    const stop = new SharedArrayBuffer(4);
    const options: HotOptions = {
      slab,
      control: this.#control,
      stop,
      waitsAfter: ROUNDS,
      removal: { of: String(epoch), log: this.#log },
    };
    const thread = new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
    await thread.message();
    const word = new Int32Array(stop);
    await waitFor(() => Atomics.load(word, 0) === 2, {
      what: "the worker to have done its work",
      pauseMs: 1,
    });
    return { slab, thread, word, sources };
  }

  /** Has a worker end by itself: of one that Deno terminates while it holds a lock some memory stays (internals/server.md). */
  async #end({ slab, thread, word, sources }: Incarnation): Promise<void> {
    Atomics.store(word, 0, 1);
    await thread.ended;
    for (const collector of this.#collectors) collector.retire(sources.get(collector)!);
    this.#clients.retire(slab);
  }

  #scrape(): void {
    const samples = samplesOf(this.#collectors[0].blocks());
    checkScrape(samples, this.#before);
    this.#before = samples;
    this.scrapes++;
  }

  /** Every incarnation that was started has counted all of its rounds, and one more when it was told to end. */
  assertExact(): void {
    this.#scrape();
    assertEquals(this.#before.get("ints_total"), this.#epoch * ROUNDS + this.#epoch - SLOTS);
  }
}

Deno.test("case 5: threads that end and are replaced leave memory, output and scrape time flat", async () => {
  const [log, other] = [0, 1].map(() => new Registry({ slabBytes: 1 << 20 }));
  const [churned, kept] = [log, other].map((registry) => new Collector(registry));
  const clients = await ScrapingClients.start(2);
  const threads = new ChurnedThreads([churned, kept], clients, log.slab.buffer as SharedArrayBuffer);
  /** What is held, slabs and resident megabytes, when all else is gone. */
  const settle = async (slabsHeld: number) => {
    await clients.collectGarbage();
    await waitFor(async () => {
      await collectGarbage();
      return threads.slabs.live === slabsHeld;
    }, { what: `no more than ${slabsHeld} slabs to be held` });
    return { slabs: threads.slabs.live, mb: await residentMegabytes() };
  };
  try {
    await threads.fill();
    await threads.churn(Math.max(8, THREADS / 25));
    threads.leaveAsItIs(kept);
    const start = await settle(SLOTS);
    await threads.churn(THREADS);
    threads.assertExact();
    // The collector that was left as it was holds four of then.
    const end = await settle(2 * SLOTS);
    assertEquals(churned.sources.size, SLOTS);
    const flat = assertFlat(kept, churned);
    console.log(
      `${THREADS} threads ended: ${flat}, RSS ${start.mb.toFixed(0)} -> ${end.mb.toFixed(0)} MB, ` +
        `${start.slabs} -> ${end.slabs - SLOTS} slabs, ${threads.scrapes} scrapes`,
    );
    const heldMb = (end.slabs - start.slabs) * SLAB_MB;
    assertLess(end.mb, start.mb + heldMb + RSS_MB_MORE_MAX, `RSS grew from ${start.mb} to ${end.mb} MB`);
  } finally {
    await threads.end();
  }
  const scraped = await clients.end();
  assert(scrapesOf(scraped) > THREADS, "the other clients scraped all the while");
});
