/**
 * Which samples a scrape must show, worked out from the columns without any format's code.
 *
 * @module
 */
import type { Exemplar, FamilySamples } from "../../src/model/samples.ts";

/** One sample as a parser should find it. */
export interface ExpectedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: Exemplar;
}

/** How the formats that have lines differ in what they show. */
export interface ExpectedStyle {
  /** The suffixes of a gauge histogram's sum and count. */
  readonly gaugeSuffixes: readonly [sum: string, count: string];
  /** Shows a bound or quantile. */
  readonly bound: (value: number) => string;
  readonly hasExemplars: boolean;
}

/** What the text format shows. */
export const TEXT_STYLE: ExpectedStyle = {
  gaugeSuffixes: ["_sum", "_count"],
  bound: goFloat,
  hasExemplars: false,
};

/** What OpenMetrics 1.0 shows. */
export const OPENMETRICS_STYLE: ExpectedStyle = {
  gaugeSuffixes: ["_gsum", "_gcount"],
  bound: (value) => /[.eN]|Inf/.test(goFloat(value)) ? goFloat(value) : `${goFloat(value)}.0`,
  hasExemplars: true,
};

/** Go's `strconv.FormatFloat(v, 'g', -1, 64)`, worked out from the digits that `toExponential()` gives. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return "0";
  const [, sign, first, rest = "", exponentText] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(
    value.toExponential(),
  )!;
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    const two = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${first}${rest === "" ? "" : `.${rest}`}e${exponent < 0 ? "-" : "+"}${two}`;
  }
  const digits = first + rest;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The samples of a scrape, in the order of the lines. */
export function expectedSamples(scrape: readonly FamilySamples[], style: ExpectedStyle): ExpectedSample[] {
  return scrape.flatMap((samples) =>
    samples.block.series.flatMap((_, series) => seriesSamples(samples, { series, style }))
  );
}

/** The labels of one series, constant ones among them. */
export function labelsOf({ descriptor, block }: FamilySamples, series: number): Record<string, string> {
  const own = block.labelNames.map((name, i) => [name, block.series[series][i]]);
  return { ...descriptor.constLabels, ...Object.fromEntries(own) };
}

function seriesSamples(
  samples: FamilySamples,
  { series, style }: { series: number; style: ExpectedStyle },
): ExpectedSample[] {
  const { descriptor: { name, type, buckets, quantiles, states }, stride, values, exemplars } = samples;
  const base = series * stride;
  const labels = labelsOf(samples, series);
  const at = (column: number) => values[base + column];
  const exemplar = (column: number) => style.hasExemplars ? exemplars?.get(base + column) : undefined;
  switch (type) {
    case "counter":
      return [{ name, labels, value: at(0), exemplar: exemplar(0) }];
    case "stateset":
      return states.map((state, i) => ({ name, labels: { ...labels, [name]: state }, value: at(i) }));
    case "summary":
      return [
        ...quantiles.map((quantile, i) => ({
          name,
          labels: { ...labels, quantile: style.bound(quantile) },
          value: at(i),
        })),
        { name: `${name}_sum`, labels, value: at(quantiles.length) },
        { name: `${name}_count`, labels, value: at(quantiles.length + 1) },
      ];
    case "histogram":
    case "gaugehistogram": {
      const [sum, count] = type === "histogram" ? ["_sum", "_count"] : style.gaugeSuffixes;
      return [
        ...[...buckets, Infinity].map((bound, i) => ({
          name: `${name}_bucket`,
          labels: { ...labels, le: style.bound(bound) },
          value: at(i),
          exemplar: exemplar(i),
        })),
        { name: `${name}${sum}`, labels, value: at(buckets.length + 1) },
        { name: `${name}${count}`, labels, value: at(buckets.length) },
      ];
    }
    default:
      return [{ name, labels, value: at(0) }];
  }
}
