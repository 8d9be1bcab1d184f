/**
 * The works, done through OpenTelemetry's metrics interface. It has no bound series; a counter takes its
 * attributes with every call.
 *
 * @module
 */
import { BUCKETS, labelValues, METHODS, ROUTES, SECONDS, STATUSES, type Work } from "./works.ts";

/** What is used of OpenTelemetry's `Meter`. */
export interface Meter {
  createCounter(
    name: string,
  ): { add(value: number, attributes?: Record<string, string>): void };
  createGauge(
    name: string,
  ): { record(value: number, attributes?: Record<string, string>): void };
  createHistogram(
    name: string,
    options: { advice: { explicitBucketBoundaries: number[] } },
  ): { record(value: number, attributes?: Record<string, string>): void };
}

/** How often the instrument of a name has been used, if the SDK can tell. */
export type Recorded = (name: string) => Promise<number>;

const OPTIONS = { advice: { explicitBucketBoundaries: [...BUCKETS] } };

/** All works that OpenTelemetry offers. Attribute objects of the `bound` works are made once. */
export function openTelemetryWorks(
  meter: Meter,
  recorded?: Recorded,
): Record<string, Work> {
  const attributes = Array.from({ length: 64 }, (_, series) => {
    const [method, route, status] = labelValues(series);
    return { method, route, status };
  });
  const many = <T>(make: (index: number) => T) => Array.from({ length: 64 }, (_, index) => make(index));
  const told = (name: string) => recorded === undefined ? {} : { recorded: () => recorded(name) };
  const plainCounters = many((index) => meter.createCounter(`counter_plain_${index}`));
  const plainGauges = many((index) => meter.createGauge(`gauge_plain_${index}`));
  const fractionGauges = many((index) => meter.createGauge(`gauge_fraction_${index}`));
  const plainHistograms = many((index) => meter.createHistogram(`histogram_plain_${index}`, OPTIONS));
  const counter = meter.createCounter("counter_object");
  const histogram = meter.createHistogram("histogram_object", OPTIONS);
  const gauge = meter.createGauge("gauge_object");
  return {
    counter_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          plainCounters[step & 63].add(1);
        }
      },
    },
    counter_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          counter.add(1, { method, route, status: STATUSES[(step >> 5) & 1] });
        }
      },
      ...told("counter_object"),
    },
    gauge_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          plainGauges[step & 63].record(step);
        }
      },
    },
    gauge_float_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          fractionGauges[step & 63].record(SECONDS[step & 255]);
        }
      },
    },
    gauge_bound_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          gauge.record(step, attributes[step & 63]);
        }
      },
    },
    histogram_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          plainHistograms[step & 63].record(SECONDS[step & 255]);
        }
      },
    },
    histogram_object_64: {
      run(times) {
        for (let step = 0; step < times; step++) {
          const method = METHODS[step & 3];
          const route = ROUTES[(step >> 2) & 7];
          histogram.record(SECONDS[step & 255], {
            method,
            route,
            status: STATUSES[(step >> 5) & 1],
          });
        }
      },
      ...told("histogram_object"),
    },
  };
}
