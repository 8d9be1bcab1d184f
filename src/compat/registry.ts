/**
 * Registries: metrics by name, and their text.
 *
 * @module
 */
// CONTROL PLANE
import { countCollectError } from "../registry/collect_callbacks.ts";
import { defaultRegistry } from "../registry/default_registry.ts";
import { warnOnce } from "../host/warn.ts";
import { aggregators, type MetricJson } from "./aggregators.ts";
import type { Counter } from "./counter.ts";
import type { Gauge } from "./gauge.ts";
import { setGlobalRegistry } from "./global_registry.ts";
import type { Histogram } from "./histogram.ts";
import { type PublicMetric, schedulePublication, setPublicRegistries } from "./publication.ts";
import { renderJson, renderMetric, type TextStyle } from "./render.ts";
import type { Summary } from "./summary.ts";
import type {
  MetricObject,
  MetricObjectWithValues,
  MetricValue,
  OpenMetricsContentType,
  PrometheusContentType,
  RegisteredMetric,
  RegistryContentType,
} from "./types.ts";

/** Any metric. */
export type AnyMetric<T extends string = string> = Counter<T> | Gauge<T> | Summary<T> | Histogram<T>;

/** What our own metrics, and perhaps others, have besides. */
interface Registered extends RegisteredMetric {
  aggregator?: string;
  reset?(): void;
}

const PROMETHEUS: PrometheusContentType = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS: OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/**
 * Metrics by name, and their text in one of two formats.
 *
 * @example A registry beside the global one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, Registry } from "promslab/compat";
 *
 * const register = new Registry();
 * new Counter({ name: "jobs_total", help: "Jobs.", registers: [register] });
 * assertEquals(register.getMetricsAsArray().length, 1);
 * ```
 */
export class Registry<BoundRegistryContentType extends RegistryContentType = RegistryContentType> {
  /** The content type of the text format. */
  static readonly PROMETHEUS_CONTENT_TYPE: PrometheusContentType = PROMETHEUS;
  /** The content type of OpenMetrics. */
  static readonly OPENMETRICS_CONTENT_TYPE: OpenMetricsContentType = OPENMETRICS;
  /** The registry that metrics join unless told otherwise. */
  static get globalRegistry(): Registry {
    return globalRegistry;
  }

  readonly #metrics: Map<string, Registered> = new Map();
  #defaultLabels: Readonly<Record<string, unknown>> = {};
  #contentType: RegistryContentType;

  /**
   * A registry without metrics.
   *
   * @throws {TypeError} If there is no such content type
   */
  constructor(regContentType: RegistryContentType = PROMETHEUS) {
    if (regContentType !== PROMETHEUS && regContentType !== OPENMETRICS) {
      throw new TypeError(`Content type ${regContentType} is unsupported`);
    }
    this.#contentType = regContentType;
  }

  /**
   * The text of all metrics, in the order of their registration; their `collect` functions run first. A metric whose
   * `collect` function fails is left out, counted and warned of; the others are there.
   */
  async metrics(): Promise<string> {
    const style = this.#style();
    const texts = await this.#readAll((metric) => renderMetric(metric, style));
    return style.openMetrics
      ? `${texts.map((text) => `${text}\n`).join("")}# EOF\n`
      : `${texts.join("\n\n")}\n`;
  }

  /** Forgets all metrics and the default labels. */
  clear(): void {
    this.#metrics.clear();
    this.#defaultLabels = {};
    schedulePublication();
  }

