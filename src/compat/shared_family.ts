/**
 * A metric's place in this thread's slab, where other threads read it.
 *
 * @module
 */
// CONTROL PLANE
import { planCell } from "../metric/cell_plan.ts";
import { ExemplarKeeper } from "../metric/exemplar_keeper.ts";
import type { Family } from "../metric/family.ts";
import type { Descriptor } from "../model/descriptor.ts";
import { labelSetKey } from "../model/label_values.ts";
import type { MergeMode } from "../model/metric_type.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import type { SketchPlan } from "../slab/sketch_plan.ts";
import type { Slab } from "../slab/slab.ts";
import type { Exemplar } from "./exemplar.ts";
import { canonical, type Series } from "./series_store.ts";
import type { Aggregator, MetricType } from "./types.ts";

/** A descriptor with what only this entry point's readers want to know. They find it in the slab's directory. */
export interface SharedDescriptor extends Descriptor {
  readonly compat: {
    readonly aggregator: Aggregator;
    /** Which of its thread's metrics it is, in the order of registration. */
    readonly order: number;
    /** Whether all threads of the process report the same thing. */
    readonly processWide: boolean;
  };
}

/** What a shared family needs of its metric. */
export interface SharedMetric<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
  readonly aggregator: Aggregator;
  readonly enableExemplars: boolean;
  readonly upperBounds?: readonly number[];
  readonly percentiles?: readonly number[];
  readonly maxAgeSeconds?: number;
  readonly ageBuckets?: number;
  readonly store: { readonly all: ReadonlySet<S> };
  shared: SharedFamily | undefined;
  share(series: S, shared: SharedFamily): void;
}

/** Families that no metric uses any more, by what they are. A slab's directory only grows, so they are used again. */
const unused: Map<string, Family[]> = new Map();

/**
 * The series of one metric in this thread's slab. Gauges that are taken out and put in again at once, as many `collect`
 * functions do, keep their cells.
 */
export class SharedFamily {
  /** The memory in which the cells lie. */
  readonly slab: Slab;
  readonly #metric: SharedMetric<Series>;
  readonly #family: Family;
  readonly #key: string;
  readonly #keeper: ExemplarKeeper;
  /** Where a summary's cells have what its quantiles are told from. */
  readonly sketch: SketchPlan | undefined;
  /** Label values of gauges that were taken out; they go when the code that runs now has ended. */
  readonly #parked: Map<string, readonly string[]> = new Map();

