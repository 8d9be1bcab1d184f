/**
 * prom-client 15, its official successor `@prometheus-io/client`, and the fork `@platformatic/prom-client`.
 *
 * @module
 */
import { packageVersion } from "./package_version.ts";
import type { CounterApi, GaugeApi, Library, MetricOptions, ObserverApi } from "./prom_client_api.ts";

/** The packages that share prom-client's interface. */
export const PROM_CLIENT_PACKAGES = [
  "prom-client",
  "@prometheus-io/client",
  "@platformatic/prom-client",
] as const;

interface Registry {
  metrics(): Promise<string>;
}
type Options = MetricOptions & { registers: Registry[] };

/** What such a package exports, as far as it is used here. */
export interface PromClientModule {
  readonly Registry: new () => Registry;
  readonly Counter: new (options: Options) => CounterApi;
  readonly Gauge: new (options: Options) => GaugeApi;
  readonly Histogram: new (options: Options) => ObserverApi;
  readonly Summary: new (options: Options) => ObserverApi;
  readonly AggregatorRegistry: AggregatingClass<{ clusterMetrics(): Promise<string> }>;
  /** Only `@prometheus-io/client` has it. */
  readonly WorkerRegistry: AggregatingClass<{ workerMetrics(): Promise<string> }>;
}

/** A registry that asks those of the workers. */
type AggregatingClass<T> = (new () => T) & { setRegistries(registries: Registry[]): void };

/**
 * Loads one of {@linkcode PROM_CLIENT_PACKAGES}. In a worker, `aggregating` names the class whose instance in the
 * leading thread asks this registry for its values.
 */
export async function loadPromClient(
  name: string,
  aggregating?: (module: PromClientModule) => AggregatingClass<unknown>,
): Promise<Library> {
  // The name is a variable so that checking the types of the benches needs no package.
  const module: PromClientModule = await import(name);
  const registry = new module.Registry();
  const registers = [registry];
  if (aggregating !== undefined) {
    const Aggregating = aggregating(module);
    Aggregating.setRegistries(registers);
    // Only an instance makes the worker listen.
    new Aggregating();
  }
  return {
    name,
    version: packageVersion(name),
    counter: (options) => new module.Counter({ ...options, registers }),
    gauge: (options) => new module.Gauge({ ...options, registers }),
    histogram: (options) => new module.Histogram({ ...options, registers }),
    summary: (options) => new module.Summary({ ...options, registers }),
    scrape: () => registry.metrics(),
  };
}
