/**
 * How the values of several processes or threads become one, as prom-client does it.
 *
 * @module
 */
// CONTROL PLANE
import { canonical } from "./series_store.ts";
import type { Value } from "./values.ts";

/** A metric with its values, as `getMetricsAsJSON()` gives it. */
export interface MetricJson {
  /** The family's name. */
  name: string;
  /** What it means. */
  help: string;
  /** Its kind. */
  type: string;
  /** How the values of several workers become one. */
  aggregator?: string;
  /** One for each sample. */
  values: Value[];
}

/** Makes one metric of several of the same name; undefined leaves the metric out. */
export type AggregatorFunction = (metrics: MetricJson[]) => MetricJson | undefined;

/**
 * The functions that a metric's `aggregator` may name.
 *
 * @example By its name
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { aggregators } from "promslab/compat";
 *
 * assertEquals(Object.keys(aggregators).includes("sum"), true);
 * ```
 */
export const aggregators: {
  /** The sum. */
  sum: AggregatorFunction;
  /** The value of the first worker. */
  first: AggregatorFunction;
  /** Nothing: the metric is left out. */
  omit: AggregatorFunction;
  /** The mean. */
  average: AggregatorFunction;
  /** The smallest. */
  min: AggregatorFunction;
  /** The greatest. */
  max: AggregatorFunction;
} = {
  sum: aggregateBy((values) => values.reduce((sum, { value }) => sum + value, 0)),
  first: aggregateBy((values) => values[0].value),
  omit: () => undefined,
  average: aggregateBy((values) => values.reduce((sum, { value }) => sum + value, 0) / values.length),
  min: aggregateBy((values) => values.reduce((min, { value }) => Math.min(min, value), Infinity)),
  max: aggregateBy((values) => values.reduce((max, { value }) => Math.max(max, value), -Infinity)),
};

/** An aggregator from a function that makes one number of all values of a series. */
function aggregateBy(combine: (values: Value[]) => number): AggregatorFunction {
  return (metrics) => {
    if (metrics.length === 0) return undefined;
    const { name, help, type, aggregator } = metrics[0];
    const groups = new Map<string, Value[]>();
    for (const metric of metrics) {
      for (const value of metric.values) {
        const key = seriesKey(value);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [value]);
        else group.push(value);
      }
    }
    const values = inOrder(groups).map((group): Value => {
      const { labels, metricName } = group[0];
      const value = combine(group);
      return metricName === undefined ? { value, labels } : { value, labels, metricName };
    });
    return { help, name, type, values, aggregator };
  };
}

/** The groups by sample name, as they came within each. */
function inOrder(groups: Map<string, Value[]>): Value[][] {
  const byName = new Map<string | undefined, Value[][]>();
  for (const group of groups.values()) {
    const { metricName } = group[0];
    const sameName = byName.get(metricName);
    if (sameName === undefined) byName.set(metricName, [group]);
    else sameName.push(group);
  }
  return [...byName.values()].flat();
}

/** A string that two values share only if they belong to one series, whatever the order of their labels. */
function seriesKey({ metricName = "", labels }: Value): string {
  let key = metricName;
  for (const name of Object.keys(labels).sort()) {
    const value = canonical(labels[name]);
    if (value !== "") key += `\u0000${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}
