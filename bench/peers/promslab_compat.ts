/**
 * promslab by prom-client's interface, as programs use it that changed their import line.
 *
 * @module
 */
import client from "../../src/compat/mod.ts";
import type { CounterApi, GaugeApi, Library, ObserverApi } from "./prom_client_api.ts";

/** The name that reports show. */
export const PROMSLAB_COMPAT = "promslab/compat";

/**
 * Makes the adapter. Its metrics join a registry of their own, or, as those of most programs, the global one, which
 * other threads can read.
 */
export function loadPromslabCompat({ global = false }: { readonly global?: boolean } = {}): Library {
  const registry = global ? client.register : new client.Registry();
  const registers = [registry];
  return {
    name: PROMSLAB_COMPAT,
    version: "this commit",
    counter: (options) => new client.Counter({ ...options, registers }) as CounterApi,
    gauge: (options) => new client.Gauge({ ...options, registers }) as GaugeApi,
    histogram: (options) => new client.Histogram({ ...options, registers }) as ObserverApi,
    summary: (options) => new client.Summary({ ...options, registers }) as ObserverApi,
    scrape: () => registry.metrics(),
  };
}
