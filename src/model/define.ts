/**
 * From the options of a definition to a checked descriptor.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "./descriptor.ts";
import { givenText } from "./given_text.ts";
import { checkMode, checkQuantiles, checkStates } from "./kind_options.ts";
import { checkNative, type NativeOptions } from "./native_options.ts";
import { canonicalLabelValue, type LabelValue } from "./label_values.ts";
import type { MergeMode, MetricType } from "./metric_type.ts";
import { checkLabelNames, checkMetricName, underscoredMetricName } from "./names.ts";

/**
 * Upper bounds of a histogram's buckets unless told otherwise, in seconds; client library guidelines.
 *
 * @example Finer at the low end
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { DEFAULT_BUCKETS } from "promslab";
 *
 * assertEquals([0.001, ...DEFAULT_BUCKETS].slice(0, 3), [0.001, 0.005, 0.01]);
 * ```
 */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The most series that one worker gives to a family unless told otherwise. */
export const DEFAULT_MAX_SERIES = 10_000;

/** What a definition may say; each metric class offers its part of it. */
export interface DefinitionOptions<LabelName extends string = string> {
  /** Name, the full one unless there is a namespace or subsystem; a counter's ends in `_total`. */
  readonly name: string;
  /** Put before the name, with `_` between them: usually the application's name. */
  readonly namespace?: string;
  /** Put between namespace and name. */
  readonly subsystem?: string;
  /** What the family measures, in a sentence. */
  readonly help: string;
  /** Base unit such as `seconds`; the name must end in it (for a counter, before `_total`). */
  readonly unit?: string;
  /** Names of the labels in which its series differ. */
  readonly labelNames?: readonly LabelName[];
  /** Labels that every series carries with the same value. */
  readonly constLabels?: Readonly<Record<string, LabelValue>>;
  /** How the workers' values of a gauge merge; `livesum` by default. */
  readonly mode?: MergeMode;
  /** Upper bounds of a histogram's buckets, ascending; +Inf is added. */
  readonly buckets?: readonly number[];
  /** The quantiles that a summary shows, ascending, each from 0 to 1. Default: none, only sum and count. */
  readonly quantiles?: readonly number[];
  /** How far a summary's quantile may be off, as a share of its value. */
  readonly relativeError?: number;
  /** Over how many seconds a summary's quantiles look back, at least 1; 0 for ever. Default 600. */
  readonly windowSeconds?: number;
  /** The states of a stateset. */
  readonly states?: readonly string[];
  /** Whether native buckets are kept, and how; `true` for the defaults. */
  readonly native?: NativeOptions | boolean;
  /** Whether exemplars are kept. */
  readonly exemplars?: boolean;
  /**
   * Whether each worker's series are exposed by themselves, told apart by the label `worker`, which holds the slot
   * number. Default false: the workers' values are merged. For gauges there are the modes `all` and `liveall`.
   */
  readonly perWorker?: boolean;
  /** The most series of one worker, at least 1; label sets beyond it share the overflow series. */
  readonly maxSeries?: number;
  /**
   * Seconds without a change of value after which a series is removed, as if by `remove()`; default never. Looked at
   * when the values are gathered. Not for metrics without labels.
   */
  readonly ttlSeconds?: number;
  /** Whether names may be any UTF-8, which Prometheus knows since 3.0. */
  readonly utf8Names?: boolean;
}

/**
 * Checks a definition.
 *
 * @param type the kind of family
 * @param options what its author wrote
 * @returns the complete descriptor, frozen
 * @throws {TypeError | RangeError} If anything in it is not as the Prometheus data model wants it
 */
