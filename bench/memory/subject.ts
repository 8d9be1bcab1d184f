/**
 * The process that tells how much memory a library takes, per series and per update. Runs on Deno and Node with
 * V8's garbage collector exposed.
 *
 * @module
 */
import process from "node:process";
import { Collector, Counter, Gauge, Histogram, Registry } from "../../mod.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { slabStatus } from "../../src/slab/slab_status.ts";
import { promClientWorks } from "../micro/prom_client_works.ts";
import { BUCKETS, type Work } from "../micro/works.ts";
import { loadLibrary } from "../peers/load_library.ts";
import { bodyText, type Library } from "../peers/prom_client_api.ts";
import { answerCalls } from "../runner/answer_calls.ts";
import { type FilledFamily, fillFamily, LABEL_NAMES, seriesLabels } from "../scrape/families.ts";

const name = process.argv[2];
const works: Record<string, Work> = promClientWorks(await loadLibrary(name, { global: true }));
const kept: unknown[] = [];
let scraped: { readonly library: Library; readonly family: FilledFamily } | undefined;

function collect(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot measure memory: the garbage collector is not exposed");
  gc();
}

/** Bytes of the heap and of the buffers outside it, without shared memory. */
function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Live bytes of the heap and of the buffers outside it, without shared memory. */
async function liveBytes(): Promise<number> {
  // Buffers outside the heap are let go in the background, after the collection that found them unused.
  for (let time = 0; time < 3; time++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return heapBytes();
}

function defineSeries(library: Library, kind: string, count: number): unknown {
  const options = {
    name: kind === "counter" ? "bench_total" : "bench_value",
    help: "Series to be weighed.",
    labelNames: [...LABEL_NAMES],
    buckets: [...BUCKETS],
    maxSeries: count,
  };
  // Only label sets are made, as `inc({...})` makes them: bound children are the caller's own.
  for (const metric of [define()]) {
    for (let series = 0; series < count; series++) {
      const [method, route, status] = seriesLabels(series);
      metric({ method, route, status });
    }
    return metric;
  }

  function define(): (labels: { method: string; route: string; status: string }) => void {
    switch (kind) {
      case "counter": {
        const counter = library.counter(options);
        return (labels) => counter.inc(labels);
      }
      case "gauge": {
        const gauge = library.gauge(options);
        return (labels) => gauge.set(labels, 1);
      }
      default: {
        const histogram = library.histogram(options);
        return (labels) => histogram.observe(labels, 0.1);
      }
    }
  }
}

/** What new series of promslab take in the slab, in the writer's heap, and with whoever reads them. */
async function weighPromslab(kind: string, count: number): Promise<Record<string, number>> {
  const registry = new Registry({ slabBytes: 2 ** 22 + count * 1024 });
  // The registry makes its slab when it is first asked for.
  registry.slab;
  const before = await liveBytes();
  const usedBefore = slabStatus(registry.slab).usedBytes;
  const library = {
    counter: (options: ConstructorParameters<typeof Counter>[0]) => new Counter({ ...options, registry }),
    gauge: (options: ConstructorParameters<typeof Gauge>[0]) => new Gauge({ ...options, registry }),
    histogram: (options: ConstructorParameters<typeof Histogram>[0]) =>
      new Histogram({ ...options, registry }),
  };
  kept.push(defineSeries(library as unknown as Library, kind, count));
  const writer = Math.max(0, await liveBytes() - before);
  const slab = slabStatus(registry.slab).usedBytes - usedBefore;
  const collector = new Collector(registry);
  const format = createTextFormat();
  const sink = format.sink();
  const beforeReader = await liveBytes();
  collector.gather(sink);
  kept.push(sink.finish(), collector, format);
  const reader = Math.max(0, await liveBytes() - beforeReader);
  return { "series": (slab + writer) / count, "series_slab": slab / count, "series_reader": reader / count };
}

async function weighPeer(kind: string, count: number): Promise<Record<string, number>> {
  const library = await loadLibrary(name);
  const before = await liveBytes();
  kept.push(defineSeries(library, kind, count), library);
  return { "series": Math.max(0, await liveBytes() - before) / count };
}

await answerCalls({
  version: async () => (await loadLibrary(name)).version,
  works: () => Object.keys(works),

  /** Makes new series; answers bytes per series. */
  async series(kind, count) {
    const bytes = name === "promslab"
      ? await weighPromslab(kind, Number(count))
      : await weighPeer(kind, Number(count));
    kept.length = 0;
    return bytes;
  },

  /** Makes a registry of so many counters, whose scrapes leave something behind. */
  async fill(count) {
    const library = await loadLibrary(name);
    scraped = { library, family: fillFamily(library, "counter", Number(count)) };
  },

  /** Changes all values, then scrapes, with no collection in between; answers the bytes that the scrape left behind. */
  async scrapeGarbage() {
    const { library, family } = scraped!;
    family.touch(1);
    collect();
    const before = heapBytes();
    const body = await library.scrape();
    const after = heapBytes();
    if (bodyText(body) === "") throw new Error("Cannot measure a scrape: it is empty");
    return Math.max(0, after - before);
  },

  warm: (work, times) => works[work].run(Number(times)),

  /** Does a work so many times with no collection in between; answers the bytes that each left behind. */
  garbage(work, timesWord) {
    const times = Number(timesWord);
    collect();
    // Looking leaves something behind as well.
    const first = process.memoryUsage().heapUsed;
    const before = process.memoryUsage().heapUsed;
    works[work].run(times);
    const after = process.memoryUsage().heapUsed;
    return Math.max(0, after - before - (before - first)) / times;
  },
});
