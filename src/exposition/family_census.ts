/**
 * How many series and samples each family has: where a scrape's size comes from.
 *
 * @module
 */
// CONTROL PLANE
import type { MetricType } from "../model/metric_type.ts";
import type { FamilySamples, SampleSink } from "../model/samples.ts";

/** One family of a census. */
export interface FamilyCount {
  /** The family's name, a counter's with `_total`. */
  readonly name: string;
  /** The family's type. */
  readonly type: MetricType;
  /** The family's help text. */
  readonly help: string;
  /** The names of its labels, without those of its type. */
  readonly labelNames: readonly string[];
  /** How many label sets there are. */
  readonly series: number;
  /** How many lines with a value the text format has for them. */
  readonly samples: number;
}

/**
 * Counts the series of each family in one scrape.
 *
 * @example The family that makes a scrape large
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Counter } from "promslab";
 * import { FamilyCensus } from "promslab/exposition";
 *
 * const pages = new Counter({ name: "demo_pages_total", help: "Pages.", labelNames: ["path"] });
 * for (const path of ["/", "/a", "/b"]) pages.inc({ path });
 * const census = new FamilyCensus();
 * new Collector().gather(census, new Set(["demo_pages_total"]));
 * assertEquals(census.finish()[0].series, 3);
 * ```
 */
export class FamilyCensus implements SampleSink {
  readonly #counts: Map<string, { -readonly [Key in keyof FamilyCount]: FamilyCount[Key] }> = new Map();

  /** Takes the next block. */
  samples({ descriptor, block }: FamilySamples): void {
    const { name, type, help } = descriptor;
    let count = this.#counts.get(name);
    if (count === undefined) {
      count = { name, type, help, labelNames: block.labelNames, series: 0, samples: 0 };
      this.#counts.set(name, count);
    }
    count.series += block.series.length;
    count.samples += block.series.length * samplesOfSeries(descriptor);
  }

  /** The families in the order of the scrape, by name. */
  finish(): readonly FamilyCount[] {
    return [...this.#counts.values()];
  }
}

/** How many lines of the text format a series of the family has. */
function samplesOfSeries({ type, buckets, quantiles, states }: FamilySamples["descriptor"]): number {
  switch (type) {
    case "histogram":
    case "gaugehistogram":
      return buckets.length + 3;
    case "summary":
      return quantiles.length + 2;
    case "stateset":
      return states.length;
    default:
      return 1;
  }
}
