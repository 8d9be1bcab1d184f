/**
 * Gauge histograms.
 *
 * @module
 */
// DATA PLANE
import { defineDescriptor, type DefinitionOptions } from "../model/define.ts";
import { givenText } from "../model/given_text.ts";
import type { Labels } from "../model/label_values.ts";
import { histogramShape } from "../slab/cell_shape.ts";
import { setGaugeHistogram, shiftGaugeHistogram } from "../slab/gauge_histogram_cell.ts";
import type { Slab } from "../slab/slab.ts";
import type { BoundChild } from "./family.ts";
import { type CollectOption, type CommonOptions, Metric } from "./metric.ts";

/** What a gauge histogram's definition may say. */
export type GaugeHistogramOptions<LabelName extends string = never> =
  & CommonOptions<LabelName>
  & CollectOption<GaugeHistogram<LabelName>>
  & Pick<DefinitionOptions, "buckets">
  & {
    /** `livesum`, the default, adds up the workers that are alive; `sum` keeps what ended workers had. */
    readonly mode?: "livesum" | "sum";
  };

/**
 * One series of a gauge histogram, bound to its place in memory. Owner thread only.
 *
 * @example How old the jobs are that wait now
 * ```ts
 * import { GaugeHistogram, Registry } from "promslab";
 *
 * const ages = new GaugeHistogram({
 *   name: "queue_age_seconds",
 *   help: "Age of the jobs that wait.",
 *   labelNames: ["queue"],
 *   buckets: [1, 10],
 *   registry: new Registry(),
 * });
 * const urgent = ages.labels({ queue: "urgent" });
 * urgent.observe(0.5);
 * urgent.forget(0.5);
 * ```
 */
export class GaugeHistogramChild implements BoundChild {
  readonly #slab: Slab;
  #cell32: number;
  readonly #bounds: Float64Array;
  readonly #name: string;

  /** Made by {@linkcode GaugeHistogram.labels}. @internal */
  constructor(slab: Slab, cell32: number, of: { bounds: Float64Array; name: string }) {
    this.#slab = slab;
    this.#cell32 = cell32;
    this.#bounds = of.bounds;
    this.#name = of.name;
  }

  /** Makes the child write to another cell. Called by its family when the series is removed. */
  rebind(cell32: number): void {
    this.#cell32 = cell32;
  }