export function defineDescriptor(type: MetricType, options: DefinitionOptions): Descriptor {
  if (options === null || typeof options !== "object") {
    throw new TypeError(
      `Cannot define ${type}: wanted an options object, given ${options === null ? "null" : typeof options}`,
    );
  }
  const { help, unit = "", labelNames = [], constLabels = {}, maxSeries = DEFAULT_MAX_SERIES } = options;
  const name = fullName(options);
  checkMetricName(name, options.utf8Names);
  const what = `Cannot define ${type} "${name}"`;
  if (typeof help !== "string" || help === "") {
    throw new TypeError(`${what}: wanted a help text, given ${help === "" ? "an empty one" : typeof help}`);
  }
  if (!Array.isArray(labelNames)) {
    throw new TypeError(`${what}: wanted labelNames as an array, given ${typeof labelNames}`);
  }
  if (typeof constLabels !== "object" || constLabels === null) {
    throw new TypeError(`${what}: wanted constLabels as an object, given ${givenText(constLabels)}`);
  }
  checkLabelNames([...labelNames, ...Object.keys(constLabels)], { name, type, utf8: options.utf8Names });
  checkSuffix(type, name);
  checkUnit(type, name, unit);
  if (!Number.isInteger(maxSeries) || maxSeries < 1) {
    throw new RangeError(`${what}: wanted maxSeries as a whole number from 1, given ${givenText(maxSeries)}`);
  }
  const mode = checkMode(options.mode, { type, what });
  const perWorker = checkPerWorker(options, { type, what });
  if (perWorker && (labelNames.includes("worker") || "worker" in constLabels)) {
    throw new RangeError(`${what}: the label "worker" is reserved, the option perWorker adds it`);
  }
  if (mode.endsWith("all") && (labelNames.includes("worker") || "worker" in constLabels)) {
    throw new RangeError(`${what}: the label "worker" is reserved, merge mode ${mode} adds it`);
  }
  const native = checkNative(options.native, { type, what });
  const { quantiles, relativeError, windowSeconds } = checkQuantiles(options, { type, what });
  return Object.freeze<Descriptor>({
    name,
    help,
    type,
    unit,
    labelNames: Object.freeze([...labelNames]),
    constLabels: Object.freeze(Object.fromEntries(
      Object.entries(constLabels).map(([key, value]) => [key, canonicalLabelValue(value, key)]),
    )),
    mode,
    buckets: Object.freeze(checkBuckets(type, what, options)),
    quantiles: Object.freeze(quantiles),
    relativeError,
    windowSeconds,
    states: Object.freeze(checkStates(options.states, { type, what })),
    ...(native && { native }),
    exemplars: checkExemplars(what, options),
    maxSeries,
    ...(perWorker && { perWorker }),
    ttlSeconds: checkTtl(what, options),
  });
}

/** Namespace, subsystem and name in one; a name that is no string is left for the check. */
function fullName({ namespace, subsystem, name }: DefinitionOptions): unknown {
  if (!namespace && !subsystem) return name;
  return typeof name === "string" ? [namespace, subsystem, name].filter(Boolean).join("_") : name;
}

function checkExemplars(what: string, options: DefinitionOptions): boolean {
  const exemplars = options.exemplars ?? false;
  if (typeof exemplars !== "boolean") {
    throw new TypeError(`${what}: wanted exemplars as true or false, given ${givenText(exemplars)}`);
  }
  return exemplars;
}

function checkPerWorker(
  { perWorker = false }: DefinitionOptions,
  { type, what }: { type: MetricType; what: string },
): boolean {
  if (typeof perWorker !== "boolean") {
    throw new TypeError(`${what}: wanted perWorker as true or false, given ${givenText(perWorker)}`);
  }
  if (perWorker && !["counter", "histogram", "gaugehistogram", "summary"].includes(type)) {
    throw new RangeError(
      `${what}: perWorker is for counters, histograms and summaries; use mode all or liveall`,
    );
  }
  return perWorker;
}

function checkTtl(what: string, { ttlSeconds = 0, labelNames = [] }: DefinitionOptions): number {
  if (typeof ttlSeconds !== "number" || !(ttlSeconds >= 0) || ttlSeconds === Infinity) {
    throw new RangeError(`${what}: wanted ttlSeconds as a number from 0, given ${givenText(ttlSeconds)}`);
  }
  if (ttlSeconds > 0 && labelNames.length === 0) {
    throw new RangeError(`${what}: it has no labels, so it is always exposed and cannot have ttlSeconds`);
  }
  return ttlSeconds;
}

