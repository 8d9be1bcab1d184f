/**
 * Load reports for balancers that ask for them (ORCA): one header with what the engines are at.
 *
 * @module
 */
import type { EngineLoad } from "../client/engine_client.ts";

/** The header of a request that asks for a report, and its values. */
export const LOAD_FORMAT_HEADER = "endpoint-load-metrics-format";
/** The header of the report. */
export const LOAD_HEADER = "endpoint-load-metrics";

/** The report in the format that was asked for, or undefined if that is none that exists. */
export function loadReport(format: string, loads: readonly EngineLoad[]): string | undefined {
  const total = (pick: (load: EngineLoad) => number) => loads.reduce((sum, load) => sum + pick(load), 0);
  const metrics = {
    kv_cache_usage_perc: loads.length === 0 ? 0 : total(({ kvUsage }) => kvUsage) / loads.length,
    num_requests_running: total(({ running }) => running),
    num_requests_waiting: total(({ waiting }) => waiting),
  };
  switch (format.toUpperCase()) {
    case "JSON":
      return `JSON ${JSON.stringify({ named_metrics: metrics })}`;
    case "TEXT":
      return `TEXT ${
        Object.entries(metrics).map(([name, value]) => `named_metrics.${name}=${value}`).join(", ")
      }`;
    default:
      return undefined;
  }
}
