/**
 * What counters, gauges, histograms and summaries have in common.
 *
 * @module
 */
// CONTROL PLANE
import { globalRegistry } from "./global_registry.ts";
import type { Series, SeriesStore } from "./series_store.ts";
import type { SharedFamily } from "./shared_family.ts";
import type {
  Aggregator,
  CollectFunction,
  MetricConfiguration,
  MetricObjectWithValues,
  MetricRegistry,
  MetricType,
  MetricValueWithName,
} from "./types.ts";
import type { Line, Value } from "./values.ts";
import {
  copiedLabelsOf,
  type GivenLabels,
  invalidLabelNames,
  isObject,
  labelsOf,
  validateMetricName,
} from "./validation.ts";

/**
 * A metric. Thread-bound, like everything here; its values are in this thread's slab too, for others to read.
 *
 * @example What every metric has
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab/compat";
 *
 * const jobs = new Counter({ name: "jobs_total", help: "Jobs.", registers: [new Registry()] });
 * jobs.inc(2);
 * jobs.reset();
 * assertEquals((await jobs.get()).values[0].value, 0);
 * ```
 */
export abstract class MetricBase<T extends string> {
  /** The name as it was given. */
  declare name: string;
  /** What the metric means. */
  declare help: string;
  /** The names of its labels. */
  declare labelNames: T[];
  /** How the values of several workers become one. */
  declare aggregator: Aggregator;
  /** Whether updates take exemplars. */
  declare enableExemplars: boolean;
  /** The registries that it joined when it was made. */
  declare registers: readonly MetricRegistry[];
  /** Sets the metric when it is about to be read. */
  // deno-lint-ignore no-explicit-any
  declare collect: CollectFunction<any> | undefined;
  /** The kind of metric. */
  abstract readonly type: MetricType;
  /**
   * The series of this metric.
   *
   * @internal
   */
  abstract readonly store: SeriesStore<Series>;
  /**
   * Where this thread's slab has the metric's series.
   *
   * @internal
   */
  shared: SharedFamily | undefined;
  /**
   * Whether all threads of the process report the same thing.
   *
   * @internal
   */
  processWide = false;

  /**
   * Checks the options and takes them over.
   *
   * @throws {Error | TypeError} If an option is missing or invalid
   */
  protected constructor(config: MetricConfiguration<T>, defaults: object = {}) {
    if (!isObject(config)) throw new TypeError("constructor expected a config object");
    Object.assign(
      this,
      { labelNames: [], registers: [globalRegistry()], aggregator: "sum", enableExemplars: false },
      defaults,
      config,
    );
    this.registers ??= [globalRegistry()];
    this.labelNames ??= [];
    if (!this.help) throw new Error("Missing mandatory help parameter");
    if (!this.name) throw new Error("Missing mandatory name parameter");
    if (!validateMetricName(this.name)) throw new Error(`Invalid metric name: ${this.name}`);
    const invalid = invalidLabelNames(this.labelNames);
    if (invalid.length > 0) throw new Error(`At least one label name is invalid: ${invalid.join(",")}`);
    if (this.collect && typeof this.collect !== "function") {
      throw new Error('Optional "collect" parameter must be a function');
    }
  }

  /** Starts again: without series, or with an empty one if the metric has no labels. */
  reset(): void {
    this.shared?.remove(this.store.all);
    this.store.clear();
    this.startSeries();
  }

  /**
   * The lines of all series, in the order of the text.
   *
   * @internal
   */
  abstract lines(name: string): Iterable<Line>;

  /**
   * The values of all series.
   *
   * @internal
   */
  abstract values(): Value[];

  /**
   * Brings a series' cell, which is new, up to its value.
   *
   * @internal
   */
  abstract share(series: Series, shared: SharedFamily): void;

  /** What the metric is and has, as plain objects; the `collect` function runs first. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    await this.runCollect();
    const { name, help, type, aggregator } = this;
    const values = this.values();
    // WHY: the order is prom-client's, for whoever compares such objects as JSON.
    const about = type === "counter" || type === "gauge" ? { help, name } : { name, help };
    return { ...about, type, values, aggregator } as unknown as MetricObjectWithValues<
      MetricValueWithName<T>
    >;
  }

  /**
   * Runs the `collect` function.
   *
   * @internal
   */
  runCollect(): void | Promise<void> {
    if (this.collect) return this.collect();
  }

  /**
   * Removes the series of the given label values.
   *
   * @throws {Error} If there are more or fewer values than label names
   */
  remove(...values: (string | number)[]): void;
  /**
   * Removes the series of the given labels.
   *
   * @throws {Error} If a label is unknown
   */
  remove(labels: Partial<Record<T, string | number>>): void;
  remove(...args: unknown[]): void {
    const series = this.store.remove(labelsOf(this.labelNames, args));
    if (series !== undefined) this.shared?.remove([series]);
  }

  /**
   * The labels that a call of `labels()` means, all of them known; nobody else's object.
   *
   * @throws {Error} If a label is unknown
   */
  protected knownLabels(args: readonly unknown[]): GivenLabels {
    const labels = copiedLabelsOf(this.labelNames, args);
    this.store.validate(labels);
    return labels;
  }

  /** Makes the series of a metric without labels, which is there before anything was counted. */
  protected startSeries(): void {
    if (this.labelNames.length > 0) return;
    const series = this.store.unlabelled();
    this.shared?.adopt(series);
  }

  /**
   * Makes the first series and joins the registries. The last step of every constructor.
   *
   * @throws {TypeError} If exemplars are wanted on a registry that is not OpenMetrics'
   * @throws {Error} If the name is taken
   */
  protected start(): void {
    this.startSeries();
    for (const registry of this.registers) {
      if (this.enableExemplars && registry.contentType.startsWith("text/plain")) {
        throw new TypeError("Exemplars are supported only on OpenMetrics registries");
      }
      registry.registerMetric(this);
    }
  }
}