function checkSuffix(type: MetricType, name: string): void {
  if (type === "counter" && !name.endsWith("_total")) {
    throw new RangeError(`Cannot define counter "${name}": wanted a name that ends in "_total"`);
  }
}

function checkUnit(type: MetricType, name: string, unit: string): void {
  if (typeof unit !== "string") {
    throw new TypeError(`Cannot define ${type} "${name}": wanted unit as text, given ${givenText(unit)}`);
  }
  if (unit === "") return;
  const base = type === "counter" ? name.slice(0, -"_total".length) : name;
  if (type === "info" || type === "stateset") {
    throw new RangeError(`Cannot define ${type} "${name}": it may not have a unit, given "${unit}"`);
  }
  if (!base.endsWith(`_${unit}`)) {
    throw new RangeError(`Cannot define ${type} "${name}": wanted a name that ends in its unit "${unit}"`);
  }
}

function checkBuckets(type: MetricType, what: string, options: DefinitionOptions): number[] {
  if (type !== "histogram" && type !== "gaugehistogram") return [];
  const given = options.buckets ?? (options.native ? [] : DEFAULT_BUCKETS);
  if (!Array.isArray(given)) {
    throw new TypeError(`${what}: wanted buckets as an array, given ${typeof given}`);
  }
  const bounds = given.at(-1) === Infinity ? given.slice(0, -1) : [...given];
  for (let i = 0; i < bounds.length; i++) {
    if (typeof bounds[i] !== "number" || !Number.isFinite(bounds[i])) {
      throw new RangeError(`${what}: wanted finite numbers as buckets, given ${givenText(bounds[i])}`);
    }
    if (i > 0 && bounds[i] <= bounds[i - 1]) {
      throw new RangeError(
        `${what}: wanted buckets in ascending order, given ${bounds[i]} after ${bounds[i - 1]}`,
      );
    }
  }
  if (bounds.length === 0 && !options.native) {
    throw new RangeError(`${what}: wanted at least one bucket, given none`);
  }
  return bounds;
}

/** The fields in which two definitions of one name must agree. */
const IDENTITY = [
  "type",
  "help",
  "unit",
  "labelNames",
  "constLabels",
  "mode",
  "buckets",
  "quantiles",
  "relativeError",
  "windowSeconds",
  "states",
  "native",
  "exemplars",
  "perWorker",
] as const satisfies readonly (keyof Descriptor)[];

/**
 * How two definitions of one name differ, in words, or `undefined` if they agree.
 *
 * @example
 * `type gauge against counter`
 */
export function descriptorDifference(a: Descriptor, b: Descriptor): string | undefined {
  for (const field of IDENTITY) {
    const left = JSON.stringify(a[field]);
    const right = JSON.stringify(b[field]);
    if (left !== right) return `${field} ${left} against ${right}`;
  }
  return undefined;
}

/**
 * The names that a family's samples have, for the check that two families never write one sample. They are those that
 * scrapers get that know no UTF-8 names: two families that are one to them would spoil their whole scrape.
 */
export function sampleNames(descriptor: Pick<Descriptor, "name" | "type">): readonly string[] {
  const { type } = descriptor;
  const name = underscoredMetricName(descriptor.name);
  switch (type) {
    case "counter":
      return [name, name.replace(/_total$/, "_created")];
    case "histogram":
      return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`, `${name}_created`];
    case "gaugehistogram":
      return [name, `${name}_bucket`, `${name}_gsum`, `${name}_gcount`];
    case "summary":
      return [name, `${name}_sum`, `${name}_count`, `${name}_created`];
    case "info":
      return [name, `${name}_info`];
    default:
      return [name];
  }
}

/**
 * The names that a family takes in a registry: those of its samples, and the one that OpenMetrics 1.0 has for the whole
 * family, a counter's without `_total` and an info's without `_info`. Parsers refuse a scrape with two families of one name.
 */
export function takenNames(descriptor: Pick<Descriptor, "name" | "type">): readonly string[] {
  const { type } = descriptor;
  const names = sampleNames(descriptor);
  if (type !== "counter" && type !== "info") return names;
  return [...names, names[0].replace(type === "counter" ? /_total$/ : /_info$/, "")];
}
