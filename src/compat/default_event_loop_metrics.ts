/**
 * Default metrics of this thread's event loop.
 *
 * @module
 */
// CONTROL PLANE
import { EVENT_LOOP_FAMILIES } from "../families/process.ts";
import {
  type EventLoopDelays,
  measureImmediate,
  watchEventLoopDelay,
  watchUtilization,
} from "../host/event_loop_probe.ts";
import type { DefaultMetricsScope } from "./default_metrics_config.ts";
import { Gauge } from "./gauge.ts";
import { Histogram } from "./histogram.ts";
import { Summary } from "./summary.ts";
import type { Aggregator } from "./types.ts";

const DELAYS: readonly (readonly [keyof EventLoopDelays, Aggregator])[] = [
  ["min", "min"],
  ["max", "max"],
  ["mean", "average"],
  ["stddev", "average"],
  ["p50", "average"],
  ["p90", "average"],
  ["p99", "average"],
];

/** Delays since the last scrape. */
export function defineEventLoopLag({ name, common, config, labels }: DefaultMetricsScope): void {
  const delays = watchEventLoopDelay(config.eventLoopMonitoringPrecision ?? 10);
  const lag = new Gauge<string>({
    name: name(EVENT_LOOP_FAMILIES.last.name),
    help: EVENT_LOOP_FAMILIES.last.help,
    ...common,
    aggregator: "average",
    collect() {
      measureImmediate((seconds) => lag.set(labels, seconds));
      const since = delays?.();
      for (const { what, gauge } of gauges) if (since !== undefined) gauge.set(labels, since[what]);
    },
  });
  const gauges = DELAYS.map(([what, aggregator]) => ({
    what,
    gauge: new Gauge<string>({
      name: name(EVENT_LOOP_FAMILIES[what].name),
      help: EVENT_LOOP_FAMILIES[what].help,
      ...common,
      aggregator,
    }),
  }));
}

const UTILIZATION_HELP =
  "Ratio of time the event loop is not idling in the event provider to the total time the event loop is running.";
const UTILIZATION_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1];
const UTILIZATION_PERCENTILES = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

/** Which part of the time the event loop was not idle. */
export function defineUtilization({ name, common, config }: DefaultMetricsScope): void {
  const summary = new Summary<string>({
    name: name("nodejs_eventloop_utilization_summary"),
    help: UTILIZATION_HELP,
    ...common,
    maxAgeSeconds: config.eventLoopUtilizationMaxAgeSeconds ?? 60,
    ageBuckets: config.eventLoopUtilizationAgeBuckets ?? 5,
    percentiles: config.eventLoopUtilizationPercentiles ?? UTILIZATION_PERCENTILES,
  });
  const histogram = new Histogram<string>({
    name: name("nodejs_eventloop_utilization_histogram"),
    help: UTILIZATION_HELP,
    ...common,
    buckets: config.eventLoopUtilizationBuckets ?? UTILIZATION_BUCKETS,
  });
  watchUtilization(config.eventLoopUtilizationTimeout ?? 100, (utilization, intervals) => {
    for (let i = 0; i < intervals; i++) {
      summary.observe(utilization);
      histogram.observe(utilization);
    }
  });
}
