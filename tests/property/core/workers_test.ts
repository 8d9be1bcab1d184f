/**
 * Any sequence of updates, deaths, hangs and removals on some workers gives what a plain model of it gives.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Counter } from "../../../src/metric/counter.ts";
import { Gauge } from "../../../src/metric/gauge.ts";
import { Histogram } from "../../../src/metric/histogram.ts";
import { MERGE_MODES } from "../../../src/model/metric_type.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";
import { testProperty } from "../../_support/property.ts";
import {
  type PlainFamily,
  type PlainSeries,
  type PlainWorker,
  samplesOfModel,
  wellFormed,
} from "./_plain_model.ts";

const SLOTS = 3;
const BOUNDS = [0, 1, 100];

/** Separators, quotes, what ends strings elsewhere, and what no UTF-8 encoder keeps. */
const NASTY = [
  "",
  "a",
  "A",
  ",",
  '"',
  "\\",
  "\n",
  "\0",
  "a,b",
  'a",l2="b',
  "1:a",
  "é",
  "e\u0301",
  "\uFEFF",
  "\uFFFD",
  "🙂",
  "\uD83D",
  "\uDE42",
  "\uD83D\uD83D",
  "_overflow",
  "__proto__",
  "constructor",
];
const labelValue = fc.oneof(
  // Few values, so that workers meet in the same series.
  { weight: 12, arbitrary: fc.constantFrom("a", "b") },
  { weight: 6, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean()) },
);

/** Numbers whose sums are exact in any order, so that the model need not know the order. */
const amount = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: 0, max: 2 ** 34 }),
  fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1),
  fc.integer({ min: 0, max: 64 }).map((eighths) => eighths / 8),
);
const value = fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8);

type Step =
  | {
    do: "count" | "observe" | "set" | "touch";
    slot: number;
    family: number;
    labels: [unknown, unknown];
    by: number;
  }
  | { do: "add"; slot: number; labels: [unknown, unknown]; by: number }
  | { do: "remove" | "removeMatching"; slot: number; family: number; labels: [unknown, unknown] }
  | { do: "reset" | "clear"; slot: number; family: number }
  | { do: "end" | "hang" | "wake"; slot: number }
  | { do: "scrape" };

/** The families: a counter, a histogram, a gauge of each mode, one without labels. */
const FAMILIES: readonly PlainFamily[] = [
  { name: "c_total", kind: "counter", mode: "sum", labelNames: ["l1", "l2"], bounds: [] },
  { name: "h", kind: "histogram", mode: "sum", labelNames: ["l1", "l2"], bounds: BOUNDS },
  ...MERGE_MODES.map((mode): PlainFamily => ({
    name: `g_${mode}`,
    kind: "gauge",
    mode,
    labelNames: ["l1", "l2"],
    bounds: [],
  })),
];
const COUNTER = 0;
const HISTOGRAM = 1;
const LIVESUM = FAMILIES.findIndex(({ mode, kind }) => kind === "gauge" && mode === "livesum");

const slot = fc.integer({ min: 0, max: SLOTS - 1 });
const labels = fc.tuple(labelValue, labelValue);
const gaugeFamily = fc.integer({ min: 2, max: FAMILIES.length - 1 });
const anyFamily = fc.integer({ min: 0, max: FAMILIES.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      slot,
      family: fc.constant(COUNTER),
      labels,
      by: amount,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("observe" as const),
      slot,
      family: fc.constant(HISTOGRAM),
      labels,
      by: value,
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant("set" as const), slot, family: gaugeFamily, labels, by: value }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("touch" as const),
      slot,
      family: anyFamily,
      labels,
      by: fc.constant(0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("add" as const), slot, labels, by: value }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("remove" as const, "removeMatching" as const),
      slot,
      family: anyFamily,
      labels,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("reset" as const, "clear" as const),
      slot,
      family: anyFamily,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("end" as const, "hang" as const, "wake" as const), slot }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("scrape" as const) }) },
);

/** A worker in both worlds. */
interface Pair {
  readonly real: FleetWorker;
  readonly plain: PlainWorker;
  readonly metrics: readonly (Counter<"l1" | "l2"> | Gauge<"l1" | "l2"> | Histogram<"l1" | "l2">)[];
}

/** The workers as they really are, and the plain model beside them. */
class World {
  readonly fleet = new Fleet();
  readonly #pairs: Pair[] = [];
  readonly #all: PlainWorker[] = [];
  #ticket = 0;
  /** Families of which series were removed: theirs are hidden until they move, whoever asks for them. */
  readonly #removedFrom = new Set<number>();

  constructor() {
    for (let slot = 0; slot < SLOTS; slot++) this.#start(slot);
  }

