/**
 * case 5: however many workers have come and gone, memory, output and scrape time stay as they were.
 *
 * `PROMSLAB_CHURN` says how many threads come and go; default 40, the full count is 1000.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { Thread } from "../_support/threads.ts";
import { Fleet } from "../_support/fleet.ts";
import { Counter } from "../../src/metric/counter.ts";
import { Gauge } from "../../src/metric/gauge.ts";
import { Histogram } from "../../src/metric/histogram.ts";

const THREADS = Number(Deno.env.get("PROMSLAB_CHURN") ?? 40);

/** A scrape as text: its bytes, and the least milliseconds of some. */
function measure(collector: Collector): { bytes: number; ms: number } {
  const format = createTextFormat();
  let [bytes, ms] = [0, Infinity];
  for (let k = 0; k < 15; k++) {
    const start = performance.now();
    const sink = format.sink();
    collector.gather(sink);
    bytes = sink.finish().reduce((sum, chunk) => sum + chunk.length, 0);
    ms = Math.min(ms, performance.now() - start);
  }
  return { bytes, ms };
}

Deno.test("case 5: a thousand ended incarnations leave nothing but their totals", () => {
  const fleet = new Fleet();
  const live: { counter: Counter<"k">; end(): void }[] = [];
  const startOne = (slot: number) => {
    const worker = fleet.start(slot, { bytes: 1 << 20 });
    const { registry } = worker;
    const counter = new Counter({ name: "a_total", help: "A.", labelNames: ["k"], registry });
    const seconds = new Histogram({ name: "h", help: "H.", labelNames: ["k"], registry });
    const gauge = new Gauge({ name: "g", help: "G.", mode: "all", labelNames: ["k"], registry });
    for (let k = 0; k < 50; k++) {
      counter.inc({ k });
      seconds.observe({ k }, 0.3);
      gauge.set({ k }, slot);
    }
    live[slot] = { counter, end: () => fleet.end(worker) };
  };
  const slots = 4;
  const churn = (times: number) => {
    for (let k = 0; k < times; k++) {
      const slot = k % slots;
      live[slot].end();
      startOne(slot);
      if (k % 10 === 0) fleet.scrape();
    }
  };
  for (let slot = 0; slot < slots; slot++) startOne(slot);
  churn(40);
  const start = measure(fleet.collector);
  churn(1000);
  const end = measure(fleet.collector);
  assertEquals(fleet.collector.sources.size, slots);
  assertEquals(fleet.scrape().get('a_total{k="7"}'), 1040 + slots);
  // Numbers of a thousand have more digits than those of forty.
  assertLess(end.bytes, 1.2 * start.bytes);
  console.log(
    `1000 ends: ${start.bytes} -> ${end.bytes} bytes, ${start.ms.toFixed(3)} -> ${end.ms.toFixed(3)} ms`,
  );
  assertLess(
    end.ms,
    3 * start.ms + 1,
    "a scrape that grew with the ended would take a hundred times as long",
  );
});

Deno.test("case 5: threads that come and go leave memory flat", async () => {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const control = createControl();
  const cycle = async (epoch: number) => {
    const slab = createSlab({ slot: 0, epoch, bytes: 4 << 20 });
    const stop = new SharedArrayBuffer(4);
    const source = collector.addSlab(slab);
    const options: HotOptions = { slab, control, stop };
    const thread = new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
    await thread.message();
    collector.gather({ samples: () => {} });
    Atomics.store(new Int32Array(stop), 0, 1);
    await thread.ended;
    collector.retire(source);
    collector.gather({ samples: () => {} });
  };
  const warmUp = 10;
  for (let k = 0; k < warmUp; k++) await cycle(k + 1);
  const startMb = Deno.memoryUsage().rss / 2 ** 20;
  for (let k = 0; k < THREADS; k++) await cycle(warmUp + k + 1);
  const endMb = Deno.memoryUsage().rss / 2 ** 20;
  assertEquals(collector.sources.size, 0);
  console.log(`${THREADS} threads came and went: RSS ${startMb.toFixed(0)} -> ${endMb.toFixed(0)} MB`);
  // Each slab has about 100 kB touched and 4 MB reserved; a thousand of them kept would be seen.
  assert(endMb < startMb + 100, `RSS grew from ${startMb} to ${endMb} MB`);
});
