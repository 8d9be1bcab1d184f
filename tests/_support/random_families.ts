/**
 * Random families of samples, for property tests of formats.
 *
 * @module
 */
import fc from "fast-check";
import type { Descriptor } from "../../src/model/descriptor.ts";
import { METRIC_TYPES, type MetricType, reservedLabelName } from "../../src/model/metric_type.ts";
import {
  type Exemplar,
  type FamilySamples,
  type NativeHistogram,
  type SeriesBlock,
  strideOf,
} from "../../src/model/samples.ts";
import { descriptorOf } from "./sample_blocks.ts";

/** What random families may have. */
export interface RandomFamilyOptions {
  /** Whether names may need quotes. Default false. */
  readonly utf8Names?: boolean;
  /** Whether histograms may have native buckets. Default false. */
  readonly natives?: boolean;
  /** How long a constant label is that every series carries, to make blocks large. Default 0: there is none. */
  readonly paddingBytes?: number;
}

/** A family whose samples can be made again and again, with the same blocks. */
export interface RandomFamily {
  readonly descriptor: Descriptor;
  readonly blocks: readonly SeriesBlock[];
}

/** Strings that break naive escaping, and any others. */
export const labelValues: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(
      "\\",
      '"',
      "\n",
      "\r",
      "\t",
      "{",
      "}",
      ",",
      "=",
      " ",
      "#",
      "\0",
      "\ufeff",
      "ü",
      "🦕",
    ),
    maxLength: 8,
  }),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** Numbers of all kinds, the ones with their own ways through the writer above all. */
export const numbers: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.nat({ max: 2_000_000 }),
  fc.maxSafeInteger(),
  fc.tuple(fc.maxSafeNat(), fc.nat({ max: 12 })).map(([digits, decimals]) => digits / 10 ** decimals),
  fc.constantFrom(
    0,
    -0,
    1,
    NaN,
    Infinity,
    -Infinity,
    1e6,
    999_999,
    1e-4,
    1e21,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
  ),
);

const legacyNames = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const anyNames = fc.oneof(legacyNames, fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }));

/** Suffixes that would make a random name clash with the samples of another family. */
const TAKEN_SUFFIX = /_(?:total|created|count|sum|bucket|info|gsum|gcount)$/;

/** Families with different names, sorted by name, each with one to three blocks. */
export function randomFamilies(options: RandomFamilyOptions = {}): fc.Arbitrary<RandomFamily[]> {
  return fc.uniqueArray(randomFamily(options), {
    minLength: 1,
    maxLength: 5,
    selector: ({ descriptor }) => descriptor.name.replace(/_(?:total|info)$/, ""),
  }).map((families) => families.sort((a, b) => a.descriptor.name < b.descriptor.name ? -1 : 1));
}

function randomFamily(options: RandomFamilyOptions): fc.Arbitrary<RandomFamily> {
  const names = options.utf8Names ? anyNames : legacyNames;
  return fc.record({
    name: names.filter((name) => !TAKEN_SUFFIX.test(name)),
    type: fc.constantFrom(...METRIC_TYPES),
    help: fc.string({ unit: "grapheme", maxLength: 20 }),
    labelNames: fc.uniqueArray(names, { maxLength: 4 }),
    constantCount: fc.nat({ max: 1 }),
    constantValue: labelValues,
    buckets: fc.uniqueArray(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.nat({ max: 100 })),
      { maxLength: 4 },
    ),
    quantiles: fc.uniqueArray(fc.constantFrom(0, 0.5, 0.9, 0.99, 1), { maxLength: 3 }),
    states: fc.uniqueArray(labelValues, { minLength: 1, maxLength: 3 }),
    isNative: options.natives ? fc.boolean() : fc.constant(false),
    exemplars: fc.boolean(),
  }).chain((parts) => {
    const reserved = [reservedLabelName(parts.type), parts.name, "worker", "padding"];
    const allNames = parts.labelNames.filter((name) => !reserved.includes(name) && !name.startsWith("__"));
    const labelNames = allNames.slice(parts.constantCount);
    const isHistogram = parts.type === "histogram" || parts.type === "gaugehistogram";
    const descriptor = descriptorOf({
      name: fullName(parts.name, parts.type),
      type: parts.type,
      help: parts.help,
      labelNames,
      constLabels: {
        ...Object.fromEntries(
          allNames.slice(0, parts.constantCount).map((name) => [name, parts.constantValue]),
        ),
        ...(options.paddingBytes ? { padding: "p".repeat(options.paddingBytes) } : {}),
      },
      buckets: isHistogram ? parts.buckets.map((bound) => bound + 0).sort((a, b) => a - b) : [],
      quantiles: parts.type === "summary" ? parts.quantiles.sort((a, b) => a - b) : [],
      states: parts.type === "stateset" ? parts.states : [],
      exemplars: parts.exemplars,
      native: isHistogram && parts.isNative
        ? { schema: 3, zeroThreshold: 0, maxBuckets: 160, maxZeroThreshold: 0, minResetSeconds: 0 }
        : undefined,
    });
    return randomBlocks(labelNames).map((blocks) => ({ descriptor, blocks }));
  });
}

function fullName(name: string, type: MetricType): string {
  return type === "counter" ? `${name}_total` : type === "info" ? `${name}_info` : name;
}

function randomBlocks(labelNames: readonly string[]): fc.Arbitrary<SeriesBlock[]> {
  if (labelNames.length === 0) return fc.constant([{ labelNames, series: [[]] }]);
  const sets = fc.array(labelValues, { minLength: labelNames.length, maxLength: labelNames.length });
  return fc.uniqueArray(sets, { maxLength: 9, selector: (set) => JSON.stringify(set) })
    .map((series) => {
      const blocks: SeriesBlock[] = [];
      for (let i = 0; i === 0 || i < series.length; i += 3) {
        blocks.push({ labelNames, series: series.slice(i, i + 3) });
      }
      return blocks;
    });
}

