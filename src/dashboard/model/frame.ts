/**
 * What happened between two looks, as the charts need it.
 *
 * @module
 */
import { kvUsageByEngine } from "./engine_rows.ts";
import { type HttpNames, httpNamesOf, LLM, OWN } from "./names.ts";
import { bucketGrowth, type Change, rateOf, ratesBy } from "./sample_changes.ts";
import type { SampleTable } from "./sample_table.ts";

/** The classes of status codes, in the order of the legend. */
export const STATUS_CLASSES = ["2xx", "3xx", "4xx", "5xx"] as const;

/** A class of status codes. */
export type StatusClass = typeof STATUS_CLASSES[number];

/** The histograms of which quantiles are drawn. */
export const LATENCIES = ["request", "firstToken", "interToken", "lag"] as const;

/** One of the histograms of which quantiles are drawn. */
export type Latency = typeof LATENCIES[number];

/** Between two looks. Rates are by the second; what is not known is NaN. */
export interface Frame {
  /** When the second look was, in seconds since the Unix epoch. */
  readonly atSeconds: number;
  /** The time between the looks; NaN before the first. */
  readonly seconds: number;
  readonly requests: number;
  readonly byStatus: Readonly<Record<StatusClass, number>>;
  readonly inFlight: number;
  /** Processor cores in use. */
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  readonly running: number;
  readonly waiting: number;
  /** From 0 to 1, by the engines' keys. */
  readonly kvUsage: ReadonlyMap<string, number>;
  /** Observations in each bucket, not cumulative; empty where there are none to know of. */
  readonly buckets: Readonly<Record<Latency, readonly number[]>>;
}

/** The bounds of the histograms' buckets, which never change while a server runs; empty if there is no histogram. */
export type LatencyBounds = Readonly<Record<Latency, readonly number[]>>;

/** Makes a frame of two looks. */
export function takeFrame(change: Change, atSeconds: number): Frame {
  const { after } = change;
  const http = httpNamesOf(after);
  const rate = (name: string) => rateOf(change, name);
  return {
    atSeconds,
    seconds: change.seconds,
    requests: rate(http.requests),
    byStatus: statusRates(change, http),
    inFlight: after.total(http.inFlight),
    cpuCores: rate(OWN.cpu),
    memoryBytes: after.total(OWN.memory),
    promptTokens: rate(LLM.promptTokens),
    generationTokens: rate(LLM.generationTokens),
    running: after.total(LLM.running),
    waiting: after.total(LLM.waiting),
    kvUsage: kvUsageByEngine(after),
    buckets: mapLatencies(after, (name) => bucketGrowth(change, name)),
  };
}

/** The bounds of the histograms in a look. */
export function boundsOf(table: SampleTable): LatencyBounds {
  return mapLatencies(table, (name) => table.histogram(name)?.bounds ?? []);
}

/** The class of a status code, or of what stands for one; undefined for what is none. */
export function statusClass(status: string): StatusClass | undefined {
  return STATUS_CLASSES.find((known) => known[0] === status[0]);
}

function statusRates(change: Change, { requests, labels }: HttpNames): Record<StatusClass, number> {
  const known = change.before !== undefined && change.after.has(requests) ? 0 : NaN;
  const rates = { "2xx": known, "3xx": known, "4xx": known, "5xx": known };
  for (const [status, rate] of ratesBy(change, requests, labels.status)) {
    const found = statusClass(status);
    if (found !== undefined) rates[found] += rate;
  }
  return rates;
}

function mapLatencies(
  table: SampleTable,
  read: (name: string) => readonly number[],
): Record<Latency, readonly number[]> {
  return {
    request: read(httpNamesOf(table).duration),
    firstToken: read(LLM.firstToken),
    interToken: read(LLM.interToken),
    lag: read(OWN.lag),
  };
}
