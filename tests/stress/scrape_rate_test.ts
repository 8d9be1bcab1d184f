/**
 * Clients that scrape faster than a scrape takes.
 */
import { assert, assertEquals } from "@std/assert";
import {
  Collector,
  Counter,
  createControl,
  createMetricsHandler,
  createSlab,
  Histogram,
  Registry,
} from "../../mod.ts";
import type { HotOptions } from "../_support/hot_worker.ts";
import { Thread } from "../_support/threads.ts";

const CLIENTS = 40;
const ROUNDS = 10;

Deno.test("case 61, case 31: scrapes that come faster than they are answered pile up nothing and are each whole", async () => {
  const registry = new Registry({ slabBytes: 8 << 20 });
  const series = new Counter({ name: "some_total", help: "S.", labelNames: ["k"], registry });
  const seconds = new Histogram({ name: "some_seconds", help: "S.", labelNames: ["k"], registry });
  for (let k = 0; k < 500; k++) {
    series.inc({ k });
    seconds.observe({ k }, 1);
  }
  const collector = new Collector(registry);
  const slab = createSlab({ slot: 0, bytes: 1 << 20 });
  const stop = new SharedArrayBuffer(4);
  collector.addSlab(slab);
  const options: HotOptions = { slab, control: createControl(), stop, commits: true };
  const thread = new Thread(new URL("../_support/hot_worker.ts", import.meta.url), options);
  await thread.message();
  const metrics = createMetricsHandler({ collector });
  const valueOf = (text: string, name: string) => {
    const at = text.indexOf(`\n${name} `) + name.length + 2;
    return Number(text.slice(at, text.indexOf("\n", at)));
  };
  const scrape = async () => await (await metrics(new Request("http://localhost/metrics"))).text();
  const rssMb: number[] = [];
  let counts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const texts = await Promise.all(Array.from({ length: CLIENTS }, scrape));
    for (const text of texts) {
      const count = valueOf(text, "ones_count");
      assertEquals(valueOf(text, "ones_sum"), count);
      assertEquals(valueOf(text, "together_ones_count"), valueOf(text, "together_a_total"));
      assertEquals(valueOf(text, "together_twos_sum"), 3 * valueOf(text, "together_a_total"));
      assert(count >= counts, `${count} after ${counts}`);
      counts = count;
    }
    rssMb.push(Deno.memoryUsage().rss / 2 ** 20);
  }
  Atomics.store(new Int32Array(stop), 0, 1);
  await thread.ended;
  const [early, late] = [rssMb[Math.floor(ROUNDS / 2)], rssMb[ROUNDS - 1]];
  console.log(
    `${CLIENTS} clients x ${ROUNDS} scrapes at once: RSS ${early.toFixed(0)} -> ${late.toFixed(0)} MB`,
  );
  assert(late < 1.2 * early + 20, `RSS grew from ${early} to ${late} MB`);
});
