import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Worker } from "node:worker_threads";
import * as client from "promslab/compat";
import { waitFor } from "../_support/wait_for.ts";

/** Starts a thread that counts; resolves when it is ready. */
async function startThread(): Promise<{ worker: Worker; tell: (message: object) => Promise<void> }> {
  const worker = new Worker(new URL("../_support/compat_thread.ts", import.meta.url));
  const next = () => new Promise<void>((resolve) => worker.once("message", () => resolve()));
  await next();
  return {
    worker,
    tell(message) {
      const done = next();
      worker.postMessage(message);
      return done;
    },
  };
}

/** The samples of a text by their names and labels. */
function samplesOf(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

Deno.test({
  name: "WorkerRegistry answers for all threads, busy or gone",
  // The mesh of threads stays open as long as the thread lives.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const registry = new client.WorkerRegistry();
    const jobs = new client.Counter({ name: "jobs_total", help: "Jobs.", labelNames: ["kind"] });
    jobs.inc({ kind: "a" }, 100);
    const threads = await Promise.all([startThread(), startThread(), startThread()]);
    await waitFor(() => client.WorkerRegistry.workerCount() === 3, { what: "three threads" });
    await Promise.all(threads.map(({ tell }, i) => tell({ count: i + 1 })));
    const merged = async () => samplesOf(await registry.workerMetrics());
    await waitFor(async () => (await merged())['jobs_total{kind="a"}'] === 106, { what: "all counts" });
    await waitFor(async () => (await merged()).collected === 12, { what: "the collect functions" });
    const samples = await merged();
    assertEquals([samples.depth, samples.peak, samples.mean], [6, 3, 2]);
    assert([1, 2, 3].includes(samples.first), `first: ${samples.first}`);
    assertEquals("omitted" in samples, false);
    assertEquals(samples['seconds_bucket{le="1"}'], 1);
    assertEquals(samples['seconds_bucket{le="+Inf"}'], 3);
    assertEquals([samples.seconds_sum, samples.seconds_count], [6, 3]);
    // The median of 1, 2 and 3 is told from all three, not added up.
    const waits = ["0", "0.5", "1"].map((quantile) =>
      Math.round(100 * samples[`waits{quantile="${quantile}"}`])
    );
    waits.forEach((found, i) => assert(Math.abs(found - 100 * (i + 1)) <= i + 1, `percentiles: ${waits}`));
    assertEquals([samples.waits_sum, samples.waits_count], [6, 3]);

    // One thread is busy: nobody waits for it.
    await threads[0].tell({ count: 10, spin: 1_500 });
    const startMs = performance.now();
    assertEquals((await merged())['jobs_total{kind="a"}'], 116);
    assert(performance.now() - startMs < 1_000, "the scrape waited for a busy thread");

    // One thread is ended without a word: its counts stay.
    await threads[1].worker.terminate();
    assertEquals((await merged())['jobs_total{kind="a"}'], 116);

    // One thread says goodbye: its counts stay, its gauges vanish.
    await threads[2].tell({ count: 1, leave: true });
    await waitFor(async () => (await merged()).depth === 10, {
      what: "the gauges of the threads that are gone to vanish",
      deadlineMs: 20_000,
    });
    assertEquals((await merged())['jobs_total{kind="a"}'], 117);
    assertEquals([(await merged()).waits_count, (await merged()).waits_sum], [5, 17]);
    assertStringIncludes(await registry.workerMetrics(), "# TYPE jobs_total counter");
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  },
});
