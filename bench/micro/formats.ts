/**
 * What a format costs a sample, without collector and slabs: `deno run -A bench/micro/formats.ts [SERIES]`.
 *
 * Every round renders each format once with all values changed, once with a tenth of them, and once with none, format
 * after format, so that whatever disturbs the machine disturbs them alike. `kept` is a scrape whose chunks are never
 * released, `released` one whose chunks are.
 *
 * @module
 */
import { createFormat, FORMAT_NAMES, type FormatName } from "../../src/exposition/negotiate.ts";
import type { Format } from "../../src/exposition/format.ts";
import type { Descriptor } from "../../src/model/descriptor.ts";
import { type SeriesBlock, strideOf } from "../../src/model/samples.ts";
import { best, median } from "../runner/statistics.ts";

const SERIES = Number(Deno.args[0] ?? 100_000);
const BLOCK_SERIES = 4096;
const ROUNDS = 15;
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** How the values of a kind of family change between two scrapes. */
interface Workload {
  readonly name: string;
  readonly descriptor: Descriptor;
  readonly seriesCount: number;
  /** Changes the values of one series. */
  readonly step: (values: Float64Array, base: number) => void;
}

function descriptor(parts: Partial<Descriptor> & Pick<Descriptor, "name" | "type">): Descriptor {
  return {
    help: "What a benchmark counts.",
    unit: "",
    labelNames: ["method", "route", "status"],
    constLabels: {},
    mode: "livesum",
    buckets: [],
    quantiles: [],
    relativeError: 0.01,
    windowSeconds: 0,
    states: [],
    exemplars: false,
    maxSeries: SERIES,
    ttlSeconds: 0,
    ...parts,
  };
}

const WORKLOADS: readonly Workload[] = [
  {
    name: "counters, +1 to +7",
    descriptor: descriptor({ name: "bench_requests_total", type: "counter" }),
    seriesCount: SERIES,
    step: (values, base) => void (values[base] += 1 + base % 7),
  },
  {
    name: "gauges, any double",
    descriptor: descriptor({ name: "bench_ratio", type: "gauge" }),
    seriesCount: SERIES,
    step: (values, base) => void (values[base] = Math.random()),
  },
  {
    name: "histograms of 12 buckets",
    descriptor: descriptor({ name: "bench_seconds", type: "histogram", buckets: BUCKETS }),
    seriesCount: Math.ceil(SERIES / 15),
    step(values, base) {
      const seconds = 0.0005 * 2 ** (Math.random() * 14);
      BUCKETS.forEach((bound, i) => void (values[base + i] += seconds <= bound ? 1 : 0));
      values[base + BUCKETS.length]++;
      values[base + BUCKETS.length + 1] += seconds;
    },
  },
];

/** One format with one workload, and the samples taken of it, in nanoseconds a series. */
class Subject {
  readonly workload: Workload;
  readonly format: FormatName;
  readonly taken = { all: [] as number[], tenth: [] as number[], none: [] as number[] };
  readonly #renderer: Format;
  readonly #releases: boolean;
  readonly #blocks: readonly SeriesBlock[];
  readonly #values: Float64Array;

  constructor(workload: Workload, format: FormatName, releases: boolean) {
    const { labelNames } = workload.descriptor;
    this.workload = workload;
    this.format = format;
    this.#renderer = createFormat({ name: format, escaping: "underscores" });
    this.#releases = releases;
    const series = Array.from({ length: workload.seriesCount }, (_, i) => ["GET", `/route/${i}`, "200"]);
    this.#blocks = Array.from({ length: Math.ceil(series.length / BLOCK_SERIES) }, (_, i) => (
      { labelNames, series: series.slice(i * BLOCK_SERIES, (i + 1) * BLOCK_SERIES) }
    ));
    this.#values = new Float64Array(series.length * strideOf(workload.descriptor));
    for (let i = 0; i < 1000; i++) this.#change(97);
    this.#change(1);
    this.scrape();
  }

  get label(): string {
    return `${this.workload.name}, ${this.format}, ${this.#releases ? "released" : "kept"}`;
  }

  take(): void {
    this.#change(1);
    this.taken.all.push(this.#time());
    this.#change(10);
    this.taken.tenth.push(this.#time());
    this.taken.none.push(this.#time());
  }

  scrape(): void {
    const stride = strideOf(this.workload.descriptor);
    const sink = this.#renderer.sink();
    let offset = 0;
    this.#blocks.forEach((block, i) => {
      const end = offset + block.series.length * stride;
      sink.samples({
        descriptor: this.workload.descriptor,
        block,
        first: i === 0,
        last: i === this.#blocks.length - 1,
        stride,
        values: this.#values.subarray(offset, end),
      });
      offset = end;
    });
    sink.finish();
    if (this.#releases) sink.release();
  }

  #change(every: number): void {
    const stride = strideOf(this.workload.descriptor);
    for (let i = 0; i < this.workload.seriesCount; i += every) this.workload.step(this.#values, i * stride);
  }

  #time(): number {
    const startMs = performance.now();
    this.scrape();
    return (performance.now() - startMs) * 1e6 / this.workload.seriesCount;
  }
}

const subjects = WORKLOADS.flatMap((workload) =>
  FORMAT_NAMES.filter((name) => !["openmetrics001", "text1"].includes(name)).flatMap((name) =>
    [false, true].map((releases) => new Subject(workload, name, releases))
  )
);
for (let round = 0; round < ROUNDS; round++) {
  for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) subject.take();
}
console.log(`${SERIES} series; ns a series, best / median of ${ROUNDS} rounds; changed: all, a tenth, none`);
for (const { label, taken } of subjects) {
  const figures = Object.values(taken).map((samples) =>
    `${best(samples).toFixed(1)} / ${median(samples).toFixed(1)}`
  );
  console.log(label.padEnd(52), figures.map((text) => text.padStart(17)).join(" "));
}