  /**
   * Counts a value in: something of this size is there now. Allocates nothing.
   *
   * @param value any number but NaN
   * @throws {RangeError} If the value is NaN or no number; nothing is counted then
   */
  observe(value: number): void {
    checkValue("observe", this.#name, value);
    shiftGaugeHistogram(this.#slab, this.#cell32, this.#bounds, value, 1);
  }

  /**
   * Counts a value out that was observed earlier: it is no longer there.
   *
   * @param value as it was observed
   * @throws {RangeError} If the value is NaN or no number, or its bucket is empty; nothing is changed then
   */
  forget(value: number): void {
    checkValue("forget", this.#name, value);
    if (!shiftGaugeHistogram(this.#slab, this.#cell32, this.#bounds, value, -1)) {
      refuseToForget(this.#name, value);
    }
  }

  /**
   * Replaces all that the series counts by the given values, visible in one step.
   *
   * @param values all that is there now
   * @throws {TypeError} If there are no values to go through
   * @throws {RangeError} If a value is NaN or no number; nothing is changed then
   */
  set(values: Iterable<number>): void {
    setGaugeHistogram(this.#slab, this.#cell32, countsOf(this.#name, this.#bounds, values));
  }
}

/**
 * How the things that are there now are distributed: ages of the jobs in a queue, sizes of the files in a cache.
 * Unlike a histogram's, its counts go down again. Owner thread only; the scrape adds up the workers that are alive.
 *
 * @example Jobs by their age
 * ```ts
 * import { GaugeHistogram } from "promslab";
 *
 * const ages = new GaugeHistogram({
 *   name: "app_queue_age_seconds",
 *   help: "Ages of the jobs that wait.",
 *   buckets: [1, 10, 60],
 * });
 * ages.set([0.5, 3, 8, 90]);
 * ages.forget(90);
 * ```
 */
export class GaugeHistogram<LabelName extends string = never> extends Metric<LabelName, GaugeHistogramChild> {
  readonly #bounds: Float64Array;

  /**
   * Defines a gauge histogram.
   *
   * @throws {TypeError | RangeError} If the definition is not valid; bounds must be finite and ascending
   * @throws {DuplicateFamilyError} If the name is taken
   */
  constructor(options: GaugeHistogramOptions<LabelName>, reuse = false) {
    const descriptor = defineDescriptor("gaugehistogram", options);
    super({
      descriptor,
      shape: histogramShape(descriptor.buckets.length + 1),
      registry: options.registry,
      collect: options.collect,
      reuse,
    });
    this.#bounds = Float64Array.from(descriptor.buckets);
  }

  /**
   * The gauge histogram of this definition: the one that is there, or a new one.
   *
   * @throws {DuplicateFamilyError} If the name is there with another definition
   */
  static getOrCreate<LabelName extends string = never>(
    options: GaugeHistogramOptions<LabelName>,
  ): GaugeHistogram<LabelName> {
    return new GaugeHistogram(options, true);
  }

  /**
   * Counts a value in, without labels; see {@linkcode GaugeHistogramChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or the family has labels
   */
  observe(value: number): void;
  /**
   * Counts a value in; see {@linkcode GaugeHistogramChild.observe}.
   *
   * @throws {TypeError} If the value is no number, or a label is missing or unknown
   */
  observe(labels: Labels<LabelName>, value: number): void;
  observe(first: number | Labels<LabelName>, second?: number): void {
    if (typeof first === "object") {
      checkValue("observe", this.name, second);
      this.labels(first).observe(second);
    } else this.ownChild().observe(first);
  }

  /**
   * Counts a value out, without labels; see {@linkcode GaugeHistogramChild.forget}.
   *
   * @throws {TypeError} If the value is no number, or the family has labels
   */
  forget(value: number): void;
  /**
   * Counts a value out; see {@linkcode GaugeHistogramChild.forget}.
   *
   * @throws {TypeError} If the value is no number, or a label is missing or unknown
   */
  forget(labels: Labels<LabelName>, value: number): void;
  forget(first: number | Labels<LabelName>, second?: number): void {
    if (typeof first === "object") {
      checkValue("forget", this.name, second);
      // WHY: a label set without a series has nothing to be forgotten, and is not to have one for it.
      if (!this.family.hasCell(first)) refuseToForget(this.name, second);
      this.labels(first).forget(second);
    } else this.ownChild().forget(first);
  }

  /** Replaces all that is counted without labels; see {@linkcode GaugeHistogramChild.set}. */
  set(values: Iterable<number>): void;
  /** Replaces all that one series counts; see {@linkcode GaugeHistogramChild.set}. */
  set(labels: Labels<LabelName>, values: Iterable<number>): void;
  set(first: Labels<LabelName> | Iterable<number>, second?: Iterable<number>): void {
    if (second === undefined) this.ownChild().set(first as Iterable<number>);
    else this.#setLabelled(first as Labels<LabelName>, second);
  }

  #setLabelled(labels: Labels<LabelName>, values: Iterable<number>): void {
    // WHY: counted before the labels are looked up, so that a value that is refused makes no series.
    const given = countsOf(this.name, this.#bounds, values);
    setGaugeHistogram(this.family.slab, this.family.cellOf(labels), given);
  }

  /** @internal */
  protected override bind(cell32: number): GaugeHistogramChild {
    return new GaugeHistogramChild(this.family.slab, cell32, { bounds: this.#bounds, name: this.name });
  }
}

/** What a series is to hold. @throws {TypeError | RangeError} If there are no values, or one is no number */
function countsOf(
  name: string,
  bounds: Float64Array,
  values: Iterable<number>,
): { counts: Float64Array; sum: number } {
  if (typeof values?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot set gauge histogram "${name}": wanted the values that are there now, given ${
        givenText(values)
      }`,
    );
  }
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  for (const value of values) {
    checkValue("set", name, value);
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) bucket++;
    counts[bucket]++;
    sum += value;
  }
  return { counts, sum };
}

function refuseToForget(name: string, value: number): never {
  throw new RangeError(
    `Cannot forget ${value} in gauge histogram "${name}": its bucket is empty, wanted a value observed before`,
  );
}

function checkValue(action: string, name: string, value: unknown): asserts value is number {
  if (typeof value === "number" && value === value) return;
  throw new RangeError(
    `Cannot ${action} with gauge histogram "${name}": wanted a number that is not NaN, given ${
      givenText(value)
    }`,
  );
}
