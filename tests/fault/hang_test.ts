/**
 * case 9: a worker that hangs, by real clocks. `PROMSLAB_HANG_SECONDS` says for how long; default 2, the full length is
 * 30, and a worker is then hung after 5 s as by default.
 */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { samplesOf } from "../_support/fleet.ts";
import { scrapesOf, ScrapingClients } from "../_support/scraping_clients.ts";
import { Thread, turn } from "../_support/threads.ts";
import { waitFor } from "../_support/wait_for.ts";

const HANG_MS = 1000 * Number(Deno.env.get("PROMSLAB_HANG_SECONDS") ?? 2);
/** A busy machine may keep a healthy worker from beating for a while, so the limit is no shorter. */
const HUNG_AFTER_MS = HANG_MS >= 10_000 ? 5_000 : HANG_MS / 2;

Deno.test("case 9: a hung worker's totals are complete throughout, its live gauges are hidden and come back", async () => {
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const watch = new WorkerWatch(collector, { hungAfterMs: HUNG_AFTER_MS });
  const control = createControl();
  const clients = await ScrapingClients.start(2);
  const workers = [0, 1].map((slot) => {
    const slab = createSlab({ slot, bytes: 1 << 20 });
    const source = collector.addSlab(slab);
    watch.add(source);
    clients.add(slab);
    const word = new SharedArrayBuffer(4);
    const thread = new Thread(new URL("../_support/hanging_worker.ts", import.meta.url), {
      slab,
      control,
      word,
    });
    return { source, thread, word: new Int32Array(word) };
  });
  const say = (of: typeof workers[0], what: number) => {
    Atomics.store(of.word, 0, what);
    Atomics.notify(of.word, 0);
  };
  let ticksBefore = 0;
  const scrape = () => {
    watch.check();
    const samples = samplesOf(collector.blocks());
    const ticks = samples.get("ticks_total") ?? 0;
    assert(ticks >= ticksBefore, `${ticks} after ${ticksBefore}`);
    assertEquals(samples.get("ones_sum"), samples.get("ones_count"));
    ticksBefore = ticks;
    return samples;
  };
  const [healthy, hung] = workers;
  await waitFor(() => scrape().get("live") === 2, { what: "both to live" });
  say(hung, 1);
  const start = performance.now();
  let scrapes = 0;
  let hiddenAtMs: number | undefined;
  const own = () => samplesOf(collector.blocks()).get("ticks_total")!;
  const atHang = own();
  // Until it is hidden too: a machine that stands still for half a second has every heartbeat begin anew.
  const isOver = () => performance.now() - start >= (hiddenAtMs === undefined ? 60_000 : HANG_MS);
  while (!isOver()) {
    const samples = scrape();
    scrapes++;
    const state = watch.workers.get(hung.source)!.state;
    if (state === "hung") hiddenAtMs ??= performance.now() - start;
    if (watch.workers.get(healthy.source)!.state === "live") {
      assertEquals(samples.get("live"), state === "hung" ? 1 : 2);
    }
    await turn();
  }
  assert(hiddenAtMs !== undefined && hiddenAtMs >= HUNG_AFTER_MS - 100, `hidden after ${hiddenAtMs} ms`);
  assertGreater(ticksBefore, atHang, "the healthy one counts on");
  say(hung, 0);
  await waitFor(() => scrape().get("live") === 2, { what: "its live gauge to come back" });
  const back = ticksBefore;
  await waitFor(() => scrape().get("ticks_total")! > back + 2, { what: "both to count on" });
  const scraped = await clients.end();
  for (const { last } of scraped) assertGreater(last.get("ticks_total")!, back);
  console.log(
    `hung for ${HANG_MS / 1000} s: ${scrapes} scrapes and ${
      scrapesOf(scraped)
    } of two other clients, live gauges hidden after ${(hiddenAtMs / 1000).toFixed(2)} s`,
  );
  for (const worker of workers) say(worker, 2);
  await Promise.all(workers.map(({ thread }) => thread.ended));
});
