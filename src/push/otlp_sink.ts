/**
 * Families as the metrics of one OTLP request.
 *
 * @module
 */
// CONTROL PLANE
import type { Descriptor } from "../model/descriptor.ts";
import type { FamilySamples, SampleSink } from "../model/samples.ts";
import { attributesOf, nanos, PointMaker } from "./otlp_points.ts";
import { CUMULATIVE, type OtlpMetric, type OtlpRequest } from "./otlp_types.ts";

/** Units in the words of UCUM, which OTLP speaks. */
const UNITS: Readonly<Record<string, string>> = {
  seconds: "s",
  milliseconds: "ms",
  bytes: "By",
  ratio: "1",
  percent: "%",
  celsius: "Cel",
  meters: "m",
  volts: "V",
  amperes: "A",
  joules: "J",
  grams: "g",
};

/**
 * Takes one gathering. Names stay as they are; info and stateset become sums that are not monotonic, unknown becomes
 * gauge. OTLP has nothing for a gauge histogram, which is left out.
 */
export class OtlpSink implements SampleSink {
  readonly #metrics: OtlpMetric[] = [];
  readonly #timeUnixNano: string;

  /** @param timeSeconds when the values are read, in seconds since the Unix epoch */
  constructor(timeSeconds: number) {
    this.#timeUnixNano = nanos(timeSeconds);
  }

  samples(samples: FamilySamples): void {
    const { descriptor, block, natives } = samples;
    if (descriptor.type === "gaugehistogram") return;
    if (samples.first) this.#metrics.push(emptyMetric(descriptor, natives !== undefined));
    const metric = this.#metrics[this.#metrics.length - 1];
    for (let series = 0; series < block.series.length; series++) {
      const maker = new PointMaker(samples, { series, timeUnixNano: this.#timeUnixNano });
      if (descriptor.type === "stateset") metric.sum!.dataPoints.push(...maker.states());
      metric.histogram?.dataPoints.push(maker.histogram());
      metric.summary?.dataPoints.push(maker.summary());
      metric.gauge?.dataPoints.push(maker.number("gauge"));
      if (natives !== undefined) {
        metric.exponentialHistogram?.dataPoints.push(maker.exponential(natives[series]));
      }
      if (descriptor.type !== "stateset") metric.sum?.dataPoints.push(maker.number("sum"));
    }
  }

  /** The request with all families that have series. */
  finish(resource: Readonly<Record<string, string>>): OtlpRequest {
    const metrics = this.#metrics.filter(({ gauge, sum, histogram, exponentialHistogram, summary }) =>
      (gauge ?? sum ?? histogram ?? exponentialHistogram ?? summary)!.dataPoints.length > 0
    );
    return {
      resourceMetrics: [{
        resource: { attributes: attributesOf(Object.entries(resource)) },
        scopeMetrics: [{ scope: { name: "promslab" }, metrics }],
      }],
    };
  }
}

function emptyMetric({ name, help, unit, type }: Descriptor, isNative: boolean): OtlpMetric {
  const base = { name, description: help, unit: UNITS[unit] ?? unit };
  const aggregationTemporality = CUMULATIVE;
  switch (type) {
    case "counter":
      return { ...base, sum: { dataPoints: [], aggregationTemporality, isMonotonic: true } };
    case "info":
    case "stateset":
      return { ...base, sum: { dataPoints: [], aggregationTemporality, isMonotonic: false } };
    case "histogram":
      return isNative
        ? { ...base, exponentialHistogram: { dataPoints: [], aggregationTemporality } }
        : { ...base, histogram: { dataPoints: [], aggregationTemporality } };
    case "summary":
      return { ...base, summary: { dataPoints: [] } };
    default:
      return { ...base, gauge: { dataPoints: [] } };
  }
}