  #start(slot: number): void {
    const real = this.fleet.start(slot);
    const { registry } = real;
    const metrics = FAMILIES.map(({ name, kind, mode, labelNames }) => {
      const options = { name, help: "Help.", labelNames: labelNames as ("l1" | "l2")[], registry };
      if (kind === "counter") return new Counter(options);
      return kind === "histogram"
        ? new Histogram({ ...options, buckets: BOUNDS })
        : new Gauge({ ...options, mode });
    });
    const plain: PlainWorker = { slot, epoch: real.epoch, live: true, ended: false, families: new Map() };
    this.#all.push(plain);
    this.#pairs[slot] = { real, plain, metrics };
  }

  run(step: Step): void {
    switch (step.do) {
      case "scrape":
        return this.check();
      case "end":
        return this.#end(step.slot);
      case "hang":
      case "wake":
        return this.#setLive(step.slot, step.do === "wake");
      case "remove":
      case "removeMatching":
      case "reset":
      case "clear":
        return this.#remove(step);
      case "add":
        return this.#update({ ...step, family: LIVESUM });
      default:
        return this.#update(step);
    }
  }

  check(): void {
    assertEquals(this.fleet.problems, []);
    // In the order of slots and incarnations, as the mode "all" wants it.
    const workers = [...this.#all].sort((a, b) => a.slot - b.slot || a.epoch - b.epoch);
    const wanted = samplesOfModel(FAMILIES, workers);
    const found = this.fleet.scrape();
    assertEquals([...found.keys()].sort(), [...wanted.keys()].sort());
    for (const [name, value] of wanted) assertEquals(found.get(name), value, name);
  }

  #end(slot: number): void {
    const { real, plain } = this.#pairs[slot];
    this.fleet.end(real);
    plain.ended = true;
    this.#start(slot);
  }

  #setLive(slot: number, live: boolean): void {
    const { real, plain } = this.#pairs[slot];
    this.fleet.collector.setLive(real.source, live);
    plain.live = live;
  }

  #update(step: { do: string; slot: number; family: number; labels: [unknown, unknown]; by: number }): void {
    const { plain, metrics } = this.#pairs[step.slot];
    const movesNothing = step.do === "touch" || (step.do === "count" && step.by === 0);
    if (movesNothing && this.#removedFrom.has(step.family)) return;
    const [l1, l2] = step.labels as [string, string];
    const series = this.#seriesOf(plain, FAMILIES[step.family], [l1, l2]);
    const metric = metrics[step.family];
    const by = step.by;
    if (step.do === "touch") {
      metric.labels(l1, l2);
    } else if (metric instanceof Counter && series.kind === "counter") {
      metric.inc({ l1, l2 }, by);
      series.value += by;
    } else if (metric instanceof Histogram && series.kind === "histogram") {
      metric.labels(l1, l2).observe(by);
      series.counts[[...BOUNDS, Infinity].findIndex((bound) => by <= bound)]++;
      series.sum += by;
    } else if (metric instanceof Gauge && series.kind === "gauge") {
      // The caller's version of mode latest; several workers may have the same.
      const version = Math.floor(Math.abs(by));
      if (step.do === "add") metric.inc({ l2, l1 }, by);
      else metric.set({ l1, l2 }, by, version);
      const { mode } = FAMILIES[step.family];
      series.value = step.do === "add" ? series.value + by : by;
      series.stamp = mode === "latest" ? version : ++this.#ticket;
      series.touched = true;
    }
  }

  #seriesOf(plain: PlainWorker, family: PlainFamily, labels: readonly unknown[]): PlainSeries {
    const key = JSON.stringify(labels.map((value) => wellFormed(String(value))));
    const all = plain.families.get(family.name) ?? new Map<string, PlainSeries>();
    plain.families.set(family.name, all);
    const fresh: Record<PlainSeries["kind"], () => PlainSeries> = {
      counter: () => ({ kind: "counter", value: 0 }),
      gauge: () => ({ kind: "gauge", value: 0, touched: false, stamp: 0 }),
      histogram: () => ({ kind: "histogram", counts: [...BOUNDS, 0].map(() => 0), sum: 0 }),
    };
    const series = all.get(key) ?? fresh[family.kind]();
    all.set(key, series);
    return series;
  }

  /** A removal that has reached everybody: asked for by one, passed on by the collector, applied by all. */
  #remove(step: { do: string; slot: number; family: number; labels?: [unknown, unknown] }): void {
    const metric = this.#pairs[step.slot].metrics[step.family];
    const [l1, l2] = (step.labels ?? []) as [string, string];
    this.#removedFrom.add(step.family);
    if (step.do === "remove") metric.remove({ l1, l2 });
    else if (step.do === "removeMatching") metric.removeMatching({ l1 });
    else if (step.do === "reset") metric.reset();
    else metric.clear();
    this.fleet.collector.poll();
    for (const { real } of this.#pairs) real.registry.beat();
    const { name } = FAMILIES[step.family];
    const [first, second] = (step.labels ?? []).map((value) => wellFormed(String(value)));
    for (const plain of this.#all) {
      const all = plain.families.get(name);
      for (const key of [...all?.keys() ?? []]) {
        const [a, b] = JSON.parse(key);
        const meant = step.do === "remove"
          ? a === first && b === second
          : step.do !== "removeMatching" || a === first;
        if (!meant) continue;
        all!.delete(key);
        if (step.do === "reset" && !plain.ended) this.#seriesOf(plain, FAMILIES[step.family], [a, b]);
      }
    }
  }
}

testProperty(
  "Collector shows what a plain model of the workers shows, whatever they do",
  fc.property(fc.array(step, { maxLength: 120, size: "max" }), (steps) => {
    const world = new World();
    for (const each of steps) world.run(each);
    world.check();
  }),
  { runs: 150 },
);