/** Values of an exemplar's labels, without the brace at which Python's parser takes the labels for closed. */
const exemplarValues = fc.string({ unit: "grapheme", maxLength: 10 }).map((text) => text.replaceAll("}", ""));

const exemplars: fc.Arbitrary<Exemplar> = fc.record({
  labels: fc.dictionary(legacyNames, exemplarValues, { maxKeys: 3 }),
  value: fc.double({ noNaN: true, noDefaultInfinity: true }),
  timestamp: fc.integer({ min: 1, max: 2_000_000_000_000 }).map((ms) => ms / 1000),
});

const natives: fc.Arbitrary<NativeHistogram> = fc.record({
  schema: fc.integer({ min: -4, max: 8 }),
  zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001),
  zeroCount: fc.nat({ max: 5 }),
  positive: fc.dictionary(fc.integer({ min: -50, max: 50 }).map(String), fc.integer({ min: 1, max: 1e9 })),
  negative: fc.dictionary(fc.integer({ min: -50, max: 50 }).map(String), fc.integer({ min: 1, max: 1e9 })),
  sum: numbers.map((value) => Number.isNaN(value) ? 0 : Math.abs(value)),
  exemplars: fc.array(exemplars, { maxLength: 2 }),
}).map(({ positive, negative, ...rest }) => {
  const keysOf = (counts: Record<string, number>) => Int32Array.from(Object.keys(counts).map(Number)).sort();
  const positiveKeys = keysOf(positive);
  const negativeKeys = keysOf(negative);
  const positiveCounts = Float64Array.from(positiveKeys, (key) => positive[key]);
  const negativeCounts = Float64Array.from(negativeKeys, (key) => negative[key]);
  const count = [...positiveCounts, ...negativeCounts].reduce((sum, n) => sum + n, rest.zeroCount);
  return { ...rest, positiveKeys, positiveCounts, negativeKeys, negativeCounts, count };
});

/** One scrape of families: samples block by block. */
export function randomScrape(families: readonly RandomFamily[]): fc.Arbitrary<FamilySamples[]> {
  const blocks = families.flatMap((family) =>
    family.blocks.map((block, i) =>
      blockSamples(family, { block, isFirst: i === 0, isLast: i === family.blocks.length - 1 })
    )
  );
  return fc.tuple(...blocks);
}

function blockSamples(
  { descriptor }: RandomFamily,
  place: { block: SeriesBlock; isFirst: boolean; isLast: boolean },
): fc.Arbitrary<FamilySamples> {
  const stride = strideOf(descriptor);
  const seriesCount = place.block.series.length;
  const { native, type } = descriptor;
  const hasExemplars = descriptor.exemplars && (type === "counter" || type === "histogram");
  const columns = type === "histogram" ? stride - 1 : 1;
  return fc.record({
    series: fc.array(valuesOf(descriptor), { minLength: seriesCount, maxLength: seriesCount }),
    created: fc.option(
      fc.array(fc.constantFrom(0, 5, 1520430000.123), { minLength: seriesCount, maxLength: seriesCount }),
      { nil: undefined },
    ),
    exemplars: hasExemplars
      ? fc.array(
        fc.tuple(fc.nat({ max: Math.max(seriesCount - 1, 0) }), fc.nat({ max: columns - 1 }), exemplars),
        { maxLength: seriesCount },
      )
      : fc.constant(undefined),
    natives: native === undefined
      ? fc.constant(undefined)
      : fc.array(natives, { minLength: seriesCount, maxLength: seriesCount }),
  }).map(({ series, created, exemplars, natives }) => {
    const values = Float64Array.from(series.flat());
    natives?.forEach((native, i) => {
      for (let column = 0; column < stride - 1; column++) {
        const index = i * stride + column;
        values[index] = column === stride - 2 ? native.count : Math.min(values[index], native.count);
      }
      values[i * stride + stride - 1] = native.sum;
    });
    return {
      descriptor,
      block: place.block,
      first: place.isFirst,
      last: place.isLast,
      stride,
      values,
      created: created && Float64Array.from(created),
      exemplars: exemplars &&
        new Map(exemplars.map(([i, column, exemplar]) => [i * stride + column, exemplar])),
      natives,
    };
  });
}

/** The values of one series. */
function valuesOf({ type, buckets, quantiles, states }: Descriptor): fc.Arbitrary<number[]> {
  const counts = fc.maxSafeNat();
  const notNegative = numbers.map((value) => Number.isNaN(value) ? 0 : Math.abs(value));
  switch (type) {
    case "counter":
      return notNegative.map((value) => [value]);
    case "info":
      return fc.constant([1]);
    case "stateset":
      return fc.array(fc.constantFrom(0, 1), { minLength: states.length, maxLength: states.length });
    case "histogram":
    case "gaugehistogram":
      return fc.tuple(
        fc.array(counts, { minLength: buckets.length + 1, maxLength: buckets.length + 1 }),
        notNegative,
      )
        .map(([cumulative, sum]) => [...cumulative.sort((a, b) => a - b), sum]);
    case "summary":
      return fc.tuple(
        fc.array(fc.oneof(notNegative, fc.constant(NaN)), {
          minLength: quantiles.length,
          maxLength: quantiles.length,
        }),
        notNegative,
        counts,
      ).map(([values, sum, count]) => [...values, sum, count]);
    default:
      return numbers.map((value) => [value]);
  }
}