  /** Starts all metrics again. */
  resetMetrics(): void {
    for (const metric of this.#metrics.values()) metric.reset?.();
  }

  /**
   * Adds a metric. One that is there already stays.
   *
   * @throws {Error} If another metric has its name
   */
  registerMetric(metric: RegisteredMetric): void {
    const given: Registered = metric;
    const existing = this.#metrics.get(given.name);
    if (existing !== undefined && existing !== given) {
      throw new Error(`A metric with the name ${given.name} has already been registered.`);
    }
    this.#metrics.set(given.name, given);
    schedulePublication();
  }

  /** All metrics with their values, as plain objects; those of one aggregator if it is named. */
  getMetricsAsJSON(aggregator?: string): Promise<MetricObjectWithValues<MetricValue<string>>[]> {
    const labels = this.#defaultLabels;
    const json = this.#readAll((metric) => renderJson(metric, labels), aggregator);
    return json as unknown as Promise<MetricObjectWithValues<MetricValue<string>>[]>;
  }

  /** All metrics; those of one aggregator if it is named. */
  getMetricsAsArray(aggregator?: string): MetricObject[] {
    const metrics = [...this.#metrics.values()];
    const wanted = aggregator === undefined
      ? metrics
      : metrics.filter((metric) => aggregator === (metric.aggregator ?? "sum"));
    return wanted as unknown as MetricObject[];
  }

  /** The text of a metric, without a line feed at its end. */
  getMetricsAsString(metric: RegisteredMetric): Promise<string> {
    return renderMetric(metric, this.#style());
  }

  /** The text of the metric of a name, without a line feed at its end. */
  getSingleMetricAsString(name: string): Promise<string> {
    return renderMetric(this.#metrics.get(name)!, this.#style());
  }

  /** The metric of a name. */
  getSingleMetric<T extends string>(name: string): AnyMetric<T> | undefined {
    return this.#metrics.get(name) as unknown as AnyMetric<T> | undefined;
  }

  /** Forgets a metric. */
  removeSingleMetric(name: string): void {
    this.#metrics.delete(name);
    schedulePublication();
  }

  /** Sets the labels that all series carry which do not have them themselves. */
  setDefaultLabels(labels: object): void {
    this.#defaultLabels = labels as Record<string, unknown>;
    schedulePublication();
  }

  /** What the text is, for the `Content-Type` header. */
  get contentType(): BoundRegistryContentType {
    return this.#contentType as BoundRegistryContentType;
  }

  /**
   * Chooses the format.
   *
   * @throws {Error} If there is no such content type
   */
  setContentType(contentType: RegistryContentType): void {
    if (contentType !== PROMETHEUS && contentType !== OPENMETRICS) {
      throw new Error(`Content type ${contentType} is unsupported`);
    }
    this.#contentType = contentType;
  }

  /**
   * A registry with the metrics of others.
   *
   * @throws {Error} If they write different formats, or two metrics have one name
   */
  static merge(registers: readonly Registry[]): Registry {
    const type = registers[0].contentType;
    if (registers.some(({ contentType }) => contentType !== type)) {
      throw new Error("Registers can only be merged if they have the same content type");
    }
    const merged = new Registry(type);
    for (const registry of registers) {
      for (const metric of registry.#metrics.values()) merged.registerMetric(metric);
    }
    return merged;
  }

  /**
   * A registry of what several `getMetricsAsJSON()` gave, combined as each metric's aggregator says.
   *
   * @param metricsArr what they gave
   * @param registryType the format of the registry
   * @throws {Error} If there is no such aggregator
   */
  static aggregate<T extends RegistryContentType>(
    metricsArr: readonly object[],
    registryType: RegistryContentType = PROMETHEUS,
  ): Registry<T> {
    const aggregated = new Registry<T>();
    aggregated.setContentType(registryType);
    const byName = new Map<string, MetricJson[]>();
    for (const metric of (metricsArr as MetricJson[][]).flat()) {
      const sameName = byName.get(metric.name);
      if (sameName === undefined) byName.set(metric.name, [metric]);
      else sameName.push(metric);
    }
    for (const metrics of byName.values()) {
      const name = metrics[0].aggregator ?? "sum";
      if (!Object.hasOwn(aggregators, name)) throw new Error(`'${name}' is not a defined aggregator.`);
      const metric = aggregators[name as keyof typeof aggregators](metrics);
      if (metric !== undefined) {
        aggregated.registerMetric({ ...metric, get: () => metric });
      }
    }
    return aggregated;
  }

  /**
   * The labels that all series carry.
   *
   * @internal
   */
  get defaultLabels(): Readonly<Record<string, unknown>> {
    return this.#defaultLabels;
  }

  /**
   * The metrics that other threads may read.
   *
   * @internal
   */
  *publicMetrics(): Iterable<PublicMetric> {
    for (const metric of this.#metrics.values()) {
      if ("store" in metric && "share" in metric) yield metric as unknown as PublicMetric;
    }
  }

  #style(): TextStyle {
    return { openMetrics: this.#contentType === OPENMETRICS, defaultLabels: this.#defaultLabels };
  }

  /** Reads all metrics at once; what one of them throws costs the others nothing. */
  async #readAll<R>(read: (metric: Registered) => Promise<R>, aggregator?: string): Promise<R[]> {
    const metrics = this.getMetricsAsArray(aggregator) as unknown as Registered[];
    const results = await Promise.allSettled(metrics.map(read));
    return results.flatMap((result, i) => {
      if (result.status === "fulfilled") return [result.value];
      const { name } = metrics[i];
      countCollectError(defaultRegistry, name);
      warnOnce(
        `Metric "${name}" is left out of a scrape, because its collect function failed`,
        result.reason,
      );
      return [];
    });
  }
}

/**
 * The registry that metrics join unless told otherwise.
 *
 * @example What a scrape answers
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Counter, register } from "promslab/compat";
 *
 * new Counter({ name: "example_compat_jobs_total", help: "Jobs." }).inc();
 * assertEquals((await register.metrics()).includes("example_compat_jobs_total 1"), true);
 * ```
 */
export const globalRegistry: Registry = new Registry();
setGlobalRegistry(globalRegistry);
setPublicRegistries([globalRegistry]);