  /**
   * Takes a family for a metric and brings it up to the metric's values.
   *
   * @param metric the metric
   * @param options.constLabels labels that its registry gives to all series
   * @param options.order which of the thread's metrics it is
   * @param options.processWide whether all threads report the same thing
   */
  constructor(
    metric: SharedMetric<Series>,
    options: { constLabels: Record<string, string>; order: number; processWide: boolean },
  ) {
    this.#metric = metric;
    const descriptor = describe(metric, options);
    this.#key = JSON.stringify({ ...descriptor, compat: undefined });
    const plan = planCell(descriptor);
    this.sketch = plan.sketch;
    this.#keeper = new ExemplarKeeper(plan, `"${metric.name}"`);
    const known = unused.get(this.#key)?.pop();
    known?.removeWhere(() => true, { reset: true });
    this.#family = known ?? defaultRegistry.defineUnlisted(descriptor, plan.shape);
    this.slab = this.#family.slab;
    metric.shared = this;
    for (const series of metric.store.all) this.adopt(series);
  }

  /** Gives a series its cell, and the cell the series' values. A series that has one keeps it. */
  adopt(series: Series): void {
    if (series.cell32 >= 0) return;
    if (this.#family.descriptor.labelNames.length === 0) {
      series.cell32 = this.#family.ownCell;
    } else {
      const values = this.#valuesOf(series);
      if (this.#parked.size > 0) this.#parked.delete(labelSetKey(values));
      series.cell32 = this.#family.cellOfValues(values);
    }
    this.#metric.share(series, this);
  }

  /** Shows an exemplar with a series, if others can show it too. */
  exemplify(series: Series, slot: number, { labelSet, value }: Exemplar): void {
    if (series.cell32 < 0) return;
    const labels = Object.fromEntries(
      Object.entries(labelSet).map(([name, label]) => [name, canonical(label)]),
    );
    try {
      if (this.#keeper.prepare({ exemplar: labels })) {
        this.#keeper.store(this.slab, series.cell32, { value, slot });
      }
    } catch {
      // What prom-client accepts and OpenMetrics does not stays in this thread.
    }
  }

  /** Takes series out of the slab. */
  remove(removed: Iterable<Series>): void {
    const values: (readonly string[])[] = [];
    for (const series of removed) {
      if (series.cell32 < 0) continue;
      series.cell32 = -1;
      values.push(this.#valuesOf(series));
    }
    if (values.length === 0) return;
    if (this.#metric.type !== "gauge" || values[0].length === 0) return this.#take(values);
    if (this.#parked.size === 0) queueMicrotask(() => this.#take([...this.#parked.values()]));
    for (const one of values) this.#parked.set(labelSetKey(one), one);
  }

  /** Gives the family back. */
  release(): void {
    for (const series of this.#metric.store.all) series.cell32 = -1;
    this.#parked.clear();
    this.#family.removeWhere(() => true, { hide: true });
    this.#metric.shared = undefined;
    const families = unused.get(this.#key);
    if (families === undefined) unused.set(this.#key, [this.#family]);
    else families.push(this.#family);
  }

  #valuesOf(series: Series): string[] {
    return this.#family.descriptor.labelNames.map((label) => canonical(series.labels[label]));
  }

  #take(removed: readonly (readonly string[])[]): void {
    this.#parked.clear();
    if (removed.length === 0) return;
    const keys = new Set(removed.map(labelSetKey));
    this.#family.removeWhere((values) => keys.has(labelSetKey(values)));
  }
}

/** How the workers' values merge in promslab's own output; theirs has no mode for `first`, which is for constants. */
const GAUGE_MODES: Readonly<Record<Aggregator, MergeMode>> = {
  sum: "livesum",
  first: "livemax",
  min: "livemin",
  max: "livemax",
  average: "liveaverage",
  omit: "livesum",
};

/** How far percentiles that were merged over threads may be off, as a share of their value. */
const RELATIVE_ERROR = 0.01;

function describe(
  metric: SharedMetric<Series>,
  { constLabels, order, processWide }: {
    constLabels: Record<string, string>;
    order: number;
    processWide: boolean;
  },
): SharedDescriptor {
  const { name, help, type, labelNames, aggregator = "sum", upperBounds = [], enableExemplars } = metric;
  const { percentiles = [], maxAgeSeconds, ageBuckets } = metric;
  // WHY numbers and text are made here: prom-client takes whatever reads like them, and readers take nothing else.
  const quantiles = [...new Set(percentiles.map(Number))].filter((one) => one >= 0 && one <= 1).sort((a, b) =>
    a - b
  );
  const own = Object.entries(constLabels).filter(([label]) => !labelNames.includes(label));
  const mode = Object.hasOwn(GAUGE_MODES, aggregator) ? GAUGE_MODES[aggregator] : "livesum";
  const gaugeMode = processWide ? "livemax" : mode;
  return {
    name: String(name),
    help: String(help),
    type,
    unit: "",
    labelNames: [...new Set(labelNames.map(String))],
    constLabels: Object.fromEntries(own),
    mode: type === "gauge" ? gaugeMode : "sum",
    buckets: upperBounds,
    quantiles,
    relativeError: type === "summary" ? RELATIVE_ERROR : 0,
    windowSeconds: type === "summary" && ageBuckets ? windowOf(maxAgeSeconds) : 0,
    states: [],
    exemplars: Boolean(enableExemplars) && (type === "counter" || type === "histogram"),
    maxSeries: Number.MAX_SAFE_INTEGER,
    ttlSeconds: 0,
    compat: { aggregator, order, processWide },
  };
}

/** The length of a window as a number; 0 is for ever, as Infinity is. */
function windowOf(maxAgeSeconds: unknown): number {
  const seconds = Number(maxAgeSeconds);
  return seconds > 0 && seconds < Infinity ? seconds : 0;
}
