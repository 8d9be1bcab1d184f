/**
 * A worker that ends by itself: Deno tells nobody of it.
 */
import { assertEquals } from "@std/assert";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { samplesOf } from "../_support/fleet.ts";

Deno.test("case 8: a worker that closed itself is told by its heartbeat: its live gauges vanish, its counters stay", async () => {
  let nowMs = 0;
  const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
  const watch = new WorkerWatch(collector, { now: () => nowMs });
  const slab = createSlab({ slot: 0, bytes: 1 << 20 });
  const source = collector.addSlab(slab);
  watch.add(source);
  const worker = new Worker(new URL("../_support/silent_worker.ts", import.meta.url), { type: "module" });
  try {
    const events: string[] = [];
    for (const kind of ["error", "messageerror", "close", "exit"]) {
      worker.addEventListener(kind, () => events.push(kind));
    }
    const counted = new Promise((resolve) => worker.onmessage = resolve);
    worker.postMessage({ slab, control: createControl() });
    await counted;
    const scrape = () => {
      watch.check();
      return [...samplesOf(collector.blocks())];
    };
    assertEquals(scrape(), [["busy", 1], ["done_total", 7]]);
    assertEquals(watch.workers.get(source)?.state, "live");
    worker.postMessage("end");
    for (let second = 0; second < 4; second++) {
      nowMs += 1_000;
      assertEquals(scrape(), [["busy", 1], ["done_total", 7]], "within the limit");
    }
    nowMs += 2_000;
    assertEquals(scrape(), [["done_total", 7]]);
    assertEquals(watch.workers.get(source)?.state, "hung");
    watch.assumeEnded(source);
    for (let minute = 0; minute < 3; minute++) {
      assertEquals(scrape(), [["done_total", 7]]);
      nowMs += 30_000;
      watch.check();
      nowMs += 30_000;
    }
    assertEquals(watch.workers.size, 0, "folded");
    assertEquals(scrape(), [["done_total", 7]]);
    assertEquals(events, [], "nobody was told");
  } finally {
    worker.terminate();
  }
});
