/**
 * OpenTelemetry: its JavaScript SDK with the Prometheus exporter's serializer, and what Deno has built in.
 *
 * @module
 */
import type { Meter, Recorded } from "../micro/opentelemetry_works.ts";
import { BUCKETS } from "../micro/works.ts";
import { packageVersion } from "./package_version.ts";
import type { Labels, Library, MetricOptions } from "./prom_client_api.ts";

/** The SDK's name in reports. */
export const OPENTELEMETRY = "@opentelemetry/sdk-metrics";

interface DataPoint {
  readonly value: number | { readonly count: number };
}
interface Collection {
  readonly resourceMetrics: {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly descriptor: { readonly name: string };
        readonly dataPoints: DataPoint[];
      }[];
    }[];
  };
}
interface Reader {
  collect(): Promise<Collection>;
}
interface View {
  readonly instrumentName: string;
  readonly aggregationCardinalityLimit: number;
}
interface MeterProvider {
  getMeter(name: string): Meter;
}

/** A meter, what it has recorded, and its exposition where there is one. */
export interface OpenTelemetry {
  readonly version: string;
  readonly meter: Meter;
  readonly recorded?: Recorded;
  scrape?(): Promise<string>;
}

/** The JavaScript SDK. */
export async function loadOpenTelemetry(): Promise<OpenTelemetry> {
  const [sdkName, exporterName] = [
    "@opentelemetry/sdk-metrics",
    "@opentelemetry/exporter-prometheus",
  ];
  const sdk: {
    MeterProvider: new (
      options: { readers: Reader[]; views: View[] },
    ) => MeterProvider;
  } = await import(sdkName);
  const exporter: {
    PrometheusExporter: new (
      options: { preventServerStart: boolean },
    ) => Reader;
    PrometheusSerializer: new () => {
      serialize(metrics: Collection["resourceMetrics"]): string;
    };
  } = await import(exporterName);
  const reader = new exporter.PrometheusExporter({ preventServerStart: true });
  const provider = new sdk.MeterProvider({
    readers: [reader],
    // Without this, all but the first 2000 series of an instrument would be counted as one.
    views: [{ instrumentName: "*", aggregationCardinalityLimit: 10_000_000 }],
  });
  const serializer = new exporter.PrometheusSerializer();
  return {
    version: packageVersion(sdkName),
    meter: provider.getMeter("bench"),
    recorded: async (name) => countOf(await reader.collect(), name),
    scrape: async () => serializer.serialize((await reader.collect()).resourceMetrics),
  };
}

function countOf({ resourceMetrics }: Collection, name: string): number {
  let count = 0;
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      if (descriptor.name !== name) continue;
      for (const { value } of dataPoints) {
        count += typeof value === "number" ? value : value.count;
      }
    }
  }
  return count;
}

/** The JavaScript SDK behind prom-client's interface, as far as scrapes are measured. */
export async function loadOpenTelemetryLibrary(): Promise<Library> {
  const { version, meter, scrape } = await loadOpenTelemetry();
  const series = <T>(
    { labelNames }: MetricOptions,
    bind: (attributes: Labels) => T,
  ) => ({
    labels: (...values: string[]) =>
      bind(
        Object.fromEntries(
          labelNames.map((name, index) => [name, values[index]]),
        ),
      ),
  });
  const refuse = () => {
    throw new Error(
      "Cannot do this through OpenTelemetry: only bound series are adapted",
    );
  };
  return {
    name: OPENTELEMETRY,
    version,
    counter(options) {
      const counter = meter.createCounter(options.name);
      const bind = (attributes: Labels) => ({
        inc: (value = 1) => counter.add(value, attributes),
      });
      return { inc: refuse, ...series(options, bind) };
    },
    gauge: refuse,
    histogram(options) {
      const histogram = meter.createHistogram(options.name, {
        advice: { explicitBucketBoundaries: options.buckets ?? [...BUCKETS] },
      });
      const bind = (attributes: Labels) => ({
        observe: (value: number) => histogram.record(value, attributes),
        startTimer: refuse,
      });
      return { observe: refuse, ...series(options, bind) };
    },
    scrape: scrape ?? refuse,
  };
}

/**
 * What Deno has built in. It must run with `OTEL_DENO=true`, and tells nobody what it has recorded but the
 * collector that it exports to.
 */
export async function loadDenoTelemetry(): Promise<OpenTelemetry> {
  const name = "@opentelemetry/api";
  const api: { metrics: { getMeter(name: string): Meter } } = await import(
    name
  );
  return { version: Deno.version.deno, meter: api.metrics.getMeter("bench") };
}
