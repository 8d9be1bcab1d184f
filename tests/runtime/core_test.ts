/**
 * The core on the runtime that runs this file: Deno, Bun or Node. Foreign to all three, `node:test` is the runner.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { Collector, Counter, createControl, createSlab, Gauge, Histogram, Registry } from "../../mod.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";

const ROUNDS = 20_000;
const WORKERS = 3;

/** One scrape as text. */
function scrape(collector: Collector, format: ReturnType<typeof createTextFormat>): string {
  const sink = format.sink();
  collector.gather(sink);
  return sink.finish().map((chunk) => new TextDecoder().decode(chunk)).join("");
}

/** The value of the line that begins so, or 0 if it is not there yet. */
function valueOf(text: string, series: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** Resolves when the worker has said that it is done; rejects if it fails before. */
function done(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the worker ended with ${code} before it was done`)));
  });
}

function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => worker.once("exit", () => resolve()));
}

test("three workers count into shared memory, and every scrape in between is consistent", async () => {
  const collector = new Collector(new Registry());
  const format = createTextFormat();
  const control = createControl();
  const started = Array.from({ length: WORKERS }, (_, slot) => {
    const slab = createSlab({ slot, epoch: 1 });
    const worker = new Worker(new URL("./_counting_worker.ts", import.meta.url), {
      workerData: { slab, control, rounds: ROUNDS },
    });
    return { source: collector.addSlab(slab), done: done(worker), ended: ended(worker) };
  });
  let running = true;
  const finished = Promise.all(started.map((worker) => worker.done)).finally(() => running = false);

  let last = 0;
  do {
    const text = scrape(collector, format);
    const total = valueOf(text, 'jobs_total{kind="even"}') + valueOf(text, 'jobs_total{kind="odd"}');
    const count = valueOf(text, "spent_seconds_count");
    assert.ok(total >= last, `a total went from ${last} to ${total}`);
    assert.equal(valueOf(text, "spent_seconds_sum"), count);
    assert.equal(valueOf(text, 'spent_seconds_bucket{le="+Inf"}'), count);
    last = total;
    await new Promise((resolve) => setTimeout(resolve, 1));
  } while (running);
  await finished;

  const expected = (busy: number) =>
    [
      `# HELP busy Workers at work.\n# TYPE busy gauge\nbusy ${busy}`,
      `# HELP jobs_total Jobs done.\n# TYPE jobs_total counter`,
      `jobs_total{kind="even"} ${WORKERS * ROUNDS / 2}\njobs_total{kind="odd"} ${WORKERS * ROUNDS / 2}`,
      `# HELP spent_seconds Time spent.\n# TYPE spent_seconds histogram`,
      `spent_seconds_bucket{le="0.5"} 0\nspent_seconds_bucket{le="1"} ${WORKERS * ROUNDS}`,
      `spent_seconds_bucket{le="2"} ${WORKERS * ROUNDS}\nspent_seconds_bucket{le="+Inf"} ${WORKERS * ROUNDS}`,
      `spent_seconds_sum ${WORKERS * ROUNDS}\nspent_seconds_count ${WORKERS * ROUNDS}`,
      `# HELP work_total Work done.\n# TYPE work_total counter\nwork_total ${WORKERS * ROUNDS / 4}\n`,
    ].join("\n");
  assert.equal(scrape(collector, format), expected(WORKERS));

  await Promise.all(started.map((worker) => worker.ended));
  for (const { source } of started) {
    collector.setLive(source, false);
    collector.retire(source);
  }
  const afterwards = scrape(collector, format);
  assert.equal(valueOf(afterwards, 'jobs_total{kind="odd"}'), WORKERS * ROUNDS / 2);
  assert.equal(valueOf(afterwards, "spent_seconds_sum"), WORKERS * ROUNDS);
  assert.equal(valueOf(afterwards, "busy"), 0);
});

test("one thread without any worker writes the same bytes on every runtime", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const requests = new Counter({ name: "requests_total", help: "Requests.", labelNames: ["path"], registry });
  const level = new Gauge({ name: "level", help: "A level.", registry });
  const sizes = new Histogram({ name: "sizes", help: "Sizes.", buckets: [0.1, 1e6], registry });
  requests.inc({ path: 'quote " back \\ line \n' }, 2 ** 40);
  requests.inc({ path: "fraction" }, 0.1);
  requests.inc({ path: "fraction" }, 0.2);
  level.set(-1.5e-9);
  for (const value of [0.1, 5, 1e9]) sizes.observe(value);
  assert.equal(
    scrape(new Collector(registry), createTextFormat()),
    `# HELP level A level.
# TYPE level gauge
level -1.5e-09
# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{path="fraction"} 0.30000000000000004
requests_total{path="quote \\" back \\\\ line \\n"} 1.099511627776e+12
# HELP sizes Sizes.
# TYPE sizes histogram
sizes_bucket{le="0.1"} 1
sizes_bucket{le="1e+06"} 2
sizes_bucket{le="+Inf"} 3
sizes_sum 1.0000000051e+09
sizes_count 3
`,
  );
});

test("wrong arguments are refused, and nothing is recorded", () => {
  const registry = new Registry({ slabBytes: 1 << 20 });
  const jobs = new Counter({ name: "jobs_total", help: "Jobs.", registry });
  assert.throws(() => jobs.inc(-1), /-1/);
  assert.throws(() => jobs.inc(NaN), /NaN/);
  assert.throws(() => new Counter({ name: "no good", help: "", registry }), /no good/);
  assert.match(scrape(new Collector(registry), createTextFormat()), /jobs_total 0\n/);
});
